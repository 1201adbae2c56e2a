"""Whole tables of a district for spreadsheets: every student with all that is known, every incident.

Columns are named as in the exports that districts have had so far, so that what reads those reads these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from staffroom.metrics.declaration import Column, Kind
from staffroom.students.models import Incident
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.roster_columns import (
    GOING_ON,
    NOTES,
    Basis,
    Facts,
    RosterColumn,
    active_services,
    last_notes,
    roster_columns,
)
from staffroom.students.rosters import facts_of
from staffroom.students.services_settings import services_settings


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """``field`` is that of ``Student``, or what a column of rosters is called."""

    name: str
    kind: Kind
    field: str

    @property
    def column(self) -> Column:
        return Column(self.name, self.name, self.kind)


FIELDS = tuple(
    ExportColumn(name, kind, field)
    for name, kind, field in (
        ("id", Kind.COUNT, "pk"),
        ("grade", Kind.TEXT, "grade"),
        ("free_reduced_lunch", Kind.TEXT, "lunch"),
        ("homeroom_id", Kind.COUNT, "homeroom"),
        ("homeroom_name", Kind.TEXT, "homeroom__name"),
        ("first_name", Kind.TEXT, "first_name"),
        ("last_name", Kind.TEXT, "last_name"),
        ("state_id", Kind.TEXT, "state_id"),
        ("home_language", Kind.TEXT, "home_language"),
        ("school_id", Kind.COUNT, "school"),
        ("registration_date", Kind.DAY, "registered_on"),
        ("local_id", Kind.TEXT, "local_id"),
        ("counselor", Kind.TEXT, "counselor"),
        ("hispanic_latino", Kind.FLAG, "is_hispanic"),
        ("house", Kind.TEXT, "house"),
        ("race", Kind.TEXT, "race"),
        ("sped_liaison", Kind.TEXT, "sped_liaison"),
        ("student_address", Kind.TEXT, "address"),
        ("program_assigned", Kind.TEXT, "program"),
        ("sped_placement", Kind.TEXT, "sped_placement"),
        ("disability", Kind.TEXT, "disability"),
        ("sped_level_of_need", Kind.TEXT, "sped_level"),
        ("limited_english_proficiency", Kind.TEXT, "language_status"),
        ("ell_entry_date", Kind.DAY, "ell_entry_on"),
        ("ell_transition_date", Kind.DAY, "ell_transition_on"),
        ("enrollment_status", Kind.TEXT, "enrollment_status"),
        ("missing_from_last_export", Kind.FLAG, "missing_since"),
        ("date_of_birth", Kind.DAY, "born_on"),
        ("gender", Kind.TEXT, "gender"),
        ("primary_email", Kind.TEXT, "email"),
        ("primary_phone", Kind.TEXT, "phone"),
    )
)
"""What stands in the student's own row."""

READ = tuple(
    ExportColumn(name, kind, field)
    for name, kind, field in (
        ("plan_504", Kind.TEXT, "plan_504"),
        ("most_recent_mcas_math_growth", Kind.COUNT, "mcas_math_growth"),
        ("most_recent_mcas_ela_growth", Kind.COUNT, "mcas_ela_growth"),
        ("most_recent_mcas_math_performance", Kind.TEXT, "mcas_math_level"),
        ("most_recent_mcas_ela_performance", Kind.TEXT, "mcas_ela_level"),
        ("most_recent_mcas_math_scaled", Kind.COUNT, "mcas_math_score"),
        ("most_recent_mcas_ela_scaled", Kind.COUNT, "mcas_ela_score"),
        ("most_recent_star_reading_percentile", Kind.COUNT, "star_reading"),
        ("most_recent_star_math_percentile", Kind.COUNT, "star_math"),
        ("absences_count", Kind.COUNT, "absences"),
        ("tardies_count", Kind.COUNT, "tardies"),
        ("discipline_incidents_count", Kind.COUNT, "incidents"),
    )
)
"""What is counted or looked up, as rosters do."""

