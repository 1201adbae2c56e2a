"""The section ``[loader]`` of staffroom.toml: where the students' file comes from, and where they go."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from staffroom.config import SETTINGS_FILE, Instance, fit
from staffroom.errors import SettingsError
from staffroom.intake.servers.settings import S3Settings, SftpSettings
from staffroom.loader.rows import check_encoding

SECTION = f"{SETTINGS_FILE} [loader]"
SOURCES = ("", "sftp", "s3")
GRANTS = ("password", "client_credentials", "none")
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """The registration API and the sign-in service that gives its tokens."""

    url: str = ""
    """Where batches are posted, such as https://registry.example/rest/external/student/CA/batch."""
    token_url: str = ""
    """Where OAuth2 tokens are given."""
    grant: str = "password"
    """How a token is asked for: password, client_credentials, or none for an API without tokens."""
    client_id: str = ""
    client_secret_secret: str = "loader_client_secret"  # noqa: S105 - the name of a secret
    """The name of the secret that belongs to ``client_id``; empty where there is none."""
    user: str = ""
    """Who signs in with the grant ``password``."""
    password_secret: str = "loader_password"  # noqa: S105 - the name of a secret
    """The name of the secret that holds the user's password."""
    scope: str = ""
    verify_tls: bool = True
    """With false, anybody between here and the API can read and change what is sent. Each run says so."""
    certificates: str = ""
    """A file of further certificates to trust (PEM), for an API with one of its own."""
    compress: bool = True
    """Send bodies as gzip, an eighth of the bytes."""
    most_in_flight: int = 16
    """No more requests at once; the loader finds out by itself how many help."""
    connect_seconds: float = 20.0
    answer_seconds: float = 120.0
    """A request that is not answered by then is sent again."""
    give_up_minutes: float = 60.0
    """A run ends, to be resumed, when the API has taken nothing for so long."""
    follow_status: bool = True
    """Ask each batch's status URL until it tells what became of the rows."""
    follow_minutes: float = 30.0
    """Stop asking when no batch has got further for so long."""


@dataclass(frozen=True, slots=True)
class LoaderSettings:
    """One nightly file of students and the API that they are sent to."""

    source: str = ""
    """Where the file comes from: sftp, s3, or empty for a local one."""
    remote_path: str = ""
    """The remote file; %Y, %m and %d stand for the day in the institution's time zone."""
    latest: bool = False
    """Take the newest file that fits the name where today's is not there."""
    local_file: str = ""
    """Where the file lies or is downloaded to; empty for its remote name in ``folder``."""
    folder: str = "loader"
    """Downloads, journals and reports, relative to the instance."""
    mapping: str = "california"
    """What columns become in a payload: a mapping that Staffroom brings along, or a .toml file."""
    encoding: str = "latin1"
    """The encoding of the file; rows with bytes that do not fit are set aside and reported."""
    delimiter: str = "^"
    first_member_only: bool = False
    """Of an archive with several files, send only the first."""
    extract: bool = False
    """Unpack an archive beside itself before sending."""
    rows_a_batch: int = 2000
    """Students in one request. Fewer cost both ends more; more make a request that fails dearer."""
    skip_unchanged: bool = False
    """Send only students whose payload differs from the last one that was taken."""
    full_file: bool = False
    """Whether the file holds all students: those that it lacks are reported as missing."""
    delete_missing: bool = False
    """Delete missing students at the API, unless they are too many."""
    most_missing_share: float = 0.01
    """Above this share of the students known before, nobody is deleted."""
    most_missing: int = 5000
    """Above so many missing students, nobody is deleted."""
    api: ApiSettings = field(default_factory=ApiSettings)
    sftp: SftpSettings | None = None
    s3: S3Settings | None = None


def loader_settings(instance: Instance) -> LoaderSettings:
    """The instance's settings. Raises SettingsError where they cannot be meant."""
    section = dict(instance.sections.get("loader", {}))
    for name, shape in (("api", ApiSettings), ("sftp", SftpSettings), ("s3", S3Settings)):
        if name in section:
            section[name] = fit(shape, section[name], place=f"{SETTINGS_FILE} [loader.{name}]")
    settings = fit(LoaderSettings, section, place=SECTION)
    check_settings(settings)
    return settings


def check_settings(settings: LoaderSettings) -> None:
    """Raises SettingsError for values that cannot be meant."""
    check_encoding(settings.encoding, place=f"{SECTION} encoding")
    delimiter = settings.delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n\0\\ ' or delimiter.isalnum():
        raise SettingsError(f"{SECTION} delimiter", f"is {delimiter!r}, which is not one ASCII sign.")
    if settings.source not in SOURCES:
        raise SettingsError(f"{SECTION} source", f"is {settings.source!r}, which is not sftp or s3.")
    if settings.source and getattr(settings, settings.source) is None:
        raise SettingsError(SECTION, f"has the source {settings.source}, and no [loader.{settings.source}].")
    if settings.api.grant not in GRANTS:
        raise SettingsError(f"{SETTINGS_FILE} [loader.api] grant", f"is not one of {', '.join(GRANTS)}.")
    if not 1 <= settings.rows_a_batch <= 100_000:
        raise SettingsError(f"{SECTION} rows_a_batch", "must be from 1 to 100,000.")
    if not 0 <= settings.most_missing_share <= 1:
        raise SettingsError(f"{SECTION} most_missing_share", "must be from 0 to 1.")
    if settings.delete_missing and not settings.full_file:
        raise SettingsError(f"{SECTION} delete_missing", "needs full_file = true.")
    for name in ("connect_seconds", "answer_seconds", "give_up_minutes", "follow_minutes"):
        if getattr(settings.api, name) <= 0:
            raise SettingsError(f"{SETTINGS_FILE} [loader.api] {name}", "must be more than 0.")
    if not 1 <= settings.api.most_in_flight <= 256:
        raise SettingsError(f"{SETTINGS_FILE} [loader.api] most_in_flight", "must be from 1 to 256.")


def check_api(api: ApiSettings) -> None:
    """Raises SettingsError where nothing could be sent with these."""
    place = f"{SETTINGS_FILE} [loader.api]"
    named = {"url": api.url} if api.grant == "none" else {"url": api.url, "token_url": api.token_url}
    for name, url in named.items():
        try:
            parts = urlsplit(url)
            fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            fits = False
        if not fits:
            raise SettingsError(f"{place} {name}", f"is {url!r}, which is not the address of a service.")
        if parts.username or parts.password:
            raise SettingsError(f"{place} {name}", "holds a password.", next_step="Put it into secrets.toml.")


def warnings(api: ApiSettings) -> tuple[str, ...]:
    """What an operator has to be told each time about a connection that is not safe."""
    said = [
        f"WARNING: {url} is not https: whoever is on the way can read what is sent."
        for url in (api.url, api.token_url)
        if is_in_the_open(url)
    ]
    if not api.verify_tls:
        said.append(
            "WARNING: [loader.api] verify_tls is false. Anybody between this machine and the API can read "
            "and change the students' data and take our token."
        )
    return tuple(said)


def is_in_the_open(url: str) -> bool:
    """Whether others can read what goes there. What is no address at all is refused before anything goes."""
    try:
        return url.lower().startswith("http://") and urlsplit(url).hostname not in LOOPBACK
    except ValueError:
        return False
