"""Students whom somebody should see to: many absences, low grades, and no open note about it lately."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from staffroom.students.access_rules import sight_of, taught_sections
from staffroom.students.attendance import absences_by_student
from staffroom.students.days import Days
from staffroom.students.models import AttendsSection, School, Section, Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.names import folded_all
from staffroom.students.narrowing import Reader, narrowed
from staffroom.students.notes import commented_since


def teaches_high_school(reader: Reader) -> bool:
    """Whether low grades are told to this reader: a high school's educator with sections that are open."""
    school = reader.educator.school
    if school is None or school.kind != School.Kind.HIGH:
        return False
    return _sections(reader).exists()


def low_grades(students: StudentQuerySet, reader: Reader, *, since: datetime) -> list[AttendsSection]:
    """Low grades of students in the reader's own sections about whom no open note was written since."""
    found = AttendsSection.objects.current().filter(
        section__in=_sections(reader).values("pk"),
        student__in=_uncommented(students, since).values("pk"),
        grade_numeric__lt=reader.settings.low_grade_below,
    )
    return list(
        found.select_related("student", "section__course").order_by(
            "student__last_name", "student__first_name", "student", "grade_numeric", "pk"
        )
    )


def often_absent(
    students: StudentQuerySet, reader: Reader, days: Days, *, since: datetime
) -> list[tuple[int, int]]:
    """Students by number with their many days absent since then, about whom no open note was written since.

    Those with the most come first, then by name. ``since`` is the first instant of the window.
    """
    settings = reader.settings
    chosen = narrowed(students, reader).exclude(grade__in=settings.grades_left_out)
    counted = absences_by_student(
        _uncommented(chosen, since),
        since=since.date(),
        until=days.today,
        unexcused=not settings.counts_excused,
    )
    many = {student: count for student, count in counted.items() if count >= settings.high_absences}
    return sorted(_by_name(many), key=lambda one: -one[1])


def _by_name(many: dict[int, int]) -> list[tuple[int, int]]:
    found = Student.objects.filter(pk__in=many).order_by().values_list("pk", "last_name", "first_name")
    rows = sorted(found)
    names = folded_all([f"{last}, {first}" for _, last, first in rows])
    return [(row[0], many[row[0]]) for _, row in sorted(zip(names, rows, strict=True))]


def _sections(reader: Reader) -> QuerySet[Section]:
    sections = Section.objects.filter(taught_sections(sight_of(reader.educator), reader.rules))
    return sections.filter(course__school=reader.educator.school_id)


def _uncommented(students: StudentQuerySet, since: datetime) -> StudentQuerySet:
    return students.exclude(pk__in=commented_since(students, since).values("student"))
