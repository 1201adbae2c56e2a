"""Every column that a list of students can have: its name, its title, where its value is from.

Most stand in the student's own row. What is counted or looked up elsewhere names the read that finds it,
which is asked once for all students of a list, and only where a column needs it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from staffroom.config import Instance
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.students.attendance import attendance_by_student
from staffroom.students.behavior import incidents_by_student
from staffroom.students.days import Days, days_now, midnight
from staffroom.students.grades import grade_order
from staffroom.students.models import Plan504
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.newest import ByStudent, mcas_results, star_percentiles
from staffroom.students.notes import latest_by_kind
from staffroom.students.notes_settings import NotesSettings, notes_settings
from staffroom.students.services import active, services_of
from staffroom.students.settings import StudentsSettings, students_settings

LAST_NOTE = "last_note_"
"""How the names of columns begin that hold the day of the last note of a kind."""

Facts = Mapping[str, Any]
"""What was read of one student: fields of their row, and what the reads found."""


@dataclass(frozen=True)
class Basis:
    """The instance on one day: whose words, whose school year."""

    instance: Instance
    days: Days

    @classmethod
    def now(cls, instance: Instance) -> Basis:
        return cls(instance, days_now(instance))

    @cached_property
    def settings(self) -> StudentsSettings:
        return students_settings(self.instance)

    @cached_property
    def notes(self) -> NotesSettings:
        return notes_settings(self.instance)

    def day_of(self, moment: datetime) -> date:
        """The institution's day at that instant."""
        return moment.astimezone(self.instance.institution.zone).date()


Read = Callable[[StudentQuerySet, Basis], ByStudent]


@dataclass(frozen=True, slots=True)
class RosterColumn:
    """``fields`` are those of ``Student`` that ``value`` needs, and ``read`` what it needs besides.

    Rows are sorted by what ``order`` makes of a value; without one, texts by their folded form.
    """

    column: Column
    value: Callable[[Facts], Any]
    fields: tuple[str, ...] = ()
    read: Read | None = None
    order: Callable[[Any], Any] | None = None

    @property
    def name(self) -> str:
        return self.column.name


def roster_columns(basis: Basis) -> dict[str, RosterColumn]:
    """All columns by name, in the order in which lists show them."""
    settings = basis.settings
    level_order = {level: place for place, level in enumerate(settings.sped_levels)}
    columns = (
        NAME,
        *(_last_note(kind, basis) for kind in basis.notes.roster_kinds),
        _stated("local_id", msg("Id"), help=msg("The number by which the school knows the student.")),
        _stated("grade", msg("Grade"), order=grade_order),
        _stated("school", msg("School"), "school__name"),
        _stated("homeroom", msg("Homeroom"), "homeroom__name"),
        _stated(
            "teacher",
            msg("Teacher"),
            "homeroom__educator__full_name",
            help=msg("The educator of the homeroom."),
        ),
        _stated("house", msg("House")),
        _stated("counselor", msg("Counselor")),
        _stated("program", msg("Program"), help=msg("The programme that the student is assigned to.")),
        _stated("disability", msg("Disability")),
        _stated(
            "sped_level",
            msg("Level of need"),
            help=msg("How much special education the student needs."),
            order=lambda level: (level_order.get(level, len(level_order)), level),
        ),
        PLAN_BY_PLANS if settings.plans_decide_504 else _stated("plan_504", PLAN_TITLE),
        _stated("language_status", msg("English"), help=msg("Whether the student is learning English.")),
        _stated("home_language", msg("Home language")),
        _stated("lunch", msg("Lunch"), help=msg("Whether it is free or reduced.")),
        *COUNTED,
        *TESTS,
        SERVICES,
    )
    return {one.name: one for one in columns}


def _stated(
    name: str, title: str, path: str = "", *, help: str = "", order: Callable[[Any], Any] | None = None
) -> RosterColumn:
    """A text of the student's row; what is not stated is not known."""
    path = path or name
    column = Column(name, title, Kind.TEXT, help)
    return RosterColumn(column, lambda facts: facts[path] or None, (path,), order=order)


def _last_note(kind: str, basis: Basis) -> RosterColumn:
    """The day of the last note of a kind that is not restricted."""
    title = basis.notes.titles.get(kind, kind)
    column = Column(f"{LAST_NOTE}{kind}", title, Kind.DAY, msg("The last note of this kind."))

    def value(facts: Facts) -> date | None:
        recorded_at = facts.get(NOTES, {}).get(kind)
        return recorded_at and basis.day_of(recorded_at)

    return RosterColumn(column, value, read=last_notes)


