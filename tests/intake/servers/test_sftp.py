"""Signing in to a real OpenSSH server, and each way in which that fails, in words."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from staffroom.config import Instance
from staffroom.errors import SettingsError, StaffroomError
from staffroom.intake.servers.errors import (
    ConnectionBroken,
    HostAway,
    HostKeyChanged,
    HostKeyUnknown,
    HostNotFound,
    KeyFileUnreadable,
    KeyPassphraseMissing,
    KeyPassphraseWrong,
    KeyRefused,
    LoginRefused,
    NotAKey,
    NotSpoken,
    PasswordRefused,
    RemoteFileMissing,
    RemoteForbidden,
    RemoteTimeout,
)
from staffroom.intake.servers.known_hosts import KnownHosts, ask
from staffroom.intake.servers.remote import RemoteFile
from staffroom.intake.servers.running import run
from staffroom.intake.servers.settings import SftpSettings
from staffroom.intake.servers.sftp import open_sftp
from tests.intake.conftest import account_at
from tests.servers.openssh import Sshd, free_port, make_key, sshd
from tests.servers.relay import relay


def described(settings: SftpSettings, instance: Instance, path: Path) -> RemoteFile:
    """Sign in and describe a file."""

    async def ask_for_it() -> RemoteFile:
        async with open_sftp(settings, instance) as remote:
            return await remote.stat(str(path))

    return run(ask_for_it())


def content(settings: SftpSettings, instance: Instance, path: Path, offset: int = 0) -> bytes:
    async def read() -> bytes:
        async with open_sftp(settings, instance) as remote:
            file = await remote.stat(str(path))
            return b"".join([block async for block in remote.read(file, offset)])

    return run(read())


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear Ada, the students are here.")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_a_file_is_described_and_read(account: SftpSettings, instance: Instance, letter: Path) -> None:
    file = described(account, instance, letter)
    assert (file.path, file.size, file.modified_at.isoformat()) == (
        str(letter),
        32,
        "2023-11-14T22:13:20+00:00",
    )
    assert content(account, instance, letter) == b"Dear Ada, the students are here."
    assert content(account, instance, letter, offset=10) == b"the students are here."


def test_files_of_a_folder_are_listed_without_folders_and_links_to_nowhere(
    account: SftpSettings, instance: Instance, tmp_path: Path
) -> None:
    folder = tmp_path / "outgoing"
    (folder / "inner").mkdir(parents=True)
    for name in ("b.csv", "a.csv", "other"):
        (folder / name).write_text(name)
    (folder / "a-link.csv").symlink_to(folder / "b.csv")
    (folder / "a-nowhere.csv").symlink_to(folder / "gone")

    async def names(beginning: str) -> list[tuple[str, int]]:
        async with open_sftp(account, instance) as remote:
            listed = await remote.list(str(folder), beginning)
            return [(file.path.removeprefix(f"{folder}/"), file.size) for file in listed]

    assert run(names("")) == [("a-link.csv", 5), ("a.csv", 5), ("b.csv", 5), ("other", 5)]
    assert run(names("a")) == [("a-link.csv", 5), ("a.csv", 5)]


def test_many_blocks_come_in_order(account: SftpSettings, instance: Instance, tmp_path: Path) -> None:
    path = tmp_path / "blocks"
    path.write_bytes(os.urandom(20_000_003))
    assert content(account, instance, path) == path.read_bytes()
    assert content(account, instance, path, offset=7_654_321) == path.read_bytes()[7_654_321:]

    async def middle() -> tuple[bytes, bytes]:
        async with open_sftp(account, instance) as remote:
            file = await remote.stat(str(path))
            return await remote.read_at(file, 5_000_000, 100), await remote.read_at(file, 20_000_000, 100)

    assert run(middle()) == (path.read_bytes()[5_000_000:5_000_100], path.read_bytes()[20_000_000:])


@pytest.mark.parametrize(
    ("kind", "form", "passphrase"),
    [
        ("ed25519", "", ""),
        ("rsa", "", ""),
        ("rsa", "PEM", ""),
        ("rsa", "PKCS8", ""),
        ("ecdsa", "PEM", ""),
        ("rsa", "PEM", "open sesame"),
        ("rsa", "PKCS8", "open sesame"),
        ("ed25519", "", "open sesame"),
        ("rsa", "", "open sesame"),
    ],
)
def test_keys_of_every_kind_let_us_in(
    account: SftpSettings,
    instance: Instance,
    openssh: Sshd,
    letter: Path,
    kind: str,
    form: str,
    passphrase: str,
) -> None:
    needs_bcrypt(form, passphrase)
    key = make_key(instance.root / "key", kind, form=form, passphrase=passphrase)
    openssh.allow(key.with_suffix(".pub"))
    with_secret = replace(instance, secrets={"sesame": passphrase})
    settings = replace(account, key_file="key", key_passphrase_secret="sesame" if passphrase else "")
    assert described(settings, with_secret, letter).size == 32


def needs_bcrypt(form: str, passphrase: str) -> None:
    """OpenSSH's own format derives its key by bcrypt."""
    if passphrase and not form:
        pytest.importorskip("bcrypt")


