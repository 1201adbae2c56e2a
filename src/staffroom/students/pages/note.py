"""One note: what it says, what it said before; its author changes it, its restricted text is asked for."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.models import Note
from staffroom.students.notes import restricted_text, revisions_of
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.note_form import ChangedNote, as_it_stands
from staffroom.students.pages.profile_frame import profile_page
from staffroom.students.writing_notes import (
    NoteRefused,
    change_note,
    mark_restricted,
    may_edit,
    may_mark_restricted,
)
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

REVISIONS = (
    Column("number", msg("Version"), Kind.COUNT),
    Column("text", msg("What it said"), Kind.TEXT),
    Column("until", msg("Until"), Kind.INSTANT),
    Column("by", msg("Changed by"), Kind.TEXT),
)
CHANGED = plural("It was changed {count} time.", "It was changed {count} times.")
SAVED = msg("The note was saved.")
MARKED = msg("The note is restricted now.")
CHANGED_MEANWHILE = msg(
    "Somebody changed this note meanwhile, and nothing was saved. What it says now stands above; "
    "what you wrote stands in the form."
)


@require_http_methods(["GET", "HEAD", "POST"])
def note(
    request: SignedInRequest, student: int, note: int, section: str = "", face: str = "html"
) -> HttpResponseBase:
    """A note with what it said before. Its author changes it here, while it is not restricted."""
    opened = open_student(request, student)
    shown = _note(opened, note)
    form = _form(opened, shown, sent=request.method == "POST")
    if request.method == "POST" and face == "html":
        if form is None:
            raise Http404
        if form.is_valid():
            answer = _save(opened, shown, form)
            if answer is not None:
                return answer
    return _page(opened, shown, form, section, face)


@require_POST
def restricted(request: SignedInRequest, student: int, note: int) -> HttpResponseBase:
    """What a restricted note says, for those who may read it; that it was read is in the audit trail."""
    opened = open_student(request, student)
    shown = _note(opened, note)
    said = (
        restricted_text(opened.visit.viewer, shown, rules=opened.visit.rules) if shown.is_restricted else None
    )
    if said is None:
        raise Http404
    opened.visit.record(f"students/note/{shown.pk}/restricted", [opened.student])
    return _page(opened, shown, None, "", "html", said=said)


@require_POST
def mark(request: SignedInRequest, student: int, note: int) -> HttpResponseBase:
    """Mark a note as restricted, whoever wrote it; for those who were granted that."""
    opened = open_student(request, student)
    try:
        mark_restricted(opened.visit.viewer, _note(opened, note), rules=opened.visit.rules)
    except NoteRefused:
        raise Http404 from None
    messages.success(request, say(MARKED))
    return redirect("students:note", student=student, note=note)


def _note(opened: OpenStudent, note: int) -> Note:
    found = Note.objects.filter(pk=note, student=opened.student).select_related("author", "student").first()
    if found is None:
        raise Http404
    return found


def _form(opened: OpenStudent, shown: Note, *, sent: bool) -> ChangedNote | None:
    if not may_edit(opened.visit.viewer, shown, rules=opened.visit.rules):
        return None
    longest = notes_settings(opened.visit.request.instance).longest_characters
    initial = as_it_stands(shown, shown.revisions.count())
    return ChangedNote(opened.visit.request.POST if sent else None, initial=initial, longest=longest)


def _save(opened: OpenStudent, shown: Note, form: ChangedNote) -> HttpResponseBase | None:
    said = form.cleaned_data
    try:
        change_note(
            opened.visit.viewer,
            shown,
            said["text"],
            said["links"],
            seen=said["seen"],
            rules=opened.visit.rules,
        )
    except NoteRefused:
        shown.refresh_from_db()
        form.add_error(None, say(CHANGED_MEANWHILE))
        form.data = {**opened.visit.request.POST.dict(), "seen": str(shown.revisions.count())}
        return None
    messages.success(opened.visit.request, say(SAVED))
    return redirect("students:note", student=opened.student.pk, note=shown.pk)


def _page(
    opened: OpenStudent,
    shown: Note,
    form: ChangedNote | None,
    section: str,
    face: str,
    *,
    said: object = None,
) -> HttpResponseBase:
    visit, rules = opened.visit, opened.visit.rules
    kinds = notes_settings(visit.request.instance).titles
    page = profile_page(
        opened,
        "student-notes",
        {} if shown.is_restricted else {"revisions": lambda: _revisions(shown)},
        title=kinds.get(shown.kind, shown.kind),
        template="students/note.html",
        context={
            "note": shown,
            "text": "" if shown.is_restricted else shown.text,
            "links": [] if shown.is_restricted else [link.url for link in shown.links.all()],
            "said": said,
            "may_read": restricted_text(visit.viewer, shown, rules=rules) is not None,
            "may_mark": may_mark_restricted(visit.viewer, shown, rules=rules),
            "form": form,
        },
    )
    return respond(visit.request, page, section, face)


def _revisions(shown: Note) -> Section:
    rows = [
        {
            "number": one.number,
            "text": one.text,
            "until": one.revised_at,
            "by": one.revised_by.full_name or one.revised_by.login,
        }
        for one in revisions_of(shown)
    ]
    return Section(
        slug="revisions",
        title=msg("What it said before"),
        question=msg("What was changed, when and by whom?"),
        answer=say_count(CHANGED, len(rows)),
        table=Table(columns=REVISIONS, rows=rows),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("It was never changed."))),
    )