def _counted(name: str, title: str, read: Read, help: str) -> RosterColumn:
    """A number of things; who is not counted has none."""
    return RosterColumn(Column(name, title, Kind.COUNT, help), lambda facts: facts.get(name, 0), read=read)


def _measured(name: str, title: str, read: Read, help: str = "", kind: Kind = Kind.COUNT) -> RosterColumn:
    """A result; who has none lacks it."""
    return RosterColumn(Column(name, title, kind, help), lambda facts: facts.get(name), read=read)


def _attendance(students: StudentQuerySet, basis: Basis) -> ByStudent:
    counted = attendance_by_student(students, since=basis.days.school_year, until=basis.days.today)
    return {student: {"absences": absent, "tardies": tardy} for student, (absent, tardy) in counted.items()}


def _incidents(students: StudentQuerySet, basis: Basis) -> ByStudent:
    since = midnight(basis.days.school_year, basis.instance)
    before = midnight(basis.days.today + timedelta(days=1), basis.instance)
    counted = incidents_by_student(students, since=since, before=before)
    return {student: {"incidents": count} for student, count in counted.items()}


def _star(students: StudentQuerySet, basis: Basis) -> ByStudent:  # noqa: ARG001 - as every read is called
    return star_percentiles(students)


def _mcas(students: StudentQuerySet, basis: Basis) -> ByStudent:  # noqa: ARG001 - as every read is called
    return mcas_results(students)


def active_services(students: StudentQuerySet, basis: Basis) -> ByStudent:
    """Under ``GOING_ON`` the services that go on as kind and first day, the latest begun first."""
    found: dict[int, dict[str, tuple[tuple[str, date], ...]]] = {}
    going_on = active(services_of(students), basis.days.today)
    for student, kind, starts_on in going_on.values_list("student", "kind", "starts_on"):
        held = found.setdefault(student, {GOING_ON: ()})
        held[GOING_ON] += ((kind, starts_on),)
    return found


def last_notes(students: StudentQuerySet, basis: Basis) -> ByStudent:
    """Under ``NOTES`` when the last note of each kind was written; restricted ones tell nothing here."""
    found: dict[int, dict[str, dict[str, datetime]]] = {}
    for (student, kind), at in latest_by_kind(students, basis.notes.titles, restricted=False).items():
        found.setdefault(student, {NOTES: {}})[NOTES][kind] = at
    return found


def _plans(students: StudentQuerySet, basis: Basis) -> ByStudent:  # noqa: ARG001 - as every read is called
    active = Plan504.objects.current().filter(status=Plan504.ACTIVE, student__in=students.values("pk"))
    return {student: {"plan_504": "504"} for student in active.values_list("student", flat=True)}


NAME = RosterColumn(
    Column("name", msg("Name"), Kind.TEXT),
    lambda facts: ", ".join(filter(None, (facts["last_name"], facts["first_name"]))) or facts["local_id"],
    ("last_name", "first_name", "local_id"),
)
PLAN_TITLE = msg("504 plan")
PLAN_BY_PLANS = _measured(
    "plan_504", PLAN_TITLE, _plans, msg("Whether a plan is active now."), kind=Kind.TEXT
)
NOTES, GOING_ON = "last_notes", "services_going_on"
"""What reads call what is no column by itself."""
SERVICES = RosterColumn(
    Column("active_services", msg("Services"), Kind.COUNT, msg("Those that go on.")),
    lambda facts: len(facts.get(GOING_ON, ())),
    read=active_services,
)
COUNTED = (
    _counted("absences", msg("Absences"), _attendance, msg("Days absent in this school year.")),
    _counted("tardies", msg("Tardies"), _attendance, msg("Days tardy in this school year.")),
    _counted("incidents", msg("Incidents"), _incidents, msg("Incidents of behavior in this school year.")),
)
TESTS = (
    _measured("star_reading", msg("STAR reading"), _star, msg("Percentile of the newest STAR test.")),
    _measured("star_math", msg("STAR math"), _star),
    _measured("mcas_ela_score", msg("MCAS ELA"), _mcas, msg("Score of the newest MCAS test.")),
    _measured("mcas_ela_level", msg("MCAS ELA level"), _mcas, kind=Kind.TEXT),
    _measured("mcas_ela_growth", msg("MCAS ELA growth"), _mcas, msg("Student growth percentile.")),
    _measured("mcas_math_score", msg("MCAS math"), _mcas),
    _measured("mcas_math_level", msg("MCAS math level"), _mcas, kind=Kind.TEXT),
    _measured("mcas_math_growth", msg("MCAS math growth"), _mcas),
)
