"""The sections ``[site]`` and ``[database]`` of ``staffroom.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from staffroom.config import SETTINGS_FILE, at_least
from staffroom.errors import SettingsError


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """How the site is reached, how long a session lasts, and who is told of errors."""

    base_url: str = "http://127.0.0.1:8000"
    """The address under which people reach the site; with https, cookies are for https only."""
    allowed_hosts: tuple[str, ...] = ()
    """Names under which it may be asked; the name in ``base_url`` and loopback always may."""
    session_minutes: int = at_least(1, default=60)
    """A session ends after so many minutes without a request."""
    proxies: int = at_least(0, default=0)
    """How many trusted proxies stand before the site; the asker's address is read from the last of them."""
    operators: tuple[str, ...] = ()
    """E-mail addresses that are told of server errors, without personal data."""
    mail_from: str = "staffroom@localhost"
    mail_server: str = ""
    """``host`` or ``host:port``; no mail is sent while it is empty. The password is the secret
    ``mail_password``."""
    mail_user: str = ""
    mail_encryption: str = "starttls"
    """``starttls``, ``tls`` or ``none``."""
    failed_sign_ins: int = at_least(1, default=8)
    """After so many failures for an address from one place, signing in pauses there."""
    pause_minutes: int = at_least(0, default=15)
    """How long that pause lasts."""
    stale_after_hours: int = at_least(1, default=36)
    """``/health`` reports failure when nothing has been published for so long."""

    def __post_init__(self) -> None:
        try:
            address = urlsplit(self.base_url)
            fits = address.scheme in ("http", "https") and bool(address.hostname) and address.port != 0
        except ValueError:  # such as http://[
            fits = False
        if not fits:
            raise SettingsError(
                f"{SETTINGS_FILE} [site] base_url",
                f"is {self.base_url!r}, which is not the address of a site.",
                next_step="Write it as 'https://staffroom.example.edu'.",
            )

    @property
    def secure(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    @property
    def hosts(self) -> list[str]:
        named = urlsplit(self.base_url).hostname or ""
        return list(dict.fromkeys([named, *self.allowed_hosts, "127.0.0.1", "localhost"]))


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """Where the site keeps what people enter: files of SQLite, or PostgreSQL."""

    url: str = ""
    """``postgresql://user@host:port/name``; empty for SQLite. The password is the secret
    ``database_password``."""
