"""One homeroom: its students side by side, and the way to the other homerooms of the school."""

from __future__ import annotations

from collections.abc import Sequence

from django.shortcuts import get_object_or_404
from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.homerooms import HomeroomLine, homeroom_lines
from staffroom.students.models import Homeroom
from staffroom.students.pages.area import Visit, area_page, for_educators, open_way
from staffroom.students.pages.roster import WHOLE_CLASS, Roster, roster_section
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

USUAL = (
    "program",
    "disability",
    "sped_level",
    "plan_504",
    "language_status",
    "home_language",
    "lunch",
    "absences",
    "tardies",
    "incidents",
    "star_reading",
    "star_math",
    "mcas_ela_score",
    "mcas_ela_level",
    "mcas_math_score",
    "mcas_math_level",
)
OTHERS = (
    Column("homeroom", msg("Homeroom"), Kind.TEXT),
    Column("teacher", msg("Teacher"), Kind.TEXT),
    Column("grades", msg("Grades"), Kind.TEXT),
    Column("students", msg("Students"), Kind.COUNT),
)
OTHERS_ANSWER = plural(
    "{count} more homeroom of {school} is open to you.", "{count} more homerooms of {school} are open to you."
)


@for_educators
def homeroom(visit: Visit, homeroom: int) -> Page:
    """The students of one homeroom, all of whom the educator may see."""
    rooms = access.homerooms_for(visit.viewer, rules=visit.rules)
    shown = get_object_or_404(rooms.select_related("school", "educator"), pk=homeroom)
    is_own = visit.own_homeroom == shown.pk
    name = say(msg("Homeroom {name}"), name=shown.name)
    teacher = shown.educator.full_name if shown.educator else ""
    others = homeroom_lines(rooms.filter(school=shown.school).exclude(pk=shown.pk))
    return area_page(
        visit,
        "homeroom" if is_own else open_way(visit, "school"),
        {
            "students": lambda: _students(visit, shown),
            **({"homerooms": lambda: _others(shown, others)} if others else {}),
        },
        title="" if is_own else name,
        lead=" · ".join(filter(None, (shown.name if is_own else "", shown.school.name, teacher))),
    )


def _students(visit: Visit, shown: Homeroom) -> Section:
    roster = Roster(
        what=f"students/homerooms/{shown.pk}",
        title=msg("Students"),
        question=msg("How are the students of this homeroom?"),
        answer=plural("{count} student is in this homeroom.", "{count} students are in this homeroom."),
        nobody=Empty(Cause.NOTHING_KEPT),
        usual=USUAL,
        with_notes=True,
        size=WHOLE_CLASS,
    )
    return roster_section(visit, roster, visit.students.filter(homeroom=shown))


def _others(shown: Homeroom, lines: Sequence[HomeroomLine]) -> Section:
    """The navigator: every other homeroom of the school that is open, by grade."""
    return Section(
        slug="homerooms",
        title=msg("Other homerooms"),
        question=msg("Which other homerooms of the school may I open?"),
        answer=say_count(OTHERS_ANSWER, len(lines), school=shown.school.name),
        table=Table(
            columns=OTHERS,
            rows=[
                {
                    "id": line.id,
                    "homeroom": line.name,
                    "teacher": line.teacher or None,
                    "grades": ", ".join(line.grades),
                    "students": line.students,
                }
                for line in lines
            ],
            links={"homeroom": lambda row: reverse("students:homeroom", args=[row["id"]])},
        ),
    )
