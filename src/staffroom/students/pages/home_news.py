"""The news on the home page: a few a page, day by day, each with whom it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.dates import WEEKDAYS

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.access import writer_of
from staffroom.students.feed import (
    BIRTHDAY,
    INCIDENT,
    NOTE,
    Feed,
    News,
    place_text,
    read_place,
    students_named,
)
from staffroom.students.models import Student
from staffroom.students.narrowing import Reader, narrowed
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.area import Visit
from staffroom.students.paths import student_link, student_path
from staffroom.students.visits import last_visit
from staffroom.web import formats
from staffroom.web.empty import Cause, Empty
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

NEWS_A_PAGE = 20
NAMES_A_DAY = 12
"""Of so many students the page names the birthday; CSV and JSON name all."""
NEWS = (
    Column("at", msg("When"), Kind.INSTANT),
    Column("student", msg("Student"), Kind.TEXT),
    Column("what", msg("What"), Kind.TEXT),
    Column("text", msg("In words"), Kind.TEXT),
    Column("by", msg("By"), Kind.TEXT),
    Column("is_new", msg("New"), Kind.FLAG, msg("Since your last visit.")),
)
TITLES = {BIRTHDAY: msg("Birthday"), INCIDENT: msg("Incident")}
IS_NEW = plural(
    "{count} thing is new since your last visit.", "{count} things are new since your last visit."
)
NOTHING_NEW = msg("Nothing is new since your last visit.")
FIRST_VISIT = msg("Welcome. From your next visit on, what is new is marked.")
OLDER = msg("Older news of your students.")


@dataclass(frozen=True, slots=True)
class Item:
    """One piece of news as the page draws it. ``others`` counts those of a birthday who are not named."""

    news: News
    title: str
    students: Sequence[Student]
    others: int
    is_new: bool

    @property
    def links(self) -> list[tuple[Student, str]]:
        return [(student, student_path(student.pk)) for student in self.students]

    @property
    def url(self) -> str:
        """The note's own page; empty for what has none."""
        if self.news.kind != NOTE:
            return ""
        return reverse("students:note", args=[self.news.students[0], self.news.id])


@dataclass(frozen=True, slots=True)
class Day:
    """The news of one day under its title."""

    title: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Newspaper:
    """One page of news; all is read once, whatever face is asked for."""

    visit: Visit
    reader: Reader
    feed: Feed

    def section(self) -> Section:
        shown = {student.pk: student for item in self._items for student in item.students}
        self.visit.record("students/home/news", shown.values())
        return Section(
            slug="news",
            title=msg("News"),
            question=msg("What is new about my students?"),
            answer=self._answer(),
            table=Table(
                columns=NEWS,
                rows=[row for item in self._items for row in self._rows(item)],
                links={"student": student_link},
            ),
            empty=Empty(Cause.NOTHING_KEPT, say(msg("No note, birthday or incident is there to tell of."))),
        )

    @cached_property
    def days(self) -> list[Day]:
        zone = self.feed.institution.zone
        days = groupby(self._items, key=lambda item: item.news.at.astimezone(zone).date())
        return [Day(self._day_title(day), list(items)) for day, items in days]

    @property
    def older(self) -> str:
        """Where older news begin; empty where there are none."""
        return place_text(self._items[-1].news.place) if len(self._read) > NEWS_A_PAGE else ""

    @property
    def is_older(self) -> bool:
        return self._after is not None

    @cached_property
    def _after(self) -> tuple[datetime, str, int] | None:
        return read_place(self.visit.request.GET.get("after", ""))

    @cached_property
    def _read(self) -> list[News]:
        """One more than is shown, to know whether there is more."""
        students = narrowed(self.visit.students, self.reader)
        return self.feed.news(students, NEWS_A_PAGE + 1, after=self._after)

    @cached_property
    def _since(self) -> datetime | None:
        """What is newer than this is new."""
        if self.visit.face != "html":
            return None
        is_themselves = writer_of(self.visit.viewer, rules=self.visit.rules) is not None
        return last_visit(self.visit.educator, self.feed.now, is_themselves=is_themselves)

    @cached_property
    def _items(self) -> list[Item]:
        shown = self._read[:NEWS_A_PAGE]
        known = students_named({student for one in shown for student in one.students})
        titles = notes_settings(self.visit.request.instance).titles
        return [self._item(one, known, titles) for one in shown]

    def _item(self, one: News, known: Mapping[int, Student], titles: Mapping[str, str]) -> Item:
        about = [known[number] for number in known if number in one.students]
        named = about[:NAMES_A_DAY] if self.visit.face == "html" else about
        is_new = self._since is not None and one.at > self._since
        return Item(one, _title(one, titles), named, len(about) - len(named), is_new)

    def _rows(self, item: Item) -> Iterator[dict[str, Any]]:
        """A row for each student; raw words but on the page."""
        one = item.news
        for student in item.students:
            yield {
                "id": student.pk,
                "at": one.at,
                "student": student.name,
                "what": item.title if self.visit.face == "html" else f"{one.kind} {one.what}".strip(),
                "text": one.text or None,
                "by": one.by or None,
                "is_new": item.is_new,
            }

    def _answer(self) -> str:
        if self.is_older:
            return say(OLDER)
        if self._since is None:
            return say(FIRST_VISIT)
        new = sum(len(item.news.students) for item in self._items if item.is_new)
        return say_count(IS_NEW, new) if new else say(NOTHING_NEW)

    def _day_title(self, day: date) -> str:
        near = {self.feed.today: msg("Today"), self.feed.today - timedelta(days=1): msg("Yesterday")}
        return say(near[day]) if day in near else f"{WEEKDAYS[day.weekday()]}, {formats.day(day)}"


def _title(one: News, titles: Mapping[str, str]) -> str:
    if one.kind == NOTE:
        return titles.get(one.what, one.what)
    return f"{say(TITLES[one.kind])}: {one.what}" if one.what else say(TITLES[one.kind])