def told(settings: SftpSettings, instance: Instance, path: Path = Path("x")) -> StaffroomError:
    with pytest.raises(StaffroomError) as raised:
        described(settings, instance, path)
    return raised.value


def test_a_name_that_leads_nowhere(account: SftpSettings, instance: Instance) -> None:
    error = told(replace(account, host="no-such-host.invalid"), instance)
    assert type(error) is HostNotFound
    assert error.problem == "its name leads nowhere."


def test_a_port_where_nobody_listens(account: SftpSettings, instance: Instance) -> None:
    error = told(replace(account, port=free_port()), instance)
    assert type(error) is HostAway
    assert error.problem == "refuses connections: nobody listens at this port."


@contextmanager
def listener(says: bytes = b"") -> Iterator[int]:
    """Somebody who takes connections, says that, and nothing more."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        kept = []

        def take() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                connection.sendall(says)
                kept.append(connection)

        threading.Thread(target=take, daemon=True).start()
        try:
            yield int(server.getsockname()[1])
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for connection in kept:
                connection.close()


def test_somebody_who_says_nothing(account: SftpSettings, instance: Instance) -> None:
    with listener() as port:
        error = told(replace(account, port=port, connect_seconds=0.5), instance)
    assert type(error) is RemoteTimeout
    assert error.problem == "did not let us in within 0.5 seconds."


def test_somebody_who_speaks_something_else(account: SftpSettings, instance: Instance) -> None:
    with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 100) as port:
        error = told(replace(account, port=port, connect_seconds=2), instance)
    assert type(error) is RemoteTimeout
    assert error.next_step == "Check that an SSH server listens at this port."


def test_a_host_key_that_nobody_accepted(account: SftpSettings, instance: Instance, letter: Path) -> None:
    (instance.root / "known_hosts").unlink()
    error = told(account, instance, letter)
    fingerprint = run(ask("127.0.0.1", account.port)).get_fingerprint()
    assert type(error) is HostKeyUnknown
    assert error.problem == f"shows a host key that nobody has accepted yet: {fingerprint}."
    assert error.next_step.endswith(f"run 'staffroom intake trust 127.0.0.1:{account.port} --accept'.")
    assert not (instance.root / "known_hosts").exists()


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_host_key_that_changed_is_refused_until_it_is_replaced_explicitly(
    openssh: Sshd, instance: Instance, tmp_path: Path, letter: Path, kind: str
) -> None:
    with sshd(tmp_path / "sshd") as server:
        (tmp_path / "sshd" / "key").write_bytes((openssh.folder / "key").read_bytes())
        (tmp_path / "sshd" / "key").chmod(0o600)
        server.allow(openssh.folder / "key.pub")
        settings = account_at(server.port, server, instance)
        before = run(ask("127.0.0.1", server.port)).get_fingerprint()
        assert described(settings, instance, letter).size == 32
        server.stop()
        make_key(server.host_key, kind)
        server.start()
        error = told(settings, instance, letter)
        assert type(error) is HostKeyChanged
        assert before in error.problem
        assert "somebody else answers in its place" in error.problem
        hosts = KnownHosts(instance.root / "known_hosts")
        shown = hosts.shown("127.0.0.1", server.port, run(ask("127.0.0.1", server.port)))
        with pytest.raises(HostKeyChanged):
            hosts.accept(shown)
        hosts.accept(shown, replace=True)
        assert described(settings, instance, letter).size == 32
        assert len((instance.root / "known_hosts").read_text().splitlines()) == 1


def test_a_key_that_the_server_does_not_take(account: SftpSettings, instance: Instance, letter: Path) -> None:
    key = make_key(instance.root / "stranger")
    error = told(replace(account, key_file="stranger"), instance, letter)
    assert type(error) is KeyRefused
    assert asyncssh.read_private_key(key).get_fingerprint() in error.problem


def test_a_wrong_password_and_no_way_at_all(account: SftpSettings, instance: Instance, letter: Path) -> None:
    with_secret = replace(instance, secrets={"password": "wrong"})
    error = told(replace(account, key_file="", password_secret="password"), with_secret, letter)
    assert type(error) is PasswordRefused
    assert "wrong" not in str(error)
    assert type(told(replace(account, key_file=""), instance, letter)) is LoginRefused
    make_key(instance.root / "stranger")
    both = replace(account, key_file="stranger", password_secret="password")
    assert told(both, with_secret, letter).problem == "takes neither the key nor the password."


def test_a_key_that_needs_a_passphrase(account: SftpSettings, instance: Instance) -> None:
    make_key(instance.root / "locked", "rsa", form="PEM", passphrase="open sesame")
    locked = replace(account, key_file="locked")
    assert type(told(locked, instance)) is KeyPassphraseMissing
    with_secret = replace(instance, secrets={"sesame": "barley"})
    error = told(replace(locked, key_passphrase_secret="sesame"), with_secret)
    assert type(error) is KeyPassphraseWrong
    assert "barley" not in str(error)
    assert type(told(replace(locked, key_passphrase_secret="sesame"), instance)) is SettingsError


@pytest.mark.parametrize("form", ["", "PEM", "PKCS8"])
def test_a_wrong_passphrase_is_told_in_every_format(
    account: SftpSettings, instance: Instance, form: str
) -> None:
    needs_bcrypt(form, "open sesame")
    make_key(instance.root / "locked", "rsa", form=form, passphrase="open sesame")
    with_secret = replace(instance, secrets={"sesame": "barley"})
    error = told(replace(account, key_file="locked", key_passphrase_secret="sesame"), with_secret)
    assert (type(error), error.problem) == (KeyPassphraseWrong, "is not opened by the secret sesame.")


def test_a_key_file_that_is_none(account: SftpSettings, instance: Instance, openssh: Sshd) -> None:
    assert type(told(replace(account, key_file="nowhere"), instance)) is KeyFileUnreadable
    (instance.root / "text").write_text("no key")
    (instance.root / "text").chmod(0o600)
    assert type(told(replace(account, key_file="text"), instance)) is NotAKey
    (instance.root / "bytes").write_bytes(bytes(range(256)))
    (instance.root / "bytes").chmod(0o600)
    assert type(told(replace(account, key_file="bytes"), instance)) is NotAKey
    public = instance.root / "public"
    public.write_bytes((openssh.folder / "key.pub").read_bytes())
    public.chmod(0o600)
    assert type(told(replace(account, key_file="public"), instance)) is NotAKey
    public.chmod(0o644)
    error = told(replace(account, key_file="public"), instance)
    assert (type(error), error.next_step) == (KeyFileUnreadable, f"Run 'chmod 600 {public}'.")


def test_a_server_without_sftp(openssh: Sshd, instance: Instance, tmp_path: Path, letter: Path) -> None:
    with sshd(tmp_path / "sshd", with_sftp=False) as server:
        (tmp_path / "sshd" / "key").write_bytes((openssh.folder / "key").read_bytes())
        (tmp_path / "sshd" / "key").chmod(0o600)
        server.allow(openssh.folder / "key.pub")
        error = told(account_at(server.port, server, instance), instance, letter)
    assert type(error) is NotSpoken
    assert error.problem.startswith("lets the account sign in, but offers it no SFTP")


def test_a_file_that_is_not_there_and_a_folder(
    account: SftpSettings, instance: Instance, tmp_path: Path
) -> None:
    error = told(account, instance, tmp_path / "gone")
    assert type(error) is RemoteFileMissing
    assert error.place == f"{account.place} {tmp_path / 'gone'}"
    assert type(told(account, instance, tmp_path)) is RemoteFileMissing


class _Closed(asyncssh.SFTPServer):
    """A server of which some files may not be read."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        raise asyncssh.SFTPPermissionDenied("not for you")


