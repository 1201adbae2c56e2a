"""The files of one OneRoster delivery, and what other rows refer to in them, by ``sourcedId``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from staffroom.errors import DeliveryError
from staffroom.students.rows.csv_rows import CsvRows, Line
from staffroom.students.rows.declaration import Fields, Reading, Source
from staffroom.tally import Reject

Blocks = Callable[[str], Iterator[bytes] | None]
"""The bytes of a file by its name, such as ``users.csv``; None where the delivery lacks it."""

COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "manifest": (("propertyName", "value"), ()),
    "orgs": (("sourcedId", "name", "type"), ("status", "identifier", "parentSourcedId")),
    "users": (
        ("sourcedId", "username", "givenName", "familyName"),
        (
            "status",
            "enabledUser",
            "orgSourcedIds",
            "primaryOrgSourcedId",
            "role",
            "identifier",
            "email",
            "sms",
            "phone",
            "grades",
        ),
    ),
    "roles": (("userSourcedId", "roleType", "role", "orgSourcedId"), ("status", "beginDate", "endDate")),
    "demographics": (
        ("sourcedId",),
        ("status", "birthDate", "sex", "hispanicOrLatinoEthnicity", "demographicRaceTwoOrMoreRaces"),
    ),
    "courses": (("sourcedId", "title"), ("status", "courseCode", "orgSourcedId", "schoolYearSourcedId")),
    "classes": (
        ("sourcedId", "title", "courseSourcedId", "schoolSourcedId", "termSourcedIds"),
        ("status", "classCode", "classType", "location", "periods"),
    ),
    "enrollments": (
        ("classSourcedId", "userSourcedId", "role"),
        ("status", "schoolSourcedId", "primary", "beginDate", "endDate"),
    ),
    "academicSessions": (
        ("sourcedId", "title", "type", "startDate", "endDate"),
        ("status", "parentSourcedId", "schoolYear"),
    ),
}
RACES = {
    "americanIndianOrAlaskaNative": "American Indian or Alaska Native",
    "asian": "Asian",
    "blackOrAfricanAmerican": "Black",
    "nativeHawaiianOrOtherPacificIslander": "Native Hawaiian or Pacific Islander",
    "white": "White",
}


HOMEROOM = "homeroom"


@dataclass
class Bundle:
    """One delivery. ``rejects`` are rows of files that others refer to which nobody could read."""

    place: str
    blocks: Blocks
    reading: Reading
    rejects: list[Reject] = field(default_factory=list)

    def lines(self, name: str) -> Iterator[Line | Reject]:
        """The rows of a file; none where the delivery lacks it."""
        found = self.blocks(f"{name}.csv")
        if found is not None:
            yield from CsvRows(found, f"{self.place} {name}.csv", _source(name), self.reading)

    def needed_lines(self, name: str) -> Iterator[Line | Reject]:
        """Raises DeliveryError where the delivery lacks the file, or has only changes of it."""
        if self.blocks(f"{name}.csv") is None:
            raise DeliveryError(self.place, f"lacks {name}.csv.", happened="Nothing of it was used.")
        mode = self.manifest.get(f"file.{name}", "bulk").lower()
        if mode != "bulk":
            raise DeliveryError(
                self.place,
                f"says that {name}.csv is {mode!r}, where only whole files (bulk) are read.",
                happened="Nothing of it was used.",
                next_step="Have whole files exported.",
            )
        return self.lines(name)

    @cached_property
    def manifest(self) -> dict[str, str]:
        rows = (line.fields for line in self.lines("manifest") if isinstance(line, Line))
        return {row["propertyName"]: row["value"] for row in rows}

    @cached_property
    def schools(self) -> dict[str, str]:
        """The code of each organisation."""
        return {key: row["identifier"] or key for key, row in self._by_id("orgs").items()}

    @cached_property
    def users(self) -> dict[str, Fields]:
        return self._by_id("users")

    @cached_property
    def demographics(self) -> dict[str, Fields]:
        return self._by_id("demographics")

    @cached_property
    def courses(self) -> dict[str, Fields]:
        return self._by_id("courses")

    @cached_property
    def classes(self) -> dict[str, Fields]:
        return self._by_id("classes")

    @cached_property
    def sessions(self) -> dict[str, Fields]:
        return self._by_id("academicSessions")

    @cached_property
    def roles(self) -> dict[str, Fields]:
        """Version 1.2: each user's primary role, else any."""
        found: dict[str, Fields] = {}
        for row in self._rows("roles"):
            if row["userSourcedId"] not in found or row["roleType"].lower() == "primary":
                found[row["userSourcedId"]] = row
        return found

    @cached_property
    def student_homerooms(self) -> dict[str, str]:
        """The homeroom's name of each student, by the user's ``sourcedId``."""
        return {
            row["userSourcedId"]: homeroom_name(a_class)
            for row in self._rows("enrollments")
            if row["role"].lower() == "student" and (a_class := self.homeroom_of(row)) is not None
        }

    def homeroom_of(self, enrollment: Fields) -> Fields | None:
        """The class of an enrolment, if it is a homeroom."""
        a_class = self.classes.get(enrollment["classSourcedId"])
        return a_class if a_class is not None and a_class["classType"].lower() == HOMEROOM else None

    def _by_id(self, name: str) -> dict[str, Fields]:
        return {row["sourcedId"]: row for row in self._rows(name)}

    def _rows(self, name: str) -> Iterator[Fields]:
        for line in self.lines(name):
            if isinstance(line, Reject):
                self.rejects.append(line)
            else:
                yield line.fields


def homeroom_name(a_class: Fields) -> str:
    return a_class["classCode"] or a_class["title"]


def _no_rows(fields: Fields, reading: Reading) -> Iterator[Any]:  # noqa: ARG001 - the formats make them
    yield from ()


def _source(name: str) -> Source:
    required, optional = COLUMNS[name]
    more = tuple(RACES) if name == "demographics" else ()
    return Source(f"oneroster_{name}", "", 0, (), _no_rows, required, (*optional, *more))
