"""What became of each row, from the journal: a report, its figures, the answer for one row."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from staffroom.loader.journal import records
from staffroom.loader.rows import REASONS, SUPERSEDED, Aside
from staffroom.loader.runs import Run
from staffroom.tally import Counts

DELETED = "deleted"
"""What becomes of a student whom a full file lacks, where the settings want it so."""


@dataclass(slots=True)
class Figures:
    """A run in figures. ``rows`` are those read; each is taken, unchanged, superseded or set aside."""

    rows: int = 0
    taken: int = 0
    same: int = 0
    superseded: int = 0
    """Rows that gave way to a later one of the same student: that one was taken."""
    aside: int = 0
    batches: int = 0
    without_status: int = 0
    """Batches that the API took without a status URL."""
    untold: int = 0
    """Batches whose status URL did not tell how they ended."""
    reasons: Counter[str] = field(default_factory=Counter)
    became: Counter[str] = field(default_factory=Counter)
    """What the API says became of the rows that it took: created, updated, unchanged …"""

    @property
    def counts(self) -> Counts:
        return Counts(self.rows, self.taken, self.same + self.superseded, self.aside)

    @property
    def facts(self) -> dict[str, Any]:
        """The figures as a report tells them."""
        return {
            "read": self.rows,
            "taken": self.taken,
            "unchanged": self.same,
            "superseded": self.superseded,
            "set_aside": self.aside,
            "reasons": dict(self.reasons),
            "became": dict(self.became),
            "batches": self.batches,
            "batches_without_status": self.without_status,
            "batches_untold": self.untold,
        }


def figures(journal: Path) -> Figures:
    """Add up a journal. A row that was refused after it was taken counts as set aside."""
    found = Figures()
    states: dict[tuple[int, str], str] = {}
    gave_way = 0
    for record in records(journal):
        reasons = Counter(reason for _, _, reason, _ in record.get("aside", ()))
        superseded = reasons.pop(SUPERSEDED, 0)
        found.superseded += superseded
        found.reasons += reasons
        if "batch" in record:
            found.batches += 1
            if record.get("late"):  # they were read before, and held back until all rows were known
                found.same -= record["rows"]
            else:
                found.rows += record["rows"]
            found.aside += reasons.total()
            found.same += sum(last - first + 1 for first, last in record["same"])
            found.without_status += sum(not url for url, _ in record["sent"])
        elif "status" in record:
            states[record["status"], record["url"]] = record["state"]
            refused = _rows(record["lines"]) if record["state"] == "failed" else reasons.total()
            found.aside += refused
            if record["state"] == "failed":
                found.reasons["refused"] += refused
            found.became.update(record["counts"])
        elif "gave_way" in record:
            gave_way = len(record["gave_way"])
    found.same -= gave_way
    found.superseded += gave_way
    found.untold = sum(state == "untold" for state in states.values())
    found.taken = found.rows - found.same - found.superseded - found.aside
    return found


def _rows(lines: list[list[int]]) -> int:
    return sum(last - first + 1 for first, last in lines)


def set_aside(journal: Path) -> Iterator[Aside]:
    """Every row that was not sent or not taken, in the order in which that was known."""
    return (row for row in singled_out(journal) if row.reason != SUPERSEDED)


def singled_out(journal: Path) -> Iterator[Aside]:
    """The rows that were set aside, and those that gave way to a later one of their student."""
    places = _places(journal)
    gave_way: list[list[Any]] = []
    for record in records(journal):
        yield from _aside(record, places)
        gave_way = record.get("gave_way", gave_way)
        if record.get("state") == "failed":
            for first, last in record["lines"]:
                for line in range(first, last + 1):
                    yield Aside(line, "", "refused", record["why"])
    yield from (Aside(line, student, SUPERSEDED, REASONS[SUPERSEDED]) for line, student in gave_way)


def _aside(record: dict[str, Any], places: dict[str, int]) -> Iterator[Aside]:
    """The single rows that a record sets aside; those of which only the student is known get their place."""
    for row in (Aside(*row) for row in record.get("aside", ())):
        yield row if row.line else replace(row, line=places.get(row.id, 0))


def _places(journal: Path) -> dict[str, int]:
    """The rows of the students whom the API named without their row, as far as they were looked up."""
    places: dict[str, int] = {}
    for record in records(journal):
        places |= record.get("places", {})
    return places


def students_without_row(journal: Path) -> set[str]:
    """The students whom the API named without their row, and whose row was not looked up yet."""
    places = _places(journal)
    named = (Aside(*row) for record in records(journal) for row in record.get("aside", ()))
    return {row.id for row in named if not row.line and row.id and row.id not in places}


def write_report(run: Run, facts: dict[str, Any]) -> None:
    """``report.json``: figures, what else there is to know, and an entry for each row singled out."""
    part = run.report.with_name(f"{run.report.name}.part")
    with part.open("w", encoding="utf-8") as file:
        head = json.dumps(facts, indent=1, ensure_ascii=False, default=str)
        file.write(f'{head.removesuffix("}").rstrip()},\n "rows": [')
        between = "\n  "
        for row in singled_out(run.journal):
            entry = {"row": row.line or None, "id": row.id, "what": row.reason, "detail": row.detail}
            file.write(f"{between}{json.dumps(entry, ensure_ascii=False)}")
            between = ",\n  "
        file.write("\n ]\n}\n")
    part.chmod(0o600)
    part.replace(run.report)


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one row: ``what`` in a word, ``detail`` as a sentence; ``at`` when it was known."""

    line: int
    id: str
    what: str
    detail: str
    batch: int | None = None
    url: str = ""
    at: str = ""


