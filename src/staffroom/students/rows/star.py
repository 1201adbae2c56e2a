"""STAR reading and mathematics, in both layouts of the vendor: told apart by their headers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from zoneinfo import ZoneInfo

from staffroom.students.rows.declaration import Fault, Fields, Reading, Source
from staffroom.students.rows.values import needed, whole_or_none

READING, MATH = "reading", "math"
FORMATS = ("%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M:%S")
LOWEST, HIGHEST = 1, 99


@dataclass(frozen=True, slots=True)
class StarRow:
    TABLE: ClassVar[str] = "star_result"
    KEY: ClassVar[tuple[str, ...]] = ("student", "subject", "taken_at")
    student: str
    subject: str
    taken_at: datetime
    percentile: int
    grade_equivalent: str
    total_seconds: int


def rows_of(subject: str) -> Callable[[Fields, Reading], Iterator[StarRow]]:
    def rows(fields: Fields, reading: Reading) -> Iterator[StarRow]:
        local_id = needed(fields, "StudentIdentifier")
        zone = ZoneInfo(reading.settings.star_time_zone) if reading.settings.star_time_zone else reading.zone
        taken_at = star_instant(fields["CompletedDate"], zone)
        if taken_at is None or taken_at.date() > reading.today:
            raise Fault("date", "CompletedDate", local_id)
        percentile = whole_or_none(fields["PercentileRank"])
        if percentile is None or not LOWEST <= percentile <= HIGHEST:
            raise Fault("number", "PercentileRank", local_id)
        seconds = whole_or_none(fields["TotalTimeInSeconds"])
        if seconds is None:
            raise Fault("number", "TotalTimeInSeconds", local_id)
        equivalent = needed(fields, "GradeEquivalent", spares=local_id)
        yield StarRow(local_id, subject, taken_at, percentile, equivalent, seconds)

    return rows


def star_instant(text: str, zone: ZoneInfo) -> datetime | None:
    """The instant of a local time, by the zone's offset on that very day; None for what is none."""
    for one in FORMATS:
        try:
            local = datetime.strptime(text.partition(".")[0], one)  # noqa: DTZ007 - the zone is the next step
        except ValueError:
            continue
        return local.replace(tzinfo=zone).astimezone(UTC)
    return None


def _source(subject: str, about: str) -> Source:
    return Source(
        name=f"star_{subject}",
        about=about,
        order=6,
        tables=(StarRow,),
        rows=rows_of(subject),
        part={"subject": subject},
        required=(
            "StudentIdentifier",
            "PercentileRank",
            "CompletedDate",
            "TotalTimeInSeconds",
            "GradeEquivalent",
        ),
        optional=("SchoolIdentifier",),
        also_called={
            "StudentIdentifier": "StudentLocalID",
            "CompletedDate": "AssessmentDate",
            "TotalTimeInSeconds": "TotalTime",
            "SchoolIdentifier": "SchoolLocalID",
        },
    )


STAR_READING = _source(READING, "STAR reading.")
STAR_MATH = _source(MATH, "STAR mathematics.")
