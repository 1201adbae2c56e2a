"""Signing in to the drop: by key, by a password that has not ended, or not at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncssh

from staffroom.intake.drop.passwords import NOBODYS, fits
from staffroom.intake.drop.sftp import DropSession
from staffroom.intake.drop.visit import Visit

if TYPE_CHECKING:
    from staffroom.intake.drop.serving import Drop

MOST_KEYS_TRIED = 20
MOST_PASSWORDS_TRIED = 3
MOST_CHANNELS = 4
WINDOW = 8 * 1024 * 1024
"""How much may be under way to us in one channel: on a line of 70 ms, 100 MB/s."""
PACKET = 256 * 1024


class Door(asyncssh.SSHServer):
    """One connection, from before anybody has signed in."""

    def __init__(self, drop: Drop) -> None:
        self._drop = drop
        self._connection: asyncssh.SSHServerConnection | None = None
        self.address = ""
        self._keys_tried = self._passwords_tried = self._channels = 0
        self._named = ""
        self._has_failed = False
        self._visit: Visit | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.address = str(conn.get_extra_info("peername")[0])
        self._connection = conn
        reason = self._drop.why_not(self.address)
        self._drop.doors.add(self)
        if reason:
            self._drop.journal.write("turned away", level="warning", address=self.address, reason=reason)
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._drop.doors.discard(self)
        if self._visit is not None:
            self._drop.finish(self._visit.end(exc))
        elif self._keys_tried and not self._has_failed:
            self._failed("signed in by nothing")

    def begin_auth(self, username: str) -> bool:
        self._named = username if username in self._drop.accounts else ""
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        """The same for every name that is tried, so that it tells nothing about accounts."""
        return self._drop.has_passwords

    def kbdint_auth_supported(self) -> bool:
        return False

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        self._keys_tried += 1
        if self._keys_tried > MOST_KEYS_TRIED:
            raise asyncssh.PermissionDenied("too many keys")
        account = self._drop.accounts.get(username)
        return account is not None and key in account.keys

    async def validate_password(self, username: str, password: str) -> bool:
        self._passwords_tried += 1
        if self._passwords_tried > MOST_PASSWORDS_TRIED or self._drop.throttle.is_barred(self.address):
            raise asyncssh.PermissionDenied("too many passwords")
        account = self._drop.accounts.get(username)
        known = account.password if account is not None else None
        async with self._drop.hashing:
            is_right = await asyncio.to_thread(fits, known.hashed if known else NOBODYS, password)
        is_valid = known is not None and known.is_valid_on(self._drop.today())
        if is_right and is_valid:
            return True
        self._failed("a password after its last day" if is_right and known else "a wrong password")
        return False

    def auth_completed(self) -> None:
        assert self._connection is not None
        name = str(self._connection.get_extra_info("username"))
        account = self._drop.accounts[name]
        if self._drop.visits_of(name) >= account.settings.connections:
            self._drop.journal.write(
                "turned away",
                level="warning",
                account=name,
                address=self.address,
                reason="connections of account",
            )
            self._has_failed = True  # and was told why: nobody guessed anything
            self._connection.disconnect(
                asyncssh.DISC_TOO_MANY_CONNECTIONS, "too many connections of this account"
            )
            return
        self._visit = Visit(name, self.address, account.landing, self._drop.record, self._drop.journal)

    def session_requested(
        self,
    ) -> tuple[asyncssh.SSHServerChannel[bytes], asyncssh.SSHServerSession[bytes]] | bool:
        if self._visit is None or self._connection is None or self._channels >= MOST_CHANNELS:
            return False
        self._channels += 1
        channel = self._connection.create_server_channel(encoding=None, window=WINDOW, max_pktsize=PACKET)
        return channel, DropSession(self._visit)

    @property
    def visit(self) -> Visit | None:
        return self._visit

    def end(self, how: str) -> None:
        """Ask the client to leave: the drop stops, or nothing was asked for too long."""
        if self._visit is not None:
            self._visit.ends_as = how
        if self._connection is not None:
            self._connection.disconnect(asyncssh.DISC_BY_APPLICATION, how)

    def _failed(self, reason: str) -> None:
        self._has_failed = True
        self._drop.throttle.failed(self.address)
        self._drop.journal.write(
            "sign-in failed", level="warning", account=self._named, address=self.address, reason=reason
        )
