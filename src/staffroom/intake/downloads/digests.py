"""Digests as servers give them: ``sha256:<hex>`` and the like, read from what lies beside a file."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

_HEX = re.compile(rb"(?<![0-9a-fA-F])([0-9a-fA-F]{32,128})(?![0-9a-fA-F])")
_BY_LENGTH = {32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}


def digest_in(text: bytes) -> str | None:
    """The first digest in what ``sha256sum`` and its sisters write; None where there is none."""
    for match in _HEX.finditer(text):
        name = _BY_LENGTH.get(len(match[1]))
        if name is not None:
            return f"{name}:{match[1].decode().lower()}"
    return None


def digest_of(path: Path, like: str) -> str:
    """The file's digest by the algorithm of ``like``."""
    name = like.partition(":")[0]
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.new(name, usedforsecurity=False))
    return f"{name}:{digest.hexdigest()}"
