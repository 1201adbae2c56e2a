"""Sections with course, teachers and how many attend. Callers pass what ``access`` has let through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from staffroom.students.models import AttendsSection, Section, TeachesSection
from staffroom.students.models.people import StudentQuerySet


@dataclass(frozen=True, slots=True)
class SectionLine:
    """``students`` counts those whom the viewer may see."""

    id: int
    course: str
    course_number: str
    number: str
    year: int
    term: str
    schedule: str
    room: str
    school: str
    teachers: tuple[str, ...]
    students: int


def section_lines(sections: QuerySet[Section], students: StudentQuerySet) -> list[SectionLine]:
    """The sections, newest year first, then by term, course and number; ``students`` are those to count."""
    attending = AttendsSection.objects.current().filter(
        section__in=sections.values("pk"), student__in=students.values("pk")
    )
    counts = dict(attending.order_by().values_list("section").annotate(Count("pk")))
    teachers = _teachers(sections)
    rows = sections.select_related("course__school").order_by(
        "-year", "term", "course__title", "course__number", "number"
    )
    return [
        SectionLine(
            id=section.pk,
            course=section.course.title or section.course.number,
            course_number=section.course.number,
            number=section.number,
            year=section.year,
            term=section.term,
            schedule=section.schedule,
            room=section.room,
            school=section.course.school.name,
            teachers=tuple(teachers.get(section.pk, ())),
            students=counts.get(section.pk, 0),
        )
        for section in rows
    ]


def by_term(lines: Iterable[SectionLine]) -> dict[str, list[SectionLine]]:
    """Sections under the names of their terms."""
    found: dict[str, list[SectionLine]] = {}
    for line in lines:
        found.setdefault(line.term, []).append(line)
    return found


def _teachers(sections: QuerySet[Section]) -> dict[int, list[str]]:
    taught = TeachesSection.objects.current().filter(section__in=sections.values("pk"))
    found: dict[int, list[str]] = {}
    for section, name in taught.order_by("educator__full_name").values_list("section", "educator__full_name"):
        found.setdefault(section, []).append(name)
    return found
