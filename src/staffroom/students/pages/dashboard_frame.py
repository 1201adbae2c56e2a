"""What the dashboards of a school share: the door, the filters in the address, and the frame of the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.shortcuts import get_object_or_404

from staffroom.metrics.declaration import msg
from staffroom.students import access
from staffroom.students.dashboards import Pupil, pupils_of
from staffroom.students.grades import grade_order
from staffroom.students.home_settings import home_settings
from staffroom.students.models import School
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.narrowing import Reader, narrowed, narrowed_to
from staffroom.students.pages.area import Visit, area_page, open_way
from staffroom.students.panels import coded
from staffroom.students.settings import students_settings
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.words import say

WINDOWS = {"45": msg("Last 45 days"), "90": msg("Last 90 days"), "year": msg("School year")}
SCHOOL_PAGES = {
    "school": msg("Overview"),
    "absences": msg("Absences"),
    "tardies": msg("Tardies"),
    "discipline": msg("Discipline"),
}
"""The pages of a school, by the name of their route."""
NARROWED = msg("Counted are the students {whom}: a label narrows these pages.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter of students: its parameter, its title (a msgid), the value of each, and what that is called.

    People and homerooms stand in addresses by a number, never by a name.
    """

    name: str
    title: str
    value: Callable[[Pupil], str]
    said: Callable[[Pupil], str]


CHOICES = (
    Choice("grade", msg("Grade"), lambda pupil: pupil.grade, lambda pupil: pupil.grade),
    Choice(
        "homeroom",
        msg("Homeroom"),
        lambda pupil: str(pupil.homeroom or ""),
        lambda pupil: " · ".join(filter(None, (pupil.room, pupil.teacher))),
    ),
    Choice("house", msg("House"), lambda pupil: pupil.house, lambda pupil: pupil.house),
    Choice(
        "counselor", msg("Counselor"), lambda pupil: coded(pupil.counselor), lambda pupil: pupil.counselor
    ),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice as the form shows it: values with what they are called, and the one that is chosen."""

    name: str
    title: str
    options: list[tuple[str, str]]
    chosen: str


@dataclass(frozen=True)
class Dashboard:
    """One request for a dashboard of a school that its viewer may open."""

    visit: Visit
    school: School

    @property
    def asked(self) -> Mapping[str, str]:
        return self.visit.request.GET

    @property
    def window(self) -> str:
        asked = self.asked.get("window", "45")
        return asked if asked in WINDOWS else "45"

    @property
    def until(self) -> date:
        return self.visit.days.today

    @property
    def since(self) -> date:
        days = self.visit.days
        if self.window == "year":
            return days.school_year
        return max(days.school_year, days.today - timedelta(days=int(self.window)))

    @property
    def counts_excused(self) -> bool:
        return self.asked.get("excused") == "1"

    @property
    def of_school(self) -> StudentQuerySet:
        """All students of the school whom the viewer may see."""
        return self.visit.students.filter(school=self.school)

    @cached_property
    def reader(self) -> Reader:
        visit, instance = self.visit, self.visit.request.instance
        return Reader(
            visit.viewer,
            visit.educator,
            visit.rules,
            home_settings(instance),
            students_settings(instance),
            visit.days.today,
        )

    @cached_property
    def students(self) -> StudentQuerySet:
        """Those whom labels keep."""
        return narrowed(self.of_school, self.reader)

    @cached_property
    def everybody(self) -> dict[int, Pupil]:
        return pupils_of(self.students)

    @cached_property
    def selected(self) -> dict[int, Pupil]:
        """Those whom the filters keep too. A filter without a value keeps all."""
        asked = [(choice, value) for choice in CHOICES if (value := self.asked.get(choice.name, ""))]
        return {
            number: pupil
            for number, pupil in self.everybody.items()
            if all(choice.value(pupil) == value for choice, value in asked)
        }

    @property
    def filters(self) -> list[Filter]:
        """Those that divide somebody."""
        made = (self._filter(choice) for choice in CHOICES)
        return [one for one in made if len(one.options) > 1 or one.chosen]

    def filter_by(self, name: str, title: str, values: Iterable[str]) -> Filter:
        """A filter of something else, whose values say themselves."""
        return Filter(name, title, [(value, value) for value in sorted(values)], self.asked.get(name, ""))

    def _filter(self, choice: Choice) -> Filter:
        said = {choice.value(pupil): choice.said(pupil) for pupil in self.everybody.values()}
        options = [(value, said[value]) for value in said if value]
        options.sort(key=lambda one: grade_order(one[0]) if choice.name == "grade" else (0, one[1]))
        return Filter(choice.name, choice.title, options, self.asked.get(choice.name, ""))


def open_dashboard(visit: Visit, slug: str) -> Dashboard:
    """The door: 404 for a school that is not there or not open."""
    schools = access.schools_for(visit.viewer, rules=visit.rules)
    return Dashboard(visit, get_object_or_404(schools, slug=slug))


def dashboard_page(
    opened: Dashboard,
    name: str,
    sections: Mapping[str, Callable[[], Section]],
    *,
    excused: bool = False,
    more: Callable[[], list[Filter]] = list,
) -> Page:
    """The page ``name`` of SCHOOL_PAGES.

    ``excused`` offers to count excused ones too, ``more`` gives filters of the page's own.
    """
    visit = opened.visit
    is_page = visit.face == "html"
    return area_page(
        visit,
        open_way(visit, "school"),
        sections,
        title=f"{opened.school.name}: {say(SCHOOL_PAGES[name])}",
        notices=tuple(say(NARROWED, whom=say(whom)) for whom in narrowed_to(opened.reader)),
        template="students/dashboard.html",
        context={
            "dashboard": opened,
            "filters": [*opened.filters, *more()] if is_page else [],
            "windows": WINDOWS,
            "school_pages": SCHOOL_PAGES,
            "school_page": name,
            "offers_excused": excused,
        },
    )


def nothing() -> Empty:
    return Empty(Cause.FILTER_TOO_NARROW, say(msg("Nothing is recorded of the students that are selected.")))
