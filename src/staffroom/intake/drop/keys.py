"""Who may sign in with which public key, and the drop's own host key."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncssh
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from staffroom.config import SETTINGS_FILE, Instance
from staffroom.errors import PermanentError, SettingsError
from staffroom.intake.drop.settings import DropAccount

FOLDER = "drop"
"""Where the drop keeps its host key and its record, in the instance's folder."""

HOST_KEY = "host_key"
WEAK = ("ssh-dss",)
SHORTEST_RSA = 2048


class HostKeyUnusable(PermanentError):
    """The drop's own key cannot be read, or can be read by others."""


def public_keys(account: DropAccount, instance: Instance) -> tuple[asyncssh.SSHKey, ...]:
    """The keys that open the account. Raises SettingsError for a line that is none."""
    place = f"{SETTINGS_FILE} [[drop_accounts]] {account.name}"
    return tuple(_key(line, where) for line, where in _lines(account, instance, place))


def _lines(account: DropAccount, instance: Instance, place: str) -> Iterator[tuple[str, str]]:
    for position, line in enumerate(account.keys, 1):
        yield line, f"{place} keys number {position}"
    if not account.keys_file:
        return
    path = instance.path(account.keys_file)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            f"{place} keys_file",
            f"{path} cannot be read ({type(error).__name__}).",
            next_step="Correct the path, or let this account of the machine read it.",
        ) from None
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield line, f"{path} line {number}"


def _key(line: str, place: str) -> asyncssh.SSHKey:
    if "PRIVATE KEY" in line:
        raise SettingsError(place, "is a private key.", next_step="Make a new pair; give the .pub only.")
    try:
        key = asyncssh.import_public_key(str(line).strip())
    except (asyncssh.KeyImportError, ValueError):
        raise SettingsError(
            place,
            "is no public key.",
            next_step="Copy the one line of the .pub file, without options before it.",
        ) from None
    if key.get_algorithm() in WEAK or _bits(key) < SHORTEST_RSA:
        raise SettingsError(
            place, "is a key too weak to trust.", next_step="Make one with 'ssh-keygen -t ed25519'."
        )
    return key


def _bits(key: asyncssh.SSHKey) -> int:
    """How long an RSA key is; others have the one good length of their kind."""
    return key.pyca_key.key_size if isinstance(key.pyca_key, RSAPublicKey) else SHORTEST_RSA


def host_key_path(instance: Instance) -> Path:
    return instance.root / FOLDER / HOST_KEY


def host_key(instance: Instance) -> asyncssh.SSHKey:
    """The drop's own key, made when first asked for. Raises HostKeyUnusable."""
    path = host_key_path(instance)
    if not path.exists():
        _make(path)
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise HostKeyUnusable(
                str(path), "can be read by others than its owner.", next_step=f"Run 'chmod 600 {path}'."
            )
        return asyncssh.import_private_key(path.read_bytes())
    except (OSError, ValueError, asyncssh.KeyImportError) as error:
        raise HostKeyUnusable(
            str(path),
            f"cannot be used ({type(error).__name__}).",
            happened="The drop was not started.",
            next_step="Put it back from a backup. A new one is made where there is none, and then whoever "
            "delivers has to accept it.",
        ) from None


def _make(path: Path) -> None:
    """Written whole under another name first: a crash must not leave half a key, nor two starts two keys."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        file.flush()
        os.fsync(file.fileno())
    try:
        path.hardlink_to(new)
    except FileExistsError:
        pass  # another start was first: its key counts
    finally:
        new.unlink()
