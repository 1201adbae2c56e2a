"""What is new about students: open notes, birthdays and, by setting, incidents.

Callers pass students whom ``access`` has let through, narrowed as ``narrowing`` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nlargest
from typing import Any

from django.db.models import Q, QuerySet

from staffroom.config import Institution
from staffroom.students.home_settings import HomeSettings
from staffroom.students.models import Incident, Note, Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.notes import notes_about, seen

NOTE, BIRTHDAY, INCIDENT = "note", "birthday", "incident"
OLDEST_YEARS = 30
"""Birthdays of nobody who is older are told of: so each is looked up by its day, which takes a glance."""

LOOKED_BACK_DAYS = (3, 30, 300)
"""How far back the latest few are looked for, before all there is."""
_PLACE = re.compile(rf"([\d.:T-]{{19,26}})~({NOTE}|{BIRTHDAY}|{INCIDENT})~(\d{{1,18}})", re.ASCII)

Place = tuple[datetime, str, int]
"""Where news stand: of the same instant by kind, then by number."""


@dataclass(frozen=True, slots=True)
class News:
    """One piece of news: a note or an incident of one student, or the birthdays of one day."""

    kind: str
    at: datetime
    students: tuple[int, ...]
    id: int = 0
    """The number of the note or incident; 0 for birthdays."""
    what: str = ""
    """The kind of a note, the code of an incident."""
    text: str = ""
    by: str = ""
    is_exact: bool = True
    """Whether the hour is known."""

    @property
    def place(self) -> Place:
        return self.at, self.kind, self.id


@dataclass(frozen=True, slots=True)
class Feed:
    """What is told of, and when: ``now`` is the instant at which it is read."""

    settings: HomeSettings
    institution: Institution
    now: datetime

    @property
    def today(self) -> date:
        return self.now.astimezone(self.institution.zone).date()

    def news(self, students: StudentQuerySet, limit: int, *, after: Place | None = None) -> list[News]:
        """The latest news of these students, the latest first; ``after`` is the last one that was read."""
        before = after[0] if after else self.now
        every = [*_notes(students, self._bound(after, NOTE, "recorded_at"), before, limit)]
        every += [one for one in self._birthdays(students) if after is None or one.place < after]
        if self.settings.shows_incidents:
            every += _incidents(students, self._bound(after, INCIDENT, "occurred_at"), before, limit)
        return nlargest(limit, every, key=lambda one: one.place)

    def _bound(self, after: Place | None, kind: str, field: str) -> Q:
        """What of a kind stands behind ``after``, and has happened."""
        happened = Q(**{f"{field}__lte": self.now})
        if after is None:
            return happened
        at, other, number = after
        before = Q(**{f"{field}__lt": at})
        if kind < other:
            before |= Q(**{field: at})
        elif kind == other:
            before |= Q(**{field: at, "pk__lt": number})
        return happened & before

    def _birthdays(self, students: StudentQuerySet) -> Iterator[News]:
        """Those of today and the days before, over New Year too; on 29 February's eve where there is none."""
        days = [self.today - timedelta(days=back) for back in range(self.settings.birthday_days + 1)]
        turned = {born_on: day for day in days for born_on in _born_on(day)}
        found: dict[date, list[int]] = {}
        for student, born_on in students.filter(born_on__in=turned).values_list("pk", "born_on"):
            if born_on is not None:
                found.setdefault(turned[born_on], []).append(student)
        for day, those in found.items():
            at = datetime.combine(day, time(), self.institution.zone)
            yield News(BIRTHDAY, at, tuple(those), is_exact=False)


def place_text(place: Place) -> str:
    """A place as it stands in an address; ``read_place`` reads it."""
    at, kind, number = place
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat()}~{kind}~{number}"


def read_place(text: str) -> Place | None:
    """None for what is none."""
    found = _PLACE.fullmatch(text)
    try:
        return (
            (datetime.fromisoformat(found[1]).replace(tzinfo=UTC), found[2], int(found[3])) if found else None
        )
    except ValueError:
        return None


def students_named(numbers: set[int]) -> Mapping[int, Student]:
    """The students of these numbers, with their school, in the order of lists."""
    found = Student.objects.filter(pk__in=numbers).select_related("school").order_by(*_BY_NAME)
    return {student.pk: student for student in found}


_BY_NAME = ("last_name", "first_name", "pk")


def _born_on(day: date) -> Iterator[date]:
    """The days on which those were born whose birthday ``day`` is."""
    eve = (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3
    for year in range(day.year - OLDEST_YEARS, day.year):
        for month, of_month in ((day.month, day.day), *(((2, 29),) if eve else ())):
            try:
                yield date(year, month, of_month)
            except ValueError:  # no 29 February in that year
                continue


def _notes(students: StudentQuerySet, bound: Q, before: datetime, limit: int) -> Iterator[News]:
    found = notes_about(students, restricted=False).filter(bound)
    latest = _latest(found, "recorded_at", before, limit)
    for note in seen(Note.objects.filter(pk__in=latest)):
        about = (note.student_id,)
        yield News(NOTE, note.recorded_at, about, note.id, note.kind, note.text or "", note.author)


def _incidents(students: StudentQuerySet, bound: Q, before: datetime, limit: int) -> Iterator[News]:
    found = Incident.objects.current().filter(bound, student__in=students.values("pk"))
    latest = _latest(found.order_by("-occurred_at", "-pk"), "occurred_at", before, limit)
    for one in Incident.objects.filter(pk__in=latest):
        yield News(
            INCIDENT,
            one.occurred_at,
            (one.student_id,),
            one.pk,
            one.code,
            one.description,
            is_exact=one.has_exact_time,
        )


def _latest(found: QuerySet[Any], field: str, before: datetime, limit: int) -> list[int]:
    """The numbers of the latest few: looked for in the last days first, for sorting everything takes long."""
    for days in LOOKED_BACK_DAYS:
        recent = found.filter(**{f"{field}__gte": before - timedelta(days=days)})
        latest = list(recent.values_list("pk", flat=True)[:limit])
        if len(latest) == limit:
            return latest
    return list(found.values_list("pk", flat=True)[:limit])
