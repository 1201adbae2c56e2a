"""The attendance file: absences and tardies, one row a student and day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import ClassVar

from staffroom.students.rows.declaration import REMOVE, Fields, PassedOver, Reading, Source
from staffroom.students.rows.values import clean_day, needed, yes_or_none

ABSENCE, TARDY = "absence", "tardy"


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    TABLE: ClassVar[str] = "attendance"
    KEY: ClassVar[tuple[str, ...]] = ("student", "day", "kind")
    student: str
    day: date
    kind: str
    is_dismissed: bool | None
    is_excused: bool | None
    reason: str
    comment: str


def rows(fields: Fields, reading: Reading) -> Iterator[AttendanceRow]:
    local_id = needed(fields, "local_id")
    day = clean_day(fields, "event_date", reading, spares=local_id)
    if day < reading.oldest:
        raise PassedOver("old")
    kinds = [
        kind
        for kind, column in ((ABSENCE, "absence"), (TARDY, "tardy"))
        if is_true(fields[column], reading.settings.attendance_true)
    ]
    if not kinds:
        raise PassedOver("nothing")
    known = reading.settings.attendance_details
    for kind in kinds:
        yield AttendanceRow(
            student=local_id,
            day=day,
            kind=kind,
            is_dismissed=yes_or_none(fields["dismissed"]) if known else None,
            is_excused=yes_or_none(fields["excused"]) if known else None,
            reason=fields["reason"] if known else "",
            comment=fields["comment"] if known else "",
        )


@lru_cache(maxsize=256)
def is_true(text: str, trues: tuple[str, ...]) -> bool:
    """``1.0`` and ``01`` are ``1``; letters count in either case."""
    text = text.lower()
    plain = text.partition(".")[0].lstrip("0") if text.replace(".", "").isdigit() else text
    return any(plain == one.lower() for one in trues)


SOURCE = Source(
    name="attendance",
    about="Absences and tardies.",
    order=5,
    tables=(AttendanceRow,),
    rows=rows,
    required=("local_id", "absence", "tardy", "event_date"),
    optional=("state_id", "dismissed", "reason", "excused", "comment", "school_local_id"),
    unmarked=REMOVE,
    fills={"is_dismissed": "dismissed", "is_excused": "excused", "reason": "reason", "comment": "comment"},
)
