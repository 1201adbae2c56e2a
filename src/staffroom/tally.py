"""What a run read, kept, skipped and is doing now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Protocol


def counted(number: int, one: str, many: str = "") -> str:
    """``1 file``, ``2 files``, ``1,200 batches``: a number of things, for the command line and its errors."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def amount_done(done: int, total: int | None, units: str) -> str:
    """``3 of 14 metrics``, ``1 file``: how far a step is; ``units`` is a plural."""
    one = units.removesuffix("es") if units.endswith("ches") else units.removesuffix("s")
    return counted(done, one, units) if total is None else f"{done:,} of {counted(total, one, units)}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of one run or file. ``read == kept + repeated + skipped``, always.

    ``repeated`` rows were good but already there; ``skipped`` rows were set aside as rejects.
    """

    read: int = 0
    kept: int = 0
    repeated: int = 0
    skipped: int = 0

    def __post_init__(self) -> None:
        if self.read != self.kept + self.repeated + self.skipped:
            raise ValueError(f"counts do not add up: {self.as_dict()}")

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.read + other.read,
            self.kept + other.kept,
            self.repeated + other.repeated,
            self.skipped + other.skipped,
        )

    def as_dict(self) -> dict[str, int]:
        return asdict(self)

    def sentence(self) -> str:
        return f"read {self.read:,}, kept {self.kept:,}, repeated {self.repeated:,}, skipped {self.skipped:,}"


@dataclass(frozen=True, slots=True)
class Reject:
    """One row set aside: where it stood, its exact bytes, and why it could not be used.

    ``line`` counts from 1 and from the start of the uncompressed file; ``reason`` is one of the
    reader's own short words (``not_json``, ``no_time`` …), the same word for the same fault.
    """

    line: int
    reason: str
    data: bytes


class Step(Protocol):
    """One measured part of a run."""

    def advance(self, amount: int = 1) -> None: ...


class Progress(Protocol):
    """Who is told how far a run has come: a bar, a log line a minute, or a page."""

    @contextmanager
    def step(self, label: str, *, total: int | None = None, unit: str = "rows") -> Iterator[Step]:
        """Announce a part of the run; ``total`` is in ``unit``, or None where it cannot be known."""
        ...


class _SilentStep:
    def advance(self, amount: int = 1) -> None: ...


class Silent:
    """Progress for tests and ``--quiet``."""

    @contextmanager
    def step(self, label: str, *, total: int | None = None, unit: str = "rows") -> Iterator[Step]:  # noqa: ARG002 - as others count
        yield _SilentStep()
