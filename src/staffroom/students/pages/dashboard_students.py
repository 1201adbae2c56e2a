"""Who stands behind the numbers of a dashboard: the students with their counts, and each thing one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from staffroom.metrics.declaration import Column, Kind, Plural, msg, plural
from staffroom.students.dashboards import Pupil
from staffroom.students.grades import grade_order
from staffroom.students.models import Student
from staffroom.students.names import folded, folded_all
from staffroom.students.notes import latest_by_kind
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.dashboard_frame import Dashboard, nothing
from staffroom.students.paths import student_link
from staffroom.web.arrangement import Arrangement
from staffroom.web.empty import Cause, Empty
from staffroom.web.paging import Paging, page_of
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

STUDENTS = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("grade", msg("Grade"), Kind.TEXT),
    Column("class", msg("Class"), Kind.TEXT, msg("Its teacher, or its homeroom.")),
    Column("count", msg("How often"), Kind.COUNT),
    Column("last_note", msg("Last note"), Kind.DAY, msg("Of any kind that is not restricted.")),
    Column("note_kind", msg("Its kind"), Kind.TEXT),
)
NOTES = ("last_note", "note_kind")
SEARCHED = ("student", "grade", "class")
WHO = (
    Column("student", msg("Student"), Kind.TEXT),
    Column("local_id", msg("Id"), Kind.TEXT, msg("The number by which the school knows the student.")),
    Column("grade", msg("Grade"), Kind.TEXT),
)
ONE_BY_ONE = plural("{count} entry, the latest first.", "{count} entries, the latest first.")
NOT_FOUND = msg("No student here has this in name, grade or class.")


def students_section(opened: Dashboard, name: str, counts: Mapping[int, int], answer: Plural) -> Section:
    """The students with their counts, the most first, and when somebody last wrote about each."""
    request = opened.visit.request
    wanted = Arrangement.read(
        request.GET,
        STUDENTS,
        default="-count",
        searched=SEARCHED,
        orders={"grade": grade_order, "student": folded},
    )
    rows = _rows(opened, counts)
    if wanted.sort in NOTES:
        _add_notes(opened, rows)
    found = wanted.arranged(rows)
    paging = Paging.of(request).with_total(len(found))
    shown = found[paging.window]
    if wanted.sort not in NOTES:  # then only those who are shown have to be asked for
        _add_notes(opened, shown)
    opened.visit.record_ids(f"students/schools/{name}/students", (row["local_id"] for row in shown))
    recent = opened.visit.days.recent
    return Section(
        slug="students",
        title=msg("Students"),
        question=msg("Who is it, and has somebody written about them?"),
        answer=say_count(answer, len(found)),
        table=Table(
            columns=STUDENTS,
            rows=shown,
            links={"student": student_link},
            bars=frozenset({"count"}),
            scales={"count": max(counts.values(), default=0)},
            faded=dict.fromkeys(NOTES, lambda row: _is_old(row, recent)),
            paging=paging,
            arrangement=wanted if counts else None,
        ),
        empty=Empty(Cause.FILTER_TOO_NARROW, say(NOT_FOUND)) if counts else nothing(),
    )


def entries_section(
    opened: Dashboard, name: str, columns: tuple[Column, ...], entries: Sequence[tuple[Pupil, dict[str, Any]]]
) -> Section:
    """Each absence, tardy or incident with whose it is; ``entries`` stand in the order of time."""
    latest = list(reversed(entries))
    paging = Paging.of(opened.visit.request, parameter=page_of("entries")).with_total(len(latest))
    shown = latest[paging.window]
    local_ids = dict.fromkeys(pupil.local_id for pupil, _ in shown)
    opened.visit.record_ids(f"students/schools/{name}/entries", local_ids)
    return Section(
        slug="entries",
        title=msg("One by one"),
        question=msg("What exactly is recorded, and of whom?"),
        answer=say_count(ONE_BY_ONE, len(latest)),
        table=Table(
            columns=(*WHO, *columns),
            rows=[
                {
                    "id": pupil.id,
                    "student": pupil.name,
                    "local_id": pupil.local_id,
                    "grade": pupil.grade or None,
                    **entry,
                }
                for pupil, entry in shown
            ],
            links={"student": student_link},
            paging=paging,
        ),
        empty=nothing(),
    )


def _rows(opened: Dashboard, counts: Mapping[int, int]) -> list[dict[str, Any]]:
    """By name, so that those who are alike in what is sorted by stand in its order."""
    pupils = [opened.everybody[number] for number in sorted(counts)]
    names = folded_all([pupil.name for pupil in pupils])
    return [
        {
            "id": pupil.id,
            "local_id": pupil.local_id,
            "student": pupil.name,
            "grade": pupil.grade or None,
            "class": pupil.class_name or None,
            "count": counts[pupil.id],
        }
        for _, pupil in sorted(zip(names, pupils, strict=True), key=lambda one: one[0])
    ]


def _add_notes(opened: Dashboard, rows: Sequence[dict[str, Any]]) -> None:
    """The day and the kind of each student's last open note, of the kinds that settings name."""
    instance = opened.visit.request.instance
    titles, is_page = notes_settings(instance).titles, opened.visit.face == "html"
    students = Student.objects.filter(pk__in=[row["id"] for row in rows])
    found = latest_by_kind(students, titles, restricted=False)
    last = {student: (when, kind) for (student, kind), when in sorted(found.items(), key=lambda one: one[1])}
    for row in rows:
        when, kind = last.get(row["id"], (None, ""))
        row["last_note"] = when and when.astimezone(instance.institution.zone).date()
        row["note_kind"] = (titles[kind] if is_page else kind) if when else None


def _is_old(row: Row, recent: date) -> bool:
    day = row.get("last_note")
    return isinstance(day, date) and day < recent
