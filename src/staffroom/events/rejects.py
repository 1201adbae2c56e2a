"""Lines that were set aside: a Parquet file for each delivery, with line number, reason and exact bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from staffroom.durable import sync
from staffroom.tally import Reject

REJECT_SCHEMA = pa.schema(
    [pa.field("line", pa.int64()), pa.field("reason", pa.string()), pa.field("data", pa.binary())]
)
"""One row a reject. ``data`` is the line as it stood in the file, without its line end."""

_BYTES_A_GROUP = 8 * 1024 * 1024


class RejectsFile:
    """Writes rejects as they come; ``count`` says how many. A file is made only where there are any."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._waiting: list[Reject] = []
        self._waiting_bytes = 0
        self._writer: pq.ParquetWriter | None = None
        self._count = 0

    @property
    def count(self) -> int:
        return self._count

    def add(self, reject: Reject) -> None:
        self._count += 1
        self._waiting.append(reject)
        self._waiting_bytes += len(reject.data) + 64
        if self._waiting_bytes >= _BYTES_A_GROUP:
            self._flush()

    def add_blank(self, first: int, lines: Sequence[bytes]) -> None:
        """Add blank lines that follow each other, from line ``first`` on."""
        self._flush()
        self._count += len(lines)
        self._write(range(first, first + len(lines)), ["blank"] * len(lines), lines)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()
        if self._writer is not None:
            self._writer.close()

    def _flush(self) -> None:
        if self._waiting:
            self._write(*zip(*((one.line, one.reason, one.data) for one in self._waiting), strict=True))
            self._waiting, self._waiting_bytes = [], 0

    def _write(self, lines: Sequence[int], reasons: Sequence[str], data: Sequence[bytes]) -> None:
        if self._writer is None:
            self._writer = pq.ParquetWriter(self.path, REJECT_SCHEMA, compression="zstd")
        self._writer.write_table(pa.table([lines, reasons, data], schema=REJECT_SCHEMA))


def rejects_path(folder: Path, digest: str) -> Path:
    """Where the rejects of a delivery are kept; ``folder`` is ``instance.rejects``."""
    return folder / f"{digest}.parquet"


def read_rejects(folder: Path, digest: str) -> Iterator[Reject]:
    """The rejects of a delivery, in the order of their lines but for those that no line end closed."""
    path = rejects_path(folder, digest)
    if not path.exists():
        return
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches():
            for row in batch.to_pylist():
                yield Reject(row["line"], row["reason"], row["data"])


def keep_rejects(folder: Path, digest: str, staged: Path) -> None:
    """Put a delivery's staged rejects, forced to disk, where they are kept; without any, none are kept."""
    path = rejects_path(folder, digest)
    if not staged.exists():
        path.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    sync(staged)
    staged.replace(path)


def as_text(data: bytes) -> str:
    """Bytes as text in which each can be told: ``\\xff`` for what is not UTF-8, and for controls."""
    text = data.decode("utf-8", "backslashreplace")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )
