"""The overview of a school: its students in panels that narrow each other, and the list of those selected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from django.shortcuts import get_object_or_404

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.models import School
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.pages.area import Visit, area_page, for_educators, open_way
from staffroom.students.pages.dashboard_frame import SCHOOL_PAGES
from staffroom.students.pages.roster import Roster, basis_of, needed_columns, roster_section
from staffroom.students.pages.school_panels import ShownPanel, Toggle, without_pages
from staffroom.students.panels import panels
from staffroom.students.rosters import FactsById, facts_of
from staffroom.students.slicing import Chosen, Panel, Sliced, chosen_in, sliced
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

USUAL = (
    "grade",
    "homeroom",
    "program",
    "sped_level",
    "plan_504",
    "language_status",
    "absences",
    "tardies",
    "incidents",
    "star_reading",
    "star_math",
)
SLICES = (
    Column("panel", msg("Panel"), Kind.TEXT),
    Column("value", msg("Value"), Kind.TEXT),
    Column("students", msg("Students"), Kind.COUNT, msg("Of those whom the other panels select.")),
    Column("share", msg("Share"), Kind.SHARE),
    Column("chosen", msg("Chosen"), Kind.FLAG),
)
EVERYBODY = plural("{count} student is here.", "{count} students are here.")
SELECTED = plural("{count} of {all} students is selected.", "{count} of {all} students are selected.")
NOBODY = msg("There is no active student of this school whom you may see.")
NOBODY_SELECTED = msg("Nobody is all of this. Take back one of the choices.")


@dataclass(frozen=True)
class Overview:
    """What one request sees of a school; everything is read once, when it is first asked for."""

    visit: Visit
    school: School

    @cached_property
    def students(self) -> StudentQuerySet:
        return self.visit.students.filter(school=self.school)

    @cached_property
    def chosen(self) -> Chosen:
        return chosen_in(self.visit.request.GET, self._panels)

    @cached_property
    def roster(self) -> Roster:
        return Roster(
            what=f"students/schools/{self.school.slug}",
            title=msg("Students"),
            question=msg("Who are they?"),
            answer=plural("{count} student is listed.", "{count} students are listed."),
            nobody=Empty(Cause.NO_PERMISSION, say(NOBODY)),
            usual=USUAL,
        )

    @cached_property
    def everybody(self) -> FactsById:
        """All that the panels and the list need, so that neither asks again."""
        divided = [column for panel in self._panels for column in panel.needs]
        needed = dict.fromkeys([*divided, *needed_columns(self.visit, self.roster)])
        return facts_of(self.students, needed, basis_of(self.visit))

    @cached_property
    def sliced(self) -> Sliced:
        return sliced(self.everybody, self._panels, self.chosen)

    @cached_property
    def panels(self) -> list[ShownPanel]:
        return [ShownPanel(slice_, self.visit.request.GET) for slice_ in self.sliced.slices]

    @property
    def selection(self) -> Iterator[tuple[str, Toggle]]:
        """What is chosen, by the panel's title."""
        for panel in self.panels:
            for toggle in panel.toggles:
                if toggle.value.chosen:
                    yield panel.title, toggle

    @property
    def reset(self) -> str:
        """The address without any choice; columns and order stay."""
        asked = without_pages(self.visit.request.GET)
        for name in self.chosen:
            del asked[name]
        return f"?{asked.urlencode()}"

    @cached_property
    def _panels(self) -> tuple[Panel, ...]:
        return panels(basis_of(self.visit))


@for_educators
def school(visit: Visit, slug: str) -> Page:
    """The students of one school whom the educator may see: sliced by panels, and listed."""
    shown = get_object_or_404(access.schools_for(visit.viewer, rules=visit.rules), slug=slug)
    overview = Overview(visit, shown)
    is_own = visit.own_school == shown.slug
    return area_page(
        visit,
        open_way(visit, "school"),
        {"slices": lambda: _slices(overview), "students": lambda: _students(overview)},
        title="" if is_own and not visit.sees_district else shown.name,
        lead=shown.name if is_own and not visit.sees_district else "",
        template="students/school.html",
        context={"overview": overview, "school_pages": SCHOOL_PAGES, "school_page": "school"},
    )


def _slices(overview: Overview) -> Section:
    count, everybody = len(overview.sliced.found), len(overview.everybody)
    answer = (
        say_count(SELECTED, count, all=formats.count(everybody))
        if overview.chosen
        else say_count(EVERYBODY, count)
    )
    return Section(
        slug="slices",
        title=msg("Who is here"),
        question=msg("Whom does the school have, and whom do I want to see?"),
        answer=answer,
        table=Table(
            columns=SLICES,
            rows=[
                {
                    "panel": one.panel.name,
                    "value": one.panel.raw(value),
                    "students": value.students,
                    "share": value.share,
                    "chosen": value.chosen,
                }
                for one in overview.sliced.slices
                for value in one.values
            ],
        ),
        empty=Empty(Cause.NO_PERMISSION, say(NOBODY)),
    )


def _students(overview: Overview) -> Section:
    narrowed = Empty(Cause.FILTER_TOO_NARROW, say(NOBODY_SELECTED))
    roster = replace(overview.roster, nobody=narrowed) if overview.everybody else overview.roster
    return roster_section(overview.visit, roster, overview.students, overview.sliced.found)
