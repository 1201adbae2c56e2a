"""IEPs and photos at rest: AES-256-GCM, under names that tell nothing, below the instance's ``documents``."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from staffroom.config import Instance
from staffroom.durable import replace_file
from staffroom.errors import PermanentError

FOLDER = "documents"
KEYS = ("encryption_key", "previous_encryption_key")
"""The second one still opens what was stored before the key was changed."""
_NONCE_BYTES = 12


class DocumentLost(PermanentError):
    """A document whose file is gone, or cannot be opened with the keys that are there."""


def store_document(instance: Instance, digest: str, data: bytes) -> None:
    """Keep a document under its SHA-256; one that is there already stays. Raises SettingsError, OSError."""
    key = next(_keys(instance))
    path = _path(instance, key, digest)
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        nonce = os.urandom(_NONCE_BYTES)
        replace_file(path, nonce + AESGCM(key).encrypt(nonce, data, digest.encode()), mode=0o600)


def read_document(instance: Instance, digest: str) -> bytes:
    """The document's bytes. Ask ``access`` first. Raises DocumentLost."""
    for key in _keys(instance):
        path = _path(instance, key, digest)
        if path.exists():
            kept = path.read_bytes()
            try:
                return AESGCM(key).decrypt(kept[:_NONCE_BYTES], kept[_NONCE_BYTES:], digest.encode())
            except InvalidTag:
                break
    raise DocumentLost(
        f"document {digest[:8]}",
        "is not there, or is not what was stored.",
        next_step="Import its archive again; see that encryption_key is the one it was stored with.",
    )


def delete_document(instance: Instance, digest: str) -> None:
    """Delete it under whichever key it was stored."""
    for key in _keys(instance):
        _path(instance, key, digest).unlink(missing_ok=True)


def _keys(instance: Instance) -> Iterator[bytes]:
    """Keys of our own, made of the secrets. Raises SettingsError where there is none."""
    yield _derived(instance.secret(KEYS[0]))
    if KEYS[1] in instance.secrets:
        yield _derived(instance.secrets[KEYS[1]])


def _derived(secret: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"staffroom documents").derive(secret.encode())


def _path(instance: Instance, key: bytes, digest: str) -> Path:
    name = hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()
    return instance.root / FOLDER / name[:2] / name
