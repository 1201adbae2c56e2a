"""A random sample of students, the same for the same seed: to look whether what is stored is true."""

from __future__ import annotations

import random

from staffroom.metrics.declaration import msg, plural
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.pages.area import Visit, enter
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.pages.roster import Roster, roster_section
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.words import say

SIZE, LARGEST = 40, 500
SEED = 42
USUAL = (
    "local_id",
    "grade",
    "school",
    "homeroom",
    "program",
    "sped_level",
    "plan_504",
    "language_status",
    "lunch",
    "absences",
    "tardies",
    "incidents",
)
NOBODY = msg("A project lead sees students by other grants only, such as districtwide.")


@for_project_leads
def sample(request: SignedInRequest) -> Page:
    """So many active students at random, of those whom the project lead may see."""
    visit = enter(request)
    size = _number(request, "n", default=SIZE, largest=LARGEST)
    seed = _number(request, "seed", default=SEED, largest=10**9)
    return lead_page(
        "sample",
        {"students": lambda: _section(visit, size, seed)},
        lead=say(
            msg("Compare some students with the system that they come from. The same seed draws the same.")
        ),
        template="students/sample.html",
        context={"size": size, "seed": seed, "largest": LARGEST},
    )


def drawn(students: StudentQuerySet, size: int, seed: int) -> list[int]:
    """The numbers of ``size`` of the students, or of all where they are fewer."""
    everybody = list(students.order_by("local_id").values_list("pk", flat=True))
    return random.Random(seed).sample(everybody, min(size, len(everybody)))  # noqa: S311 - no secret


def _section(visit: Visit, size: int, seed: int) -> Section:
    roster = Roster(
        what="students/sample",
        title=msg("Sample"),
        question=msg("Is what is stored of them true?"),
        answer=plural("{count} student was drawn.", "{count} students were drawn."),
        nobody=Empty(Cause.NO_PERMISSION, say(NOBODY)),
        usual=USUAL,
        size=LARGEST,
    )
    return roster_section(visit, roster, visit.students.filter(pk__in=drawn(visit.students, size, seed)))


def _number(request: SignedInRequest, name: str, *, default: int, largest: int) -> int:
    """The number that the address gives; nonsense is the usual one."""
    text = request.GET.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 11 else default
    return min(number, largest) or default
