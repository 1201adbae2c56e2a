"""What ``check`` finds about the drop and the servers of sources and loader, which it may connect to."""

from __future__ import annotations

from collections.abc import Iterator

from staffroom.config import Instance
from staffroom.errors import SettingsError, StaffroomError
from staffroom.intake.fetching import listing, network_sources
from staffroom.intake.servers.settings import S3Settings, SftpSettings
from staffroom.intake.settings import FolderSource
from staffroom.loader.mapping import load_mapping
from staffroom.loader.settings import SECTION, LoaderSettings, check_api, loader_settings
from staffroom.operations.check import Finding
from staffroom.tally import counted


def without_connecting(instance: Instance) -> Iterator[Finding]:
    """Secrets and keys that are not there, and host keys that nobody accepted."""
    try:
        sources = network_sources(instance)
    except SettingsError:  # said where sources are looked at
        return
    for source in sources:
        for error in _of_remote(source.remote, instance):
            yield Finding(f"source {source.name}", f"{error.place} {error.problem}", error.next_step)


def drop(instance: Instance) -> Iterator[Finding]:
    """What keeps an account of the drop out, or what it delivers from being taken."""
    from staffroom.intake.drop.checking import check_drop

    if not instance.sections.get("drop_accounts"):
        return
    for found in check_drop(instance):
        if found.is_wrong:
            yield Finding(found.place, found.text, found.mend)


def loader(instance: Instance) -> Iterator[Finding]:
    """What a run of the loader would lack. An instance that names no API has none."""
    try:
        settings = loader_settings(instance)
    except SettingsError:  # said where sections are looked at
        return
    if settings.api.url:
        yield from (Finding.of(error) for error in _of_loader(settings, instance))


def _of_loader(settings: LoaderSettings, instance: Instance) -> Iterator[StaffroomError]:
    api = settings.api
    for look in (lambda: check_api(api), lambda: load_mapping(settings.mapping, instance.root)):
        try:
            look()
        except StaffroomError as error:
            yield error
    secrets = [api.client_secret_secret if api.client_id and api.grant != "none" else ""]
    secrets.append(api.password_secret if api.grant == "password" else "")
    for name in filter(None, secrets):
        yield from _secret(name, instance)
    if api.certificates and not instance.path(api.certificates).is_file():
        yield SettingsError(
            str(instance.path(api.certificates)),
            "is not there.",
            next_step="Correct [loader.api] certificates.",
        )
    if settings.source and not settings.remote_path:
        yield SettingsError(f"{SECTION} remote_path", "names no file.")
    remote = {"": None, "sftp": settings.sftp, "s3": settings.s3}[settings.source]
    yield from _of_remote(remote, instance)


def _of_remote(remote: SftpSettings | S3Settings | None, instance: Instance) -> Iterator[StaffroomError]:
    if isinstance(remote, SftpSettings):
        yield from _of_sftp(remote, instance)
    elif remote is not None:
        yield from _of_s3(remote, instance)


def servers(instance: Instance) -> list[Finding]:
    """What the sources' servers say, each asked for what it has."""
    try:
        return [_of_server(instance, source) for source in network_sources(instance)]
    except SettingsError:
        return []


def _of_server(instance: Instance, source: FolderSource) -> Finding:
    place = f"source {source.name}"
    try:
        found = listing(instance, source)
    except StaffroomError as error:
        return Finding(place, f"{error.place}: {error.problem}", error.next_step)
    new = sum(one.is_new for one in found)
    assert source.remote is not None
    return Finding(
        place,
        f"{source.remote.place} has {counted(len(found), 'file')} for it, {new:,} of them new.",
        "" if found else "Correct fetch_logs or fetch_exports if there should be some.",
        is_wrong=False,
    )


def _of_sftp(remote: SftpSettings, instance: Instance) -> Iterator[StaffroomError]:
    from staffroom.intake.servers.known_hosts import KnownHosts
    from staffroom.intake.servers.private_keys import private_key

    if not remote.user or not (remote.key_file or remote.password_secret):
        yield SettingsError(
            remote.place, "names no way to sign in.", next_step="Set user, and key_file or password_secret."
        )
    if remote.password_secret:
        yield from _secret(remote.password_secret, instance)
    if remote.key_file:
        try:
            private_key(remote, instance)
        except StaffroomError as error:
            yield error
    if not KnownHosts(instance.path(remote.known_hosts)).keys_of(remote.host, remote.port):
        port = "" if remote.port == 22 else f":{remote.port}"
        yield SettingsError(
            remote.place,
            "has a host key that nobody has accepted yet.",
            next_step=f"Run 'staffroom intake trust {remote.host}{port}'.",
        )


def _of_s3(remote: S3Settings, instance: Instance) -> Iterator[StaffroomError]:
    for name in filter(None, (remote.access_key_secret, remote.secret_key_secret)):
        yield from _secret(name, instance)
    if remote.credentials_file and not instance.path(remote.credentials_file).is_file():
        yield SettingsError(
            str(instance.path(remote.credentials_file)),
            "is not there.",
            next_step="Correct credentials_file.",
        )


def _secret(name: str, instance: Instance) -> Iterator[SettingsError]:
    try:
        instance.secret(name)
    except SettingsError as error:
        yield error
