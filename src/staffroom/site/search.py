"""The search of the masthead: students and courses in one answer, for who may see both."""

from __future__ import annotations

from collections.abc import Callable

from staffroom.metrics.declaration import msg
from staffroom.site.home import courses_section, words_in
from staffroom.students.pages.area import visit_of
from staffroom.students.pages.search import found_section
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.words import say


def search(request: SignedInRequest) -> Page:
    """The students and the courses that hold what is asked, of those that are open."""
    sections: dict[str, Callable[[], Section]] = {}
    visit = visit_of(request)
    if visit is not None:
        sections["students"] = lambda: found_section(visit)
    courses = courses_section(request)
    if visit is None or (words_in(request) and courses.table.rows):
        sections["courses"] = lambda: courses
    return Page(
        title=say(msg("Search")), sections=sections, file_name="search", context={"words": words_in(request)}
    )
