"""What is to become of each row of a batch before anything is written: taken, held, or refused, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from staffroom.registry.erased import ERASED_ROW
from staffroom.registry.fields import STATES, Record
from staffroom.registry.parsing import UNREADABLE, Rows
from staffroom.registry.places import Places
from staffroom.registry.rows import Judge, RowError, shown
from staffroom.registry.writing import Entry


class Judged(NamedTuple):
    """One row: an ``entry`` to write or, with ``is_held``, to set aside; an id to remove; or only errors.

    A row that is not the last of its student has neither: it is superseded, which its one error says.
    """

    number: int
    entry: Entry | None = None
    remove: str = ""
    is_held: bool = False
    is_superseded: bool = False
    errors: tuple[RowError, ...] = ()

    @property
    def ssid(self) -> str:
        """The student that it is to be written for; empty where nothing is."""
        return self.entry.ssid if self.entry else self.remove

    @property
    def named(self) -> str:
        """The student as far as the row names one, taken or not."""
        return self.ssid or next((error.ssid for error in self.errors if error.ssid), "")


def judged_upserts(rows: Rows, judge: Judge, places: Places) -> list[Judged]:
    return _last_wins([_upsert(number, row, judge, places) for number, row in rows])


def judged_removals(rows: Rows, state: str) -> list[Judged]:
    return _last_wins([_removal(number, row, state) for number, row in rows])


def erased(number: int) -> Judged:
    """A row of somebody who was erased: what is said of it names nobody."""
    return _refused(RowError(number, "", "", "erased", "This student was erased here."))


def _upsert(number: int, row: object, judge: Judge, places: Places) -> Judged:
    if row == ERASED_ROW:
        return erased(number)
    if row is UNREADABLE:
        return _refused(RowError(number, "", "", "not_json", "This line is not JSON."))
    found = judge.read(number, row)
    return Judged(number, errors=found) if isinstance(found, tuple) else _placed(number, found, places)


def _placed(number: int, record: Record, places: Places) -> Judged:
    if not places.checked:
        return Judged(number, Entry.of(record))
    places.fill_in(record)
    entry = Entry.of(record)
    fault = places.fault(record)
    if fault is None or places.policy == "accept":
        return Judged(number, entry)
    error = RowError(number, entry.ssid, *fault)
    if places.policy == "hold":
        return Judged(number, entry, is_held=True, errors=(error,))
    return _refused(error)


def _removal(number: int, row: object, state: str) -> Judged:
    """``{"ssid": …, "stateCode": …}``."""
    if row == ERASED_ROW:
        return erased(number)
    if row is UNREADABLE or not isinstance(row, dict):
        return _refused(RowError(number, "", "", "not_an_object", "A row has to be a JSON object."))
    ssid, of = row.get("ssid"), row.get("stateCode", row.get("stateAbbreviation"))
    if not isinstance(ssid, str) or not ssid.strip().isalnum() or not ssid.isascii() or len(ssid) > 40:
        return _refused(RowError(number, shown(ssid), "ssid", "bad_code", "It has to name a student."))
    if of != state:
        code, told = (
            ("wrong_state", f"The batch is of {state}.")
            if of in STATES
            else ("bad_state", "It has to name a state.")
        )
        return _refused(RowError(number, shown(ssid), "stateCode", code, told))
    return Judged(number, remove=ssid.strip())


def _refused(error: RowError) -> Judged:
    return Judged(error.row, errors=(error,))


def _last_wins(rows: Iterable[Judged]) -> list[Judged]:
    """Of rows with the same student, the last good one is taken; the others say which one that was."""
    judged = list(rows)
    last = {row.ssid: row.number for row in judged if row.ssid}
    if len(last) == sum(1 for row in judged if row.ssid):
        return judged
    return [row if not row.ssid or last[row.ssid] == row.number else _superseded(row, last) for row in judged]


def _superseded(row: Judged, last: dict[str, int]) -> Judged:
    told = f"Row {last[row.ssid]:,} of this batch has the same student; that row was taken."
    return Judged(
        row.number, is_superseded=True, errors=(RowError(row.number, row.ssid, "ssid", "duplicate", told),)
    )
