"""The behaviour file: incidents. Nothing numbers them, so an incident is known by all that is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from staffroom.students.rows.declaration import REMOVE, Fields, PassedOver, Reading, Source
from staffroom.students.rows.values import at_clock, clean_day, needed


@dataclass(frozen=True, slots=True)
class IncidentRow:
    TABLE: ClassVar[str] = "incident"
    KEY: ClassVar[tuple[str, ...]] = (
        "student",
        "occurred_at",
        "has_exact_time",
        "code",
        "location",
        "description",
    )
    student: str
    occurred_at: datetime
    has_exact_time: bool
    code: str
    location: str
    description: str


def rows(fields: Fields, reading: Reading) -> Iterator[IncidentRow]:
    local_id = needed(fields, "local_id")
    day = clean_day(fields, "event_date", reading, spares=local_id)
    if day < reading.oldest:
        raise PassedOver("old")
    occurred_at, is_exact = at_clock(day, fields["incident_time"], reading.zone)
    yield IncidentRow(
        student=local_id,
        occurred_at=occurred_at,
        has_exact_time=is_exact,
        code=fields["incident_code"],
        location=fields["incident_location"],
        description=fields["incident_description"],
    )


SOURCE = Source(
    name="behavior",
    about="Incidents of behaviour.",
    order=5,
    tables=(IncidentRow,),
    rows=rows,
    required=("local_id", "incident_code", "event_date"),
    optional=("state_id", "incident_time", "incident_location", "incident_description", "school_local_id"),
    unmarked=REMOVE,
)
