"""Getting from unit to unit: classic courseware pages, the learning app, or the app on a phone."""

from __future__ import annotations

import random
from typing import Protocol

from staffroom.demo.courses import Place
from staffroom.demo.pen import APP, LMS, Pen
from staffroom.demo.visits import CLASSIC, LEARNING


class Door(Protocol):
    """One way into a course. ``page`` is the URL at which a unit's own events are recorded."""

    def come_in(self) -> None: ...

    def open(self, place: Place) -> None: ...

    def move(self, here: Place, there: Place) -> None: ...

    def page(self, place: Place) -> str: ...


def door_of(kind: str, pen: Pen, chance: random.Random) -> Door:
    if kind == CLASSIC:
        return ClassicPages(pen, chance)
    return LearningApp(pen, chance) if kind == LEARNING else PhoneApp(pen, chance)


def follows(here: Place, there: Place) -> bool:
    return here.subsection is there.subsection and there.position == here.position + 1


class ClassicPages:
    """A page a subsection; its script moves between units without asking the server for a page."""

    def __init__(self, pen: Pen, chance: random.Random) -> None:
        self.pen, self.chance, self.course = pen, chance, pen.course

    def come_in(self) -> None:
        self.pen.page_view("/dashboard", f"{LMS}/login", in_course=False)
        self.pen.wait(self.chance.uniform(3, 20))
        home = "course/" if self.chance.random() < 0.8 else "info"
        self.pen.page_view(f"/courses/{self.course.key}/{home}", f"{LMS}/dashboard")
        self.pen.wait(self.chance.uniform(4, 40))

    def open(self, place: Place) -> None:
        came_from = f"{LMS}/courses/{self.course.key}/course/"
        self.pen.page_view(self._path(place), came_from)
        self.pen.wait(self.chance.uniform(1, 4))

    def move(self, here: Place, there: Place) -> None:
        if here.subsection is not there.subsection:
            payload = tabs(here, here.subsection.block.key)
            self.pen.browser("edx.ui.lms.sequence.next_selected", payload, self.page(here))
            self.pen.wait(self.chance.uniform(0.4, 1.5))
            self.open(there)
        elif follows(here, there) and self.chance.random() < 0.8:
            self._turn("seq_next", here, there.position)
        elif there.position == here.position - 1:
            self._turn("seq_prev", here, there.position)
        else:
            self._turn("seq_goto", here, there.position)

    def page(self, place: Place) -> str:
        return LMS + self._path(place)

    def _turn(self, event_type: str, here: Place, new: int) -> None:
        payload = f'{{"old": {here.position}, "new": {new}, "id": "{here.subsection.block.key}"}}'
        self.pen.browser(event_type, payload, self.page(here))

    def _path(self, place: Place) -> str:
        where = f"{place.section.block.short}/{place.subsection.block.short}"
        number = f"{place.position}" if place.position > 1 else ""
        return f"/courses/{self.course.key}/courseware/{where}/{number}"


class LearningApp:
    """An app in the browser around one frame a unit, which the server answers at ``/xblock/<unit>``."""

    def __init__(self, pen: Pen, chance: random.Random) -> None:
        self.pen, self.chance, self.course = pen, chance, pen.course

    def come_in(self) -> None:
        home = f"{APP}/course/{self.course.key}/home"
        self.pen.page_view("/dashboard", f"{LMS}/login", in_course=False)
        self.pen.wait(self.chance.uniform(3, 20))
        self.pen.page_view(f"/api/course_home/outline/{self.course.key}", home, in_course=False)
        self.pen.wait(self.chance.uniform(4, 40))

    def open(self, place: Place) -> None:
        query = '{"show_title": ["0"], "show_bookmark": ["0"], "view": ["student_view"]}'
        unit = place.unit.block.key
        self.pen.page_view(f"/xblock/{unit}", self._address(place), query=query, in_course=False)
        self.pen.wait(self.chance.uniform(0.5, 3))

    def move(self, here: Place, there: Place) -> None:
        same = here.subsection is there.subsection
        if same and there.position == here.position - 1:
            self._select("previous_selected", "", here)
        elif same and not follows(here, there):
            self._select("tab_selected", f', "target_tab": {there.position}', here)
        else:
            self._select("next_selected", "", here)
        self.pen.wait(self.chance.uniform(0.2, 1.0))
        self.open(there)

    def page(self, place: Place) -> str:
        return f"{LMS}/xblock/{place.unit.block.key}?show_title=0&show_bookmark=0&view=student_view"

    def _select(self, what: str, more: str, here: Place) -> None:
        """A click in the app's own frame; its payload names the unit that is left, not the subsection."""
        payload = tabs(here, here.unit.block.key, more)
        self.pen.browser(f"edx.ui.lms.sequence.{what}", payload, self._address(here))

    def _address(self, place: Place) -> str:
        return f"{APP}/course/{self.course.key}/{place.subsection.block.key}/{place.unit.block.key}"


class PhoneApp:
    """An app that fetches the whole course and tells which screen it shows."""

    def __init__(self, pen: Pen, chance: random.Random) -> None:
        self.pen, self.chance = pen, chance

    def come_in(self) -> None:
        self._screen("Course Dashboard")
        self.pen.wait(self.chance.uniform(3, 15))

    def open(self, place: Place) -> None:  # noqa: ARG002 - the app's screen does not name the unit
        self._screen("Course Unit")
        self.pen.wait(self.chance.uniform(1, 4))

    def move(self, here: Place, there: Place) -> None:  # noqa: ARG002 - every door moves from a place
        self.open(there)

    def page(self, place: Place) -> str:  # noqa: ARG002 - the app has no addresses
        return ""

    def _screen(self, label: str) -> None:
        self.pen.mobile("edx.bi.app.navigation.screen", f'{{"label": "{label}", "category": "screen"}}')


def tabs(here: Place, block: str, more: str = "") -> str:
    """The payload of a click on Next, Previous or a tab: the block left, and which of how many tabs."""
    return (
        f'{{"id": "{block}", "current_tab": {here.position}, '
        f'"tab_count": {len(here.subsection.units)}, "widget_placement": "bottom"{more}}}'
    )
