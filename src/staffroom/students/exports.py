"""Whole tables of a district for spreadsheets: every student with all that is known, every incident.

Columns are named as in the exports that districts have had so far, so that what reads those reads these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
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
    """``field`` is that of the model, or, where it is ``counted``, the column of rosters with the value."""

    name: str
    kind: Kind
    field: str
    counted: bool = False

    @property
    def column(self) -> Column:
        return Column(self.name, self.name, self.kind)


STUDENTS = (
    ExportColumn("id", Kind.COUNT, "pk"),
    ExportColumn("grade", Kind.TEXT, "grade"),
    ExportColumn("free_reduced_lunch", Kind.TEXT, "lunch"),
    ExportColumn("homeroom_id", Kind.COUNT, "homeroom"),
    ExportColumn("first_name", Kind.TEXT, "first_name"),
    ExportColumn("last_name", Kind.TEXT, "last_name"),
    ExportColumn("state_id", Kind.TEXT, "state_id"),
    ExportColumn("home_language", Kind.TEXT, "home_language"),
    ExportColumn("school_id", Kind.COUNT, "school"),
    ExportColumn("registration_date", Kind.DAY, "registered_on"),
    ExportColumn("local_id", Kind.TEXT, "local_id"),
    ExportColumn("counselor", Kind.TEXT, "counselor"),
    ExportColumn("hispanic_latino", Kind.FLAG, "is_hispanic"),
    ExportColumn("house", Kind.TEXT, "house"),
    ExportColumn("race", Kind.TEXT, "race"),
    ExportColumn("sped_liaison", Kind.TEXT, "sped_liaison"),
    ExportColumn("student_address", Kind.TEXT, "address"),
    ExportColumn("program_assigned", Kind.TEXT, "program"),
    ExportColumn("sped_placement", Kind.TEXT, "sped_placement"),
    ExportColumn("disability", Kind.TEXT, "disability"),
    ExportColumn("sped_level_of_need", Kind.TEXT, "sped_level"),
    ExportColumn("plan_504", Kind.TEXT, "plan_504", counted=True),
    ExportColumn("limited_english_proficiency", Kind.TEXT, "language_status"),
    ExportColumn("ell_entry_date", Kind.DAY, "ell_entry_on"),
    ExportColumn("ell_transition_date", Kind.DAY, "ell_transition_on"),
    ExportColumn("most_recent_mcas_math_growth", Kind.COUNT, "mcas_math_growth", counted=True),
    ExportColumn("most_recent_mcas_ela_growth", Kind.COUNT, "mcas_ela_growth", counted=True),
    ExportColumn("most_recent_mcas_math_performance", Kind.TEXT, "mcas_math_level", counted=True),
    ExportColumn("most_recent_mcas_ela_performance", Kind.TEXT, "mcas_ela_level", counted=True),
    ExportColumn("most_recent_mcas_math_scaled", Kind.COUNT, "mcas_math_score", counted=True),
    ExportColumn("most_recent_mcas_ela_scaled", Kind.COUNT, "mcas_ela_score", counted=True),
    ExportColumn("most_recent_star_reading_percentile", Kind.COUNT, "star_reading", counted=True),
    ExportColumn("most_recent_star_math_percentile", Kind.COUNT, "star_math", counted=True),
    ExportColumn("enrollment_status", Kind.TEXT, "enrollment_status"),
    ExportColumn("missing_from_last_export", Kind.FLAG, "missing_since"),
    ExportColumn("date_of_birth", Kind.DAY, "born_on"),
    ExportColumn("gender", Kind.TEXT, "gender"),
    ExportColumn("primary_email", Kind.TEXT, "email"),
    ExportColumn("primary_phone", Kind.TEXT, "phone"),
    ExportColumn("homeroom_name", Kind.TEXT, "homeroom__name"),
    ExportColumn("absences_count", Kind.COUNT, "absences", counted=True),
    ExportColumn("tardies_count", Kind.COUNT, "tardies", counted=True),
    ExportColumn("discipline_incidents_count", Kind.COUNT, "incidents", counted=True),
)
INCIDENTS = (
    ExportColumn("id", Kind.COUNT, "pk"),
    ExportColumn("incident_code", Kind.TEXT, "code"),
    ExportColumn("incident_location", Kind.TEXT, "location"),
    ExportColumn("incident_description", Kind.TEXT, "description"),
    ExportColumn("occurred_at", Kind.INSTANT, "occurred_at"),
    ExportColumn("has_exact_time", Kind.FLAG, "has_exact_time"),
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
    columns = [
        *(
            replace(known[one.field], column=one.column) if one.counted else _stated_column(one)
            for one in STUDENTS
        ),
        *_service_columns(basis),
        *_note_columns(basis),
    ]
    found = facts_of(students, columns, basis)
    rows = [{column.name: column.value(facts) for column in columns} for facts in found.values()]
    return Export(tuple(column.column for column in columns), rows, [row["local_id"] for row in rows])


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


def _stated_column(one: ExportColumn) -> RosterColumn:
    return RosterColumn(one.column, lambda facts: _stated(one, facts), (one.field,))


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
