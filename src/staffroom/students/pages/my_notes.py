"""My notes: what an educator wrote about students whom they still may see."""

from __future__ import annotations

from staffroom.metrics.declaration import msg, plural
from staffroom.students.models import Student
from staffroom.students.notes import notes_by, seen
from staffroom.students.pages.area import Visit, area_page, for_educators
from staffroom.students.pages.note_table import note_table
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

WRITTEN = plural("You have written {count} note.", "You have written {count} notes.")


@for_educators
def my_notes(visit: Visit) -> Page:
    """What the educator wrote, the latest first."""
    return area_page(visit, "my-notes", {"notes": lambda: _section(visit)})


def _section(visit: Visit) -> Section:
    found = notes_by(visit.educator.pk, visit.students)
    paging = Paging.of(visit.request).with_total(found.count())
    notes = seen(found[paging.window])
    students = Student.objects.filter(pk__in={note.student_id for note in notes})
    visit.record("students/my-notes", students)
    names = {student.pk: student.roster_name for student in students}
    return Section(
        slug="notes",
        title=msg("My notes"),
        question=msg("What have I written, and about whom?"),
        answer=say_count(WRITTEN, paging.total),
        table=note_table(visit, notes, students=names, paging=paging),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("You have not written a note about a student of yours."))),
    )
