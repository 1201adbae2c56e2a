"""The private key that opens an account: read, and opened with its passphrase where it has one."""

from __future__ import annotations

import stat
from pathlib import Path

import asyncssh

from staffroom.config import SECRET_PREFIX, SECRETS_FILE, Instance
from staffroom.intake.servers.errors import (
    KeyFileUnreadable,
    KeyPassphraseMissing,
    KeyPassphraseWrong,
    KeyUnusable,
    NotAKey,
)
from staffroom.intake.servers.settings import SftpSettings

_NO_BCRYPT = "requires bcrypt"


def private_key(settings: SftpSettings, instance: Instance) -> asyncssh.SSHKey:
    """The key of ``key_file``. Raises an error of its own for each way in which it cannot be used."""
    path = instance.path(settings.key_file)
    data = _read(path)
    secret = settings.key_passphrase_secret
    passphrase = instance.secret(secret) if secret else None
    try:
        return asyncssh.import_private_key(data, passphrase)
    except asyncssh.KeyEncryptionError as error:
        if _NO_BCRYPT in str(error):
            raise _no_bcrypt(path) from None
        raise _wrong(path, secret) from None
    except asyncssh.KeyImportError as error:
        text = str(error)
        if "Passphrase must be specified" in text:
            raise _missing(path) from None
        if passphrase is not None and "decrypt" in text:
            raise _wrong(path, secret) from None
        raise _not_a_key(path) from None
    except (ValueError, UnicodeDecodeError):
        raise _not_a_key(path) from None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFileUnreadable(
                str(path),
                "can be read by others than its owner, so it is no secret.",
                next_step=f"Run 'chmod 600 {path}'.",
            )
        return path.read_bytes()
    except OSError as error:
        raise KeyFileUnreadable(
            str(path),
            f"cannot be read: {error.strerror}.",
            next_step="Correct key_file, or let the account that runs Staffroom read it.",
        ) from None


def _missing(path: Path) -> KeyPassphraseMissing:
    return KeyPassphraseMissing(
        str(path),
        "is encrypted, and no passphrase is given.",
        next_step="Name its secret as key_passphrase_secret, "
        f"and put it into {SECRETS_FILE} or {SECRET_PREFIX}<NAME>.",
    )


def _wrong(path: Path, secret: str) -> KeyPassphraseWrong:
    return KeyPassphraseWrong(
        str(path), f"is not opened by the secret {secret}.", next_step="Correct the passphrase."
    )


def _not_a_key(path: Path) -> NotAKey:
    return NotAKey(
        str(path),
        "holds no private key that can be read.",
        next_step="Name the private key, not its .pub, in PEM or OpenSSH format.",
    )


def _no_bcrypt(path: Path) -> KeyUnusable:
    return KeyUnusable(
        str(path),
        "is encrypted in OpenSSH's own format, which needs the package bcrypt.",
        next_step="Install bcrypt, or write the key anew with 'ssh-keygen -p -m PEM'.",
    )
