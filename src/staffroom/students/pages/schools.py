"""The schools whose pages are open to an educator."""

from __future__ import annotations

from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.pages.area import Visit, area_page, for_educators, open_way
from staffroom.students.schools import school_lines
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("school", msg("School"), Kind.TEXT),
    Column("kind", msg("Kind"), Kind.TEXT),
    Column("students", msg("Students"), Kind.COUNT, msg("Active ones whom you may see.")),
    Column("homerooms", msg("Homerooms"), Kind.COUNT, msg("Those with active students.")),
    Column("educators", msg("Educators"), Kind.COUNT, msg("Those whom the last import named.")),
)
ANSWER = plural("{count} school is open to you.", "{count} schools are open to you.")
NOBODY = msg("A project lead can open a school, or grades of it.")


@for_educators
def schools(visit: Visit) -> Page:
    """The schools whose overview is open, with how many belong to them."""
    return area_page(
        visit,
        open_way(visit, "school"),
        {"schools": lambda: schools_section(visit)},
        title=say(msg("Schools")),
    )


def schools_section(visit: Visit) -> Section:
    lines = school_lines(access.schools_for(visit.viewer, rules=visit.rules), visit.students)
    for_people = visit.face == "html"
    return Section(
        slug="schools",
        title=msg("Schools"),
        question=msg("Which schools are open to me, and how large are they?"),
        answer=say_count(ANSWER, len(lines)),
        table=Table(
            columns=COLUMNS,
            rows=[
                {
                    "slug": line.school.slug,
                    "school": line.school.name,
                    "kind": say(str(line.school.get_kind_display())) if for_people else line.school.kind,
                    "students": line.total,
                    "homerooms": line.homerooms,
                    "educators": line.educators,
                }
                for line in lines
            ],
            links={"school": lambda row: reverse("students:school", args=[row["slug"]])},
            bars=frozenset({"students"}),
        ),
        empty=Empty(Cause.NO_PERMISSION, say(NOBODY)),
    )
