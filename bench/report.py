"""The table at the end: what was measured, beside what it is compared with and what was hoped for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """``ratio`` is to what the row is compared with; ``met`` is None where nothing is hoped for."""

    what: str
    result: str
    ratio: str = ""
    goal: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "MISSED"}[self.met]


HEAD = Row("measured", "result", "ratio", "goal")


def table(rows: Sequence[Row]) -> str:
    """The rows as aligned text."""
    cells = [(HEAD.what, HEAD.result, HEAD.ratio, HEAD.goal, "")]
    cells += [(row.what, row.result, row.ratio, row.goal, row.verdict) for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of all lie; nan where there are none."""
    if not values:
        return float("nan")
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
