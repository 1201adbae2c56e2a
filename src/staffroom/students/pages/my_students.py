"""My students: everybody whom an educator may see, in one list that can be searched and sorted."""

from __future__ import annotations

from staffroom.metrics.declaration import msg, plural
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.pages.roster import Roster, roster_section
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.words import say

USUAL = ("grade", "school", "homeroom", "teacher", "program", "absences", "tardies", "incidents")
NOBODY = msg("The students of your homeroom and sections appear here; a project lead can open more.")


@for_educators
def my_students(visit: Visit) -> Page:
    """Every student whom the educator may see, with school, grade and homeroom."""
    return area_page(visit, "mine", {"students": lambda: _section(visit)})


def _section(visit: Visit) -> Section:
    roster = Roster(
        what="students/mine",
        title=msg("My students"),
        question=msg("Whom am I responsible for?"),
        answer=plural("{count} student is open to you.", "{count} students are open to you."),
        nobody=Empty(Cause.NO_PERMISSION, say(NOBODY)),
        usual=USUAL,
    )
    return roster_section(visit, roster, visit.students)
