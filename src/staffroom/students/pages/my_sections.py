"""My sections: what an educator teaches, and for those who see a whole school, what is taught there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.sections import SectionLine, section_lines
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Link, Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("term", msg("Term"), Kind.TEXT),
    Column("course", msg("Course"), Kind.TEXT),
    Column("section", msg("Section"), Kind.TEXT),
    Column("schedule", msg("Schedule"), Kind.TEXT),
    Column("room", msg("Room"), Kind.TEXT),
    Column("teachers", msg("Teachers"), Kind.TEXT),
    Column("students", msg("Students"), Kind.COUNT, msg("Those whom you may see.")),
)
ANSWER = plural("{count} section of yours is open.", "{count} sections of yours are open.")
NOBODY = msg("Sections that you teach stand here from shortly before their term until shortly after it.")


@for_educators
def my_sections(visit: Visit) -> Page:
    """The sections that the educator is assigned to, as long as they are open."""
    return area_page(visit, "sections", {"sections": lambda: _section(visit)})


def _section(visit: Visit) -> Section:
    taught = access.sections_taught(visit.viewer, visit.educator, rules=visit.rules)
    lines = section_lines(taught, visit.students)
    return Section(
        slug="sections",
        title=msg("My sections"),
        question=msg("What do I teach, and to how many?"),
        answer=say_count(ANSWER, len(lines)),
        table=section_table(lines),
        empty=Empty(Cause.NO_PERMISSION, say(NOBODY)),
    )


def section_table(lines: Sequence[SectionLine]) -> Table:
    """Sections as a table; a course leads to its section."""
    links: dict[str, Link] = {"course": lambda row: reverse("students:section", args=[row["id"]])}
    return Table(columns=COLUMNS, rows=[_row(line) for line in lines], links=links, groups=("term",))


def _row(line: SectionLine) -> dict[str, Any]:
    return {
        "id": line.id,
        "term": line.term,
        "course": line.course,
        "section": line.number,
        "schedule": line.schedule or None,
        "room": line.room or None,
        "teachers": "; ".join(line.teachers) or None,
        "students": line.students,
    }