INCIDENTS = tuple(
    ExportColumn(name, kind, field)
    for name, kind, field in (
        ("id", Kind.COUNT, "pk"),
        ("incident_code", Kind.TEXT, "code"),
        ("incident_location", Kind.TEXT, "location"),
        ("incident_description", Kind.TEXT, "description"),
        ("occurred_at", Kind.INSTANT, "occurred_at"),
        ("has_exact_time", Kind.FLAG, "has_exact_time"),
    )
)


@dataclass(frozen=True, slots=True)
class Export:
    """``local_ids`` are those of all students whom it names, for the audit trail."""

    columns: tuple[Column, ...]
    rows: list[dict[str, Any]]
    local_ids: list[str]


def wide_students(students: StudentQuerySet, basis: Basis) -> Export:
    """One row a student, in the order of ``students``."""
    known = roster_columns(basis)
    counted = [
        *((one.column, known[one.field]) for one in READ),
        *((column.column, column) for column in (*_service_columns(basis), *_note_columns(basis))),
    ]
    found = facts_of(students, [column for _, column in counted], basis)
    stated = {
        row["pk"]: row for row in students.values("pk", *(one.field for one in FIELDS if one.field != "pk"))
    }
    rows = [
        {
            **{one.name: _stated(one, stated[pk]) for one in FIELDS},
            **{shown.name: column.value(facts) for shown, column in counted},
        }
        for pk, facts in found.items()
        if pk in stated
    ]
    columns = (*(one.column for one in FIELDS), *(shown for shown, _ in counted))
    return Export(columns, rows, [row["local_id"] for row in rows])


def discipline(students: StudentQuerySet, basis: Basis) -> Export:
    """One row an incident, the newest first, with all that is known of the student: ``student.grade``."""
    wide = wide_students(students, basis)
    by_id = {row["id"]: {f"student.{name}": value for name, value in row.items()} for row in wide.rows}
    found = Incident.objects.current().filter(student__in=students.order_by().values("pk"))
    incidents = found.order_by("-occurred_at", "-pk").values("student", *(one.field for one in INCIDENTS))
    rows = [
        {**{one.name: _stated(one, row) for one in INCIDENTS}, **by_id[row["student"]]}
        for row in incidents
        if row["student"] in by_id
    ]
    columns = (
        *(one.column for one in INCIDENTS),
        *(Column(f"student.{column.name}", f"student.{column.name}", column.kind) for column in wide.columns),
    )
    return Export(columns, rows, sorted({row["student.local_id"] for row in rows}))


def _service_columns(basis: Basis) -> Iterator[RosterColumn]:
    """For each kind of service when the latest one that goes on began."""
    for kind, title in services_settings(basis.instance).titles.items():
        name = f"{title} (active_service_date_started)"

        def value(facts: Facts, kind: str = kind) -> date | None:
            return next((begun for held, begun in facts.get(GOING_ON, ()) if held == kind), None)

        yield RosterColumn(Column(name, name, Kind.DAY), value, read=active_services)


def _note_columns(basis: Basis) -> Iterator[RosterColumn]:
    """For each kind of note when the last one that is not restricted was written."""
    for kind, title in basis.notes.titles.items():
        name = f"{title} (last_event_note_recorded_at)"

        def value(facts: Facts, kind: str = kind) -> Any:
            return facts.get(NOTES, {}).get(kind)

        yield RosterColumn(Column(name, name, Kind.INSTANT), value, read=last_notes)


def _stated(one: ExportColumn, row: Facts) -> Any:
    """A text that is not stated is nothing; of when somebody went missing, only whether is told."""
    value = row[one.field]
    if one.field == "missing_since":
        return value is not None
    return None if value == "" else value


Make = Callable[[StudentQuerySet, Basis], Export]
EXPORTS: Mapping[str, Make] = {"students": wide_students, "discipline": discipline}
"""By the name of their section."""
