"""What is new about an educator's students: open notes, birthdays and, by setting, incidents.

Whose news they are is narrowed by labels, one after the other; that opens nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import nlargest

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from staffroom.config import Instance
from staffroom.students.access import Rules, has_label
from staffroom.students.access_rules import sight_of, taught_sections
from staffroom.students.home_settings import HomeSettings
from staffroom.students.models import AttendsSection, Educator, Incident, Section, Service, Student
from staffroom.students.models.people import StudentQuerySet
from staffroom.students.models.visits import HomeVisit
from staffroom.students.notes import notes_about, seen
from staffroom.students.services import active
from staffroom.students.settings import StudentsSettings

NOTE, BIRTHDAY, INCIDENT = "note", "birthday", "incident"
COMMUNITY_SCHOOL = "community_schools"
"""The kind of service that the label feed_by_community_school looks for."""
VISIT_ENDS = timedelta(minutes=30)
"""Who comes back later begins another visit."""


@dataclass(frozen=True, slots=True)
class News:
    """One thing about one student. ``id`` is that of the note or incident; 0 for a birthday."""

    kind: str
    at: datetime
    student_id: int
    id: int = 0
    what: str = ""
    """The kind of a note, the code of an incident."""
    text: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom news are read: whose students, by which rules and settings."""

    viewer: object
    educator: Educator
    rules: Rules
    settings: HomeSettings
    words: StudentsSettings
    today: date


def narrowed(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    """Those of the students whom the reader's labels keep."""
    for label, condition in _FILTERS.items():
        if has_label(reader.viewer, label, rules=reader.rules):
            students = condition(students, reader)
    return students


def _by_counselor(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    names = reader.settings.named_for(reader.educator.login, reader.settings.counselors)
    return students.annotate(counselor_lower=Lower("counselor")).filter(counselor_lower__in=names)


def _by_house(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    names = reader.settings.named_for(reader.educator.login, reader.settings.houses)
    return students.annotate(house_lower=Lower("house")).filter(house_lower__in=names)


def _by_section(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    mine = Section.objects.filter(taught_sections(sight_of(reader.educator), reader.rules))
    attend = AttendsSection.objects.current().filter(section__in=mine.values("pk"))
    return students.filter(pk__in=attend.values("student"))


def _by_english_learners(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    return students.filter(language_status__in=reader.words.learner_values)


def _by_community_school(students: StudentQuerySet, reader: Reader) -> StudentQuerySet:
    going_on = active(Service.objects.filter(kind=COMMUNITY_SCHOOL), reader.today)
    return students.filter(pk__in=going_on.values("student"))


_FILTERS: Mapping[str, Callable[[StudentQuerySet, Reader], StudentQuerySet]] = {
    "feed_by_counselor": _by_counselor,
    "feed_by_house": _by_house,
    "feed_by_section": _by_section,
    "feed_by_english_learners": _by_english_learners,
    "feed_by_community_school": _by_community_school,
}


def news_before(
    students: StudentQuerySet, reader: Reader, instance: Instance, *, before: datetime, limit: int
) -> list[News]:
    """The latest news before an instant, the latest first: birthdays on their day at midnight."""
    every = [*_notes(students, before, limit), *_birthdays(students, reader, instance, before)]
    if reader.settings.shows_incidents:
        every += _incidents(students, before, limit)
    return nlargest(limit, every, key=lambda one: (one.at, one.kind, one.id, one.student_id))


def _notes(students: StudentQuerySet, before: datetime, limit: int) -> Iterator[News]:
    found = notes_about(students, restricted=False).filter(recorded_at__lt=before)[:limit]
    for note in seen(found):
        yield News(NOTE, note.recorded_at, note.student_id, note.id, note.kind, note.text or "", note.author)


def _incidents(students: StudentQuerySet, before: datetime, limit: int) -> Iterator[News]:
    found = Incident.objects.current().filter(student__in=students.values("pk"), occurred_at__lt=before)
    for one in found.order_by("-occurred_at", "-pk")[:limit]:
        yield News(INCIDENT, one.occurred_at, one.student_id, one.pk, one.code, one.description)


def _birthdays(
    students: StudentQuerySet, reader: Reader, instance: Instance, before: datetime
) -> Iterator[News]:
    """Those of today and the days before, over New Year too; on 29 February's eve where there is none."""
    days = [reader.today - timedelta(days=back) for back in range(reader.settings.birthday_days + 1)]
    wanted = Q()
    for day in days:
        wanted |= Q(born_on__month=day.month, born_on__day=day.day)
        if (day.month, day.day) == (2, 28) and (day + timedelta(days=1)).month == 3:
            wanted |= Q(born_on__month=2, born_on__day=29)
    on = {(day.month, day.day): day for day in days}
    for student, month, of_month in students.filter(wanted).values_list(
        "pk", "born_on__month", "born_on__day"
    ):
        day = on.get((month, of_month)) or on[2, 28]
        at = datetime.combine(day, time(), instance.institution.zone)
        if at < before:
            yield News(BIRTHDAY, at, student)


def last_visit(educator: Educator, *, now: datetime | None = None) -> datetime | None:
    """When the educator's visit before this one ended; notes that they are here now."""
    now = now or timezone.now()
    held = HomeVisit.objects.filter(educator=educator).first()
    if held is None:
        HomeVisit.objects.create(educator=educator, seen_at=now)
        return None
    if now - held.seen_at > VISIT_ENDS:
        held.before_at = held.seen_at
    held.seen_at = now
    held.save()
    return held.before_at


def names_of(news: list[News]) -> dict[int, Student]:
    """The students whom the news are about, by number."""
    found = Student.objects.filter(pk__in={one.student_id for one in news})
    return {student.pk: student for student in found.select_related("school")}