def fate_of(journal: Path, line: int) -> Fate:
    """What happened to the row that begins on ``line``; the header is row 1."""
    fate = Fate(line, "", "unknown", "No batch of this run holds a row that begins there, or not yet.")
    places = _places(journal)
    for record in records(journal):
        fate = _fate(record, line, places) or fate
    return fate


def deletion_of(journal: Path, student: str) -> Fate | None:
    """That the file lacked the student, and the API was asked to delete them; None where it was not."""
    for record in records(journal):
        if student in record.get("deleted", ()):
            said = "The file lacks the student; the API took the request to delete them."
            return Fate(0, student, DELETED, said, at=record["at"])
    return None


def _fate(record: dict[str, Any], line: int, places: dict[str, int]) -> Fate | None:
    """What a record says of a row; later records know better."""
    if student := dict(record.get("gave_way", ())).get(line):
        return Fate(line, student, SUPERSEDED, REASONS[SUPERSEDED], at=record["at"])
    number = record.get("batch", record.get("status"))
    at = record.get("at", "")
    for row in _aside(record, places):
        if row.line == line:
            return Fate(line, row.id, row.reason, row.detail, number, record.get("url", ""), at)
    if "batch" in record:
        for url, lines in record["sent"]:
            if _holds(lines, line):
                said = "The API took it (202); " + (
                    "its status URL follows." if url else "it gave no status URL."
                )
                return Fate(line, "", "taken", said, number, url, at)
        if _holds(record["same"], line):
            return Fate(
                line, "", "unchanged", "The API has it already: it was not sent again.", number, "", at
            )
    elif "status" in record and _holds(record["lines"], line):
        told = {
            "done": "The API has processed it.",
            "failed": f"The API refused its whole batch: {record['why']}",
            "untold": f"The API took it; what became of it is not known: {record['why']}.",
        }
        what = {"done": "processed", "failed": "refused", "untold": "taken"}
        return Fate(line, "", what[record["state"]], told[record["state"]], number, record["url"], at)
    return None


def _holds(lines: list[list[int]], line: int) -> bool:
    return any(first <= line <= last for first, last in lines)
