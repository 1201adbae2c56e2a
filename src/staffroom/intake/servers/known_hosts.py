"""The accepted host keys of an instance, as OpenSSH writes them; how one is looked at, accepted, replaced."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncssh

from staffroom.intake.servers.errors import HostAway, HostKeyChanged, HostKeyUnknown, NotSpoken, RemoteTimeout
from staffroom.intake.servers.unreachable import unreachable

SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class ShownKey:
    """The key that a server shows, and whether it ``is_accepted``; ``others`` are accepted and differ."""

    host: str
    port: int
    key: asyncssh.SSHKey
    is_accepted: bool
    others: tuple[str, ...]

    @property
    def kind(self) -> str:
        return self.key.get_algorithm()

    @property
    def fingerprint(self) -> str:
        return self.key.get_fingerprint()


class KnownHosts:
    """A file of accepted keys; one that is not there accepts none."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> asyncssh.SSHKnownHosts:
        text = self.path.read_text("utf-8") if self.path.exists() else ""
        return asyncssh.import_known_hosts(text)

    def keys_of(self, host: str, port: int) -> Sequence[asyncssh.SSHKey]:
        return asyncssh.match_known_hosts(self.read(), host, "", None if port == SSH_PORT else port)[0]

    def shown(self, host: str, port: int, key: asyncssh.SSHKey) -> ShownKey:
        keys = self.keys_of(host, port)
        others = tuple(known.get_fingerprint() for known in keys if known != key)
        return ShownKey(host, port, key, key in keys, others)

    def accept(self, shown: ShownKey, *, replace: bool = False) -> None:
        """Write the key down. Where another was accepted before, only with ``replace``, and in its place.

        Raises HostKeyChanged.
        """
        if shown.others and not replace:
            raise changed(shown.host, shown.port, shown.fingerprint, shown.others)
        if shown.is_accepted and not shown.others:
            return
        line = f"{_name(shown.host, shown.port)} {shown.key.export_public_key().decode().strip()}\n"
        kept = self._without(shown.host, shown.port) if shown.others else self._lines()
        self._write([*kept, line])

    def _lines(self) -> list[str]:
        return self.path.read_text("utf-8").splitlines(keepends=True) if self.path.exists() else []

    def _without(self, host: str, port: int) -> list[str]:
        """The lines that say nothing about this host alone."""
        name = _name(host, port)
        return [line for line in self._lines() if line.split(" ", 1)[0] != name]

    def _write(self, lines: Sequence[str]) -> None:
        text = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
        new = self.path.with_name(f".{self.path.name}.new")
        new.write_text(text, "utf-8")
        new.replace(self.path)


async def ask(host: str, port: int, *, seconds: float = 30) -> asyncssh.SSHKey:
    """The key that the server shows, with nobody signing in."""
    place = f"{host}:{port}"
    try:
        async with asyncio.timeout(seconds):
            key = await asyncssh.get_server_host_key(host, port, config=None)
    except TimeoutError:
        raise RemoteTimeout(place, f"did not answer within {seconds:g} seconds.") from None
    except OSError as error:
        raise unreachable(place, error) from None
    except asyncssh.Error as error:
        raise NotSpoken(place, f"answers, but not as an SSH server ({type(error).__name__}).") from None
    if key is None:
        raise HostAway(place, "shows no key.")
    return key


def unknown(host: str, port: int, fingerprint: str) -> HostKeyUnknown:
    return HostKeyUnknown(
        f"{host}:{port}",
        f"shows a host key that nobody has accepted yet: {fingerprint}.",
        happened="Nothing was sent to it, no password and no key.",
        next_step="Compare this with what the server's operator says, then run "
        f"'staffroom intake trust {_spelled(host, port)} --accept'.",
    )


def changed(host: str, port: int, fingerprint: str, others: Sequence[str]) -> HostKeyChanged:
    return HostKeyChanged(
        f"{host}:{port}",
        f"shows another host key than the accepted one: {fingerprint} instead of {', '.join(others)}. "
        "Either the server was set up anew, or somebody else answers in its place.",
        happened="Nothing was sent to it, no password and no key.",
        next_step="Ask the server's operator, and only if they confirm the new key run "
        f"'staffroom intake trust {_spelled(host, port)} --accept --replace'.",
    )


def _name(host: str, port: int) -> str:
    """The host as it stands in the file."""
    return host if port == SSH_PORT else f"[{host}]:{port}"


def _spelled(host: str, port: int) -> str:
    """The host as one types it."""
    if port == SSH_PORT:
        return host
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
