"""One educator as those see them who see the whole district: where they work, what opens students to them."""

from __future__ import annotations

from collections.abc import Iterator

from django.shortcuts import get_object_or_404
from django.urls import reverse

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access, models
from staffroom.students.models import Educator, Homeroom, TeachesSection
from staffroom.students.pages.area import Visit, area_page
from staffroom.students.pages.district import for_districtwide
from staffroom.students.pages.my_sections import section_table
from staffroom.students.pages.words import granted, in_words
from staffroom.students.sections import section_lines
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("fact", msg("What"), Kind.TEXT),
    Column("value", msg("Stated"), Kind.TEXT),
)
PRESENT = msg("{name} is named by the student information system.")
GONE = msg("{name} is no longer named by the student information system, and cannot sign in.")
TEACHES = plural("{count} section is assigned.", "{count} sections are assigned.")


@for_districtwide
def educator_card(visit: Visit, educator: int) -> Page:
    """One educator: school, homeroom, sections, and what was granted."""
    found = Educator.objects.select_related("school", "grants").prefetch_related("labels")
    shown = get_object_or_404(found, pk=educator)
    return area_page(
        visit,
        "district",
        {"facts": lambda: _facts(visit, shown), "sections": lambda: _sections(visit, shown)},
        title=_name(shown),
        lead=" · ".join(filter(None, (shown.staff_type, shown.school.name if shown.school else ""))),
    )


def _facts(visit: Visit, shown: Educator) -> Section:
    sentence = PRESENT if shown.missing_since is None else GONE
    rows = [{"id": pk, "fact": say(fact), "value": value} for fact, value, pk in _told(visit, shown)]
    return Section(
        slug="facts",
        title=msg("At a glance"),
        question=msg("Who is this educator, and what opens students to them?"),
        answer=say(sentence, name=_name(shown)),
        table=Table(
            columns=COLUMNS,
            rows=rows,
            links={"value": lambda row: _homeroom_path(row["id"])},
        ),
    )


def _told(visit: Visit, shown: Educator) -> Iterator[tuple[str, str | None, int | None]]:
    """Facts, with the number of the homeroom that one is about."""
    yield msg("Login name"), shown.login, None
    yield msg("E-mail"), shown.email or None, None
    yield msg("School"), shown.school.name if shown.school else None, None
    opened = set(access.homerooms_for(visit.viewer, rules=visit.rules).filter(educator=shown))
    for room in Homeroom.objects.filter(educator=shown):
        yield msg("Homeroom"), room.name, room.pk if room in opened else None
    names = granted(shown)
    for_people = visit.face == "html"
    told = ", ".join(map(in_words, names)) if for_people else " ".join(names)
    yield msg("Granted"), told or None, None
    leads = shown.is_administrator
    yield msg("Leads a school"), say(msg("yes") if leads else msg("no")), None


def _homeroom_path(number: object) -> str | None:
    return reverse("students:homeroom", args=[number]) if number else None


def _sections(visit: Visit, shown: Educator) -> Section:
    assigned = TeachesSection.objects.current().filter(educator=shown)
    lines = section_lines(models.Section.objects.filter(pk__in=assigned.values("section")), visit.students)
    return Section(
        slug="sections",
        title=msg("Sections"),
        question=msg("What do they teach?"),
        answer=say_count(TEACHES, len(lines)),
        table=section_table(lines),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("No section is assigned to them."))),
    )


def _name(shown: Educator) -> str:
    return shown.full_name or shown.login
