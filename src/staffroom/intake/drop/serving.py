"""The drop at work: it listens, lets accounts in, looks after its connections, and stops cleanly."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import asyncssh

from staffroom.config import SETTINGS_FILE, Instance
from staffroom.errors import SettingsError, TransientError
from staffroom.intake.drop.allowance import Allowance
from staffroom.intake.drop.door import Door
from staffroom.intake.drop.journal import Journal
from staffroom.intake.drop.keys import FOLDER, host_key, public_keys
from staffroom.intake.drop.landing import Landing
from staffroom.intake.drop.passwords import Password, password_of
from staffroom.intake.drop.record import IDLE, STOPPED, Record, open_record
from staffroom.intake.drop.settings import MEGABYTE, DropAccount, DropSettings, drop_accounts
from staffroom.intake.drop.throttle import Throttle
from staffroom.intake.servers.running import run
from staffroom.locks import held

LOOKS_EVERY_SECONDS = 5
SWEEPS_EVERY_SECONDS = 3600
STOPS_SECONDS = 10
KEEPALIVE_SECONDS = 15
HASHES_AT_ONCE = 2
STRANGERS_AT_ONCE = 10
CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com", "aes256-ctr")


class DropBusy(TransientError):
    """Another drop of this instance is at work, or the port is taken."""


@dataclass(frozen=True, slots=True)
class OpenAccount:
    """An account with what opens it and where it lands."""

    settings: DropAccount
    keys: frozenset[asyncssh.SSHKey]
    password: Password | None
    landing: Landing


class Drop:
    """What all connections share."""

    def __init__(self, instance: Instance, settings: DropSettings, record: Record, journal: Journal) -> None:
        self.settings, self.record, self.journal = settings, record, journal
        self.accounts: Mapping[str, OpenAccount] = {}
        self.doors: set[Door] = set()
        self.throttle = Throttle(settings.failed_logins, settings.failed_login_minutes * 60)
        self.hashing = asyncio.Semaphore(HASHES_AT_ONCE)
        self._zone = instance.institution.zone
        self._ending: set[asyncio.Task[None]] = set()
        self._swept_at = -float(SWEEPS_EVERY_SECONDS)

    @property
    def has_passwords(self) -> bool:
        return any(account.password is not None for account in self.accounts.values())

    def today(self) -> date:
        return datetime.now(UTC).astimezone(self._zone).date()

    def why_not(self, address: str) -> str:
        """Why a new connection is turned away; empty where it is not."""
        if self.throttle.is_barred(address):
            return "failed sign-ins"
        strangers = sum(door.visit is None and door.address == address for door in self.doors)
        if strangers >= STRANGERS_AT_ONCE:  # one address must not fill the house before it has signed in
            return "connections of address"
        return "connections" if len(self.doors) >= self.settings.connections else ""

    def visits_of(self, account: str) -> int:
        return sum(door.visit is not None and door.visit.account == account for door in self.doors)

    def finish(self, work: Coroutine[Any, Any, None]) -> None:
        """Let it go on to its end, also while the drop stops."""
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    def look_after(self) -> None:
        """End connections that ask for nothing; now and then throw away what nobody resumed."""
        now = time.monotonic()
        for door in list(self.doors):
            if door.visit is not None and now - door.visit.active_at > self.settings.idle_seconds:
                door.end(IDLE)
        if now - self._swept_at >= SWEEPS_EVERY_SECONDS:
            self._swept_at = now
            for account in self.accounts.values():
                account.landing.sweep()
            self.record.forget(days=self.settings.sessions_days)

    async def stop(self) -> None:
        for door in list(self.doors):
            door.end(STOPPED)
        with suppress(TimeoutError):
            async with asyncio.timeout(STOPS_SECONDS):
                while self.doors or self._ending:
                    await asyncio.sleep(0.02)


def serve(instance: Instance, settings: DropSettings, *, say: Callable[[str], None], quiet: bool) -> None:
    """Serve until interrupted. Raises SettingsError, HostKeyUnusable, DropBusy."""
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)  # its lines hold names and addresses of anybody
    key = host_key(instance)
    with _lock(instance), open_record(instance) as record:
        record.mark_lost()
        journal = Journal(instance.logs, quiet=quiet)
        run(_serve(instance, Drop(instance, settings, record, journal), key, say))


async def _serve(instance: Instance, drop: Drop, key: asyncssh.SSHKey, say: Callable[[str], None]) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    with ExitStack() as stack:
        drop.accounts = {one.name: _opened(instance, drop, one, stack) for one in drop_accounts(instance)}
        if not drop.accounts:
            raise SettingsError(f"{SETTINGS_FILE} [[drop_accounts]]", "names nobody who may deliver.")
        listener = await _listen(drop, key)
        say(f"The drop listens at {_address(drop.settings, listener)} with the key {key.get_fingerprint()}.")
        drop.journal.write("drop began", address=_address(drop.settings, listener))
        while not stopping.is_set():
            drop.look_after()
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOKS_EVERY_SECONDS)
        listener.close()
        await drop.stop()
        drop.journal.write("drop ended")


def _opened(instance: Instance, drop: Drop, account: DropAccount, stack: ExitStack) -> OpenAccount:
    root = account.root(instance)
    for folder in (root, *account.taken_from(instance)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    allowance = Allowance(account, drop.record, drop.today)
    landing = Landing(account, root, allowance, drop.settings.keep_free_megabytes * MEGABYTE)
    stack.callback(landing.close)
    keys = frozenset(public_keys(account, instance))
    return OpenAccount(account, keys, password_of(account, instance), landing)


async def _listen(drop: Drop, key: asyncssh.SSHKey) -> asyncssh.SSHAcceptor:
    settings = drop.settings
    try:
        return await asyncssh.listen(
            settings.host,
            settings.port,
            config=None,
            server_factory=lambda: Door(drop),
            server_host_keys=[key],
            server_version="Staffroom",
            encryption_algs=CIPHERS,
            compression_algs=None,
            login_timeout=settings.login_seconds,
            keepalive_interval=KEEPALIVE_SECONDS,
            agent_forwarding=False,
            x11_forwarding=False,
            allow_pty=False,
            line_editor=False,
            gss_host=None,
            reuse_address=True,
        )
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        raise DropBusy(
            f"{settings.host}:{settings.port}",
            f"cannot be listened at: {'the port is taken' if taken else error.strerror}.",
            happened="The drop was not started.",
            next_step="Name another with --port or --host, or in [drop].",
        ) from None


def _address(settings: DropSettings, listener: asyncssh.SSHAcceptor) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{listener.get_port()}"


def _lock(instance: Instance) -> AbstractContextManager[None]:
    """One drop an instance: two would not know of each other's uploads."""
    path = instance.root / FOLDER / "serve.lock"
    return held(
        path,
        lambda holder: DropBusy(
            str(path),
            f"another drop of this instance is at work ({holder}).",
            happened="No second one was started.",
        ),
    )