class _Doorkeeper(asyncssh.SSHServer):
    """Lets Ada in by her password."""

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("ada", "difference engine")


def test_a_password_lets_us_in_and_a_file_may_be_closed_to_us(instance: Instance, letter: Path) -> None:
    raised: list[StaffroomError] = []

    async def refused() -> None:
        key = asyncssh.generate_private_key("ssh-ed25519")
        server = await asyncssh.listen(
            "127.0.0.1", 0, server_factory=_Doorkeeper, server_host_keys=[key], sftp_factory=_Closed
        )
        async with server:
            port = server.get_port()
            hosts = KnownHosts(instance.root / "known_hosts")
            hosts.accept(hosts.shown("127.0.0.1", port, await ask("127.0.0.1", port)))
            settings = SftpSettings("127.0.0.1", port, "ada", password_secret="password")
            with_secret = replace(instance, secrets={"password": "difference engine"})
            async with open_sftp(settings, with_secret) as remote:
                file = await remote.stat(str(letter))
                with pytest.raises(StaffroomError) as error:
                    await anext(remote.read(file))
                raised.append(error.value)

    asyncio.run(refused())
    assert type(raised[0]) is RemoteForbidden
    assert raised[0].problem == "may not be read by this account."


@pytest.mark.parametrize("fault", ["reset", "half_close"])
def test_a_line_that_breaks_in_the_middle(
    openssh: Sshd, instance: Instance, tmp_path: Path, fault: str
) -> None:
    (tmp_path / "blocks").write_bytes(os.urandom(20_000_000))
    with relay(openssh.port) as port:
        account_at(port, openssh, instance)
    with relay(openssh.port, fault=fault, after_bytes=5_000_000) as port:
        settings = account_at_known(port, openssh, instance)
        with pytest.raises(ConnectionBroken):
            content(settings, instance, tmp_path / "blocks")


def test_a_line_that_falls_silent_is_given_up(openssh: Sshd, instance: Instance, tmp_path: Path) -> None:
    (tmp_path / "blocks").write_bytes(os.urandom(20_000_000))
    with relay(openssh.port, fault="stall", after_bytes=5_000_000) as port:
        settings = replace(account_at_known(port, openssh, instance), silent_seconds=1)
        with pytest.raises(RemoteTimeout, match="went silent: we waited 1 seconds for the next bytes"):
            content(settings, instance, tmp_path / "blocks")


def account_at_known(port: int, server: Sshd, instance: Instance) -> SftpSettings:
    """The account through a relay that is not asked for its key first, so that its fault is still to come."""
    hosts = KnownHosts(instance.root / "known_hosts")
    hosts.accept(hosts.shown("127.0.0.1", port, run(ask("127.0.0.1", server.port))))
    return SftpSettings("127.0.0.1", port, server.user, key_file=str(server.folder / "key"))
