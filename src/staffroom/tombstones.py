"""Who was erased, as keyed hashes: what comes again of them is left out, and nobody can read who they were.

A room that erases somebody adds them first and removes their rows then; whoever takes rows in asks about
each. The list only grows. It tells nothing without the secret ``tombstone_key``, which is not in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from hashlib import blake2b

from staffroom.config import SECRETS_FILE, Instance
from staffroom.durable import sync
from staffroom.errors import SettingsError, StoreDamaged
from staffroom.locks import waited_for

FILE = "tombstones"
KEY = "tombstone_key"

_HASH_BYTES = 16
_KEY_LINE = "key"


class Tombstones:
    """The list of one instance. To make one costs nothing; it is read when asked, and when it has grown.

    A ``kind`` says what its ids are ids of, such as ``student`` or ``registered student of CA``. It stands
    in the list as it is, so it names no person. The same id of another kind is somebody else.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance, self._path = instance, instance.root / FILE
        self._hashes: dict[str, set[bytes]] = {}
        self._keys: dict[str, bytes] = {}
        self._read = 0

    def add(self, kind: str, *ids: str) -> None:
        """Hide these from now on; on the disk when this returns. Raises SettingsError, StoreDamaged."""
        if not kind.isprintable() or not kind or kind == _KEY_LINE:
            raise ValueError(f"{kind!r} is no kind of ids")
        with waited_for(self._path) as file:
            self._refresh()
            new = dict.fromkeys(self._hash(kind, id) for id in ids)
            lines = [_line(kind, one) for one in new if one not in self._hashes.get(kind, ())]
            if not self._read:
                lines.insert(0, _line(_KEY_LINE, self._hash(_KEY_LINE, "")))
            os.ftruncate(file, self._read)  # what a killed writer left of a line
            os.lseek(file, 0, os.SEEK_END)
            _write_all(file, b"".join(lines))
        sync(self._path.parent)
        self._refresh()

    def hide_any(self, kind: str) -> bool:
        """Whether anybody of the kind was erased: where not, nobody need be asked about."""
        self._refresh()
        return bool(self._hashes.get(kind))

    def hides(self, kind: str, id: str) -> bool:
        """Whether this one was erased."""
        return bool(self.hidden(kind, (id,)))

    def hidden(self, kind: str, ids: Iterable[str]) -> frozenset[str]:
        """Those of ``ids`` that were erased. While nobody of the kind was, not one of them is looked at."""
        self._refresh()
        hashes = self._hashes.get(kind)
        if not hashes:
            return frozenset()
        key = self._key_of(kind)
        return frozenset(
            id for id in ids if blake2b(_bytes(id), key=key, digest_size=_HASH_BYTES).digest() in hashes
        )

    def _hash(self, kind: str, id: str) -> bytes:
        return blake2b(_bytes(id), key=self._key_of(kind), digest_size=_HASH_BYTES).digest()

    def _key_of(self, kind: str) -> bytes:
        if kind not in self._keys:
            secret = blake2b(self._instance.secret(KEY).encode()).digest()
            self._keys[kind] = blake2b(_bytes(kind), key=secret).digest()
        return self._keys[kind]

    def _refresh(self) -> None:
        """Read what was added since, whole lines only."""
        start = self._read
        try:
            if self._path.stat().st_size == start:
                return
        except FileNotFoundError:
            return
        with self._path.open("rb") as file:
            file.seek(start)
            added = file.read()
        whole = added[: added.rfind(b"\n") + 1]
        for line in whole.splitlines():
            self._take(line)
        self._read = start + len(whole)

    def _take(self, line: bytes) -> None:
        try:
            kind, hashed = line.decode().split("\t")
            one = bytes.fromhex(hashed)
            if len(one) != _HASH_BYTES:
                raise ValueError
        except ValueError:
            raise StoreDamaged(
                str(self._path),
                "holds a line that is no tombstone.",
                happened="Nothing is taken in while it is not known who was erased.",
                next_step="Put its newest copy back.",
            ) from None
        if kind != _KEY_LINE:
            self._hashes.setdefault(kind, set()).add(one)
        elif one != self._hash(_KEY_LINE, ""):
            raise SettingsError(
                f"secret {KEY}",
                f"is not the one that {self._path.name} was written with: who was erased would come back.",
                happened="Nothing is taken in.",
                next_step=f"Put the old {KEY} back into {SECRETS_FILE}.",
            )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _line(kind: str, hashed: bytes) -> bytes:
    return f"{kind}\t{hashed.hex()}\n".encode()


def _write_all(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]
    os.fsync(file)
