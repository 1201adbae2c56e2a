"""The way into an SFTP server: the host key first, then our key or password; each failure by its name."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncssh

from staffroom.config import Instance
from staffroom.errors import SettingsError, StaffroomError
from staffroom.intake.servers.errors import (
    ConnectionBroken,
    KeyRefused,
    LoginRefused,
    NotSpoken,
    PasswordRefused,
    RemoteTimeout,
)
from staffroom.intake.servers.known_hosts import KnownHosts, ask, changed, unknown
from staffroom.intake.servers.private_keys import private_key
from staffroom.intake.servers.settings import SftpSettings
from staffroom.intake.servers.unreachable import unreachable

FASTEST_CIPHER_FIRST = "^aes128-gcm@openssh.com"
GOODBYE_SECONDS = 2


@asynccontextmanager
async def signed_in(
    settings: SftpSettings, instance: Instance
) -> AsyncIterator[asyncssh.SSHClientConnection]:
    """A connection whose server is the accepted one and lets us in. Raises errors of ``remote_errors``."""
    way = _Way(settings, instance)
    connection = await way.connect()
    try:
        yield connection
    finally:
        connection.close()
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await connection.wait_closed()
        except TimeoutError:
            connection.abort()


class _Visitor(asyncssh.SSHClient):
    """Remembers how far the server let us come."""

    def __init__(self) -> None:
        self.is_connected = False
        self.is_trusted = False
        self.shown: asyncssh.SSHKey | None = None

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:  # noqa: ARG002 - asyncssh's signature
        self.is_connected = True

    def begin_auth(self, username: str) -> None:  # noqa: ARG002 - asyncssh's signature
        """Asked once the server has shown a key that is accepted."""
        self.is_trusted = True

    def validate_host_public_key(
        self,
        host: str,  # noqa: ARG002 - asyncssh's signature
        addr: str,  # noqa: ARG002 - asyncssh's signature
        port: int,  # noqa: ARG002 - asyncssh's signature
        key: asyncssh.SSHKey,
    ) -> bool:
        """Asked of keys that are not among the accepted ones."""
        self.shown = key
        return False


def _is_about_time(error: Exception) -> bool:
    return isinstance(error, TimeoutError) or "timeout" in str(error).lower()


class _Way:
    def __init__(self, settings: SftpSettings, instance: Instance) -> None:
        if not settings.user:
            raise SettingsError(settings.place, "lacks user.", next_step="Name the account.")
        self._settings = settings
        self._hosts = KnownHosts(instance.path(settings.known_hosts))
        self._key = private_key(settings, instance) if settings.key_file else None
        name = settings.password_secret
        self._password = instance.secret(name) if name else None
        self._visitor = _Visitor()

    async def connect(self) -> asyncssh.SSHClientConnection:
        settings = self._settings
        try:
            async with asyncio.timeout(2 * settings.connect_seconds):  # connecting, then signing in
                return await asyncssh.connect(
                    settings.host,
                    settings.port,
                    username=settings.user,
                    password=self._password,
                    client_keys=[self._key] if self._key is not None else None,
                    client_factory=lambda: self._visitor,
                    known_hosts=self._hosts.read(),
                    config=None,  # only staffroom.toml decides, no file of the account that runs us
                    agent_path=None,
                    gss_host=None,
                    encryption_algs=FASTEST_CIPHER_FIRST,
                    connect_timeout=settings.connect_seconds,
                    login_timeout=settings.connect_seconds,
                )
        except (OSError, asyncssh.Error, ValueError) as error:
            raise await self._not_trusted() or self._told(error) from None

    def _told(self, error: Exception) -> StaffroomError:
        place = self._settings.place
        if isinstance(error, asyncssh.PermissionDenied):
            return self._refused()
        if self._visitor.is_connected and _is_about_time(error):
            return RemoteTimeout(
                place,
                f"did not let us in within {self._settings.connect_seconds:g} seconds.",
                next_step="Check that an SSH server listens at this port.",
            )
        if isinstance(error, asyncssh.ConnectionLost):
            return ConnectionBroken(place, "closed the connection while we signed in.")
        if isinstance(error, OSError):
            return unreachable(place, error)
        return NotSpoken(
            place,
            f"answers, but not as an SSH server ({type(error).__name__}).",
            next_step="Check host and port.",
        )

    async def _not_trusted(self) -> StaffroomError | None:
        """What is wrong with the server's key; None where the server is the accepted one, or says nothing.

        One that has no key any more of the kinds that were accepted ends the connection before it shows one,
        so it is asked once more.
        """
        host, port = self._settings.host, self._settings.port
        accepted = self._hosts.keys_of(host, port)
        shown = self._visitor.shown
        if shown is None and accepted and self._visitor.is_connected and not self._visitor.is_trusted:
            with contextlib.suppress(StaffroomError):
                shown = await ask(host, port, seconds=self._settings.connect_seconds)
        if shown is None or shown in accepted:
            return None
        if accepted:
            return changed(host, port, shown.get_fingerprint(), [key.get_fingerprint() for key in accepted])
        return unknown(host, port, shown.get_fingerprint())

    def _refused(self) -> LoginRefused:
        settings = self._settings
        if self._key is not None and self._password is not None:
            return LoginRefused(
                settings.place,
                "takes neither the key nor the password.",
                next_step=f"Check user, key_file and the secret {settings.password_secret}.",
            )
        if self._key is not None:
            return KeyRefused(
                settings.place,
                f"does not take the key {self._key.get_fingerprint()}.",
                next_step="Have its public half added to the account there, and check user and key_file.",
            )
        if self._password is not None:
            return PasswordRefused(
                settings.place,
                "does not take the password.",
                next_step=f"Check user and the secret {settings.password_secret}.",
            )
        return LoginRefused(
            settings.place,
            "wants a key or a password, and the settings name neither.",
            next_step="Name key_file or password_secret.",
        )
