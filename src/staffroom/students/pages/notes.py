"""The notes about one student, and the form in which another one is written."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from staffroom.metrics.declaration import msg, plural
from staffroom.students import access
from staffroom.students.days import midnight
from staffroom.students.models import Note
from staffroom.students.notes import notes_about, seen
from staffroom.students.notes_settings import notes_settings
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.note_form import NewNote, begun
from staffroom.students.pages.note_table import note_table
from staffroom.students.pages.profile_frame import only, profile_page
from staffroom.students.writing_notes import (
    Written,
    drop_draft,
    keep_draft,
    kinds_for,
    latest_draft,
    may_restrict,
    write_note,
)
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

SAVED = msg("The note was saved.")
LATELY = plural(
    "{count} note was written this school year or the last.",
    "{count} notes were written this school year or the last.",
)
EVER = plural("{count} note was ever written.", "{count} notes were ever written.")
NO_NOTE = msg("No note was written this school year or the last.")
MOST_OF_A_DRAFT = 4
"""A draft is kept up to so many times the longest note: it may have to be shortened yet."""


@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: SignedInRequest, student: int, section: str = "", face: str = "html") -> HttpResponseBase:
    """The notes about a student; whoever may write is given a form, and what they began is in it."""
    opened = open_student(request, student)
    form = None
    if access.writer_of(opened.visit.viewer, rules=opened.visit.rules) is not None:
        form = _form(opened, sent=request.method == "POST")
        if request.method == "POST" and form.is_valid():
            return _save(opened, form)
    elif request.method == "POST":
        raise Http404
    is_whole = request.GET.get("whole") == "1"
    page = profile_page(
        opened,
        "student-notes",
        {"notes": lambda: _notes(opened, is_whole=is_whole)},
        template="students/notes.html",
        context={
            "form": form,
            "is_whole": is_whole,
            "begun": form is not None and bool(form.initial.get("text")),
        },
    )
    return respond(request, page, section, face)


@require_POST
def note_draft(request: SignedInRequest, student: int) -> HttpResponse:
    """Keep what is being typed about a student: 204, whoever it is that may write."""
    opened = open_student(request, student)
    writer = access.writer_of(opened.visit.viewer, rules=opened.visit.rules)
    if writer is None:
        raise Http404
    longest = notes_settings(request.instance).longest_characters * MOST_OF_A_DRAFT
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return HttpResponse(status=400)
    written = Written(
        request.POST.get("kind", "")[:40],
        request.POST.get("text", "").replace("\0", "")[:longest],
        request.POST.get("is_restricted") == "on",
        request.POST.get("links", "").replace("\0", "")[:longest].splitlines(),
    )
    keep_draft(writer, opened.student, key, written)
    return HttpResponse(status=204)


def _form(opened: OpenStudent, *, sent: bool) -> NewNote:
    visit, request = opened.visit, opened.visit.request
    settings = notes_settings(request.instance)
    return NewNote(
        request.POST if sent else None,
        initial=begun(latest_draft(visit.educator, opened.student)),
        kinds=kinds_for(visit.viewer, settings, rules=visit.rules),
        may_restrict=may_restrict(visit.viewer, opened.student, rules=visit.rules),
        longest=settings.longest_characters,
    )


def _save(opened: OpenStudent, form: NewNote) -> HttpResponseBase:
    visit = opened.visit
    write_note(visit.viewer, opened.student, form.written, rules=visit.rules)
    drop_draft(visit.educator, opened.student, form.cleaned_data["key"])
    messages.success(visit.request, say(SAVED))
    return redirect("students:student-notes", student=opened.student.pk)


def _notes(opened: OpenStudent, *, is_whole: bool) -> Section:
    found = _since_last_year(opened, notes_about(only(opened.student)), is_whole=is_whole)
    paging = Paging.of(opened.visit.request).with_total(found.count())
    table = note_table(opened.visit, seen(found[paging.window]), paging=paging)
    return Section(
        slug="notes",
        title=msg("Notes"),
        question=msg("What did those who support this student write?"),
        answer=say_count(EVER if is_whole else LATELY, paging.total),
        table=table,
        empty=Empty(Cause.FILTER_TOO_NARROW if not is_whole else Cause.NOTHING_KEPT, say(NO_NOTE)),
    )


def _since_last_year(opened: OpenStudent, found: QuerySet[Note], *, is_whole: bool) -> QuerySet[Note]:
    """Older notes are shown when asked for: a student gets a clean slate."""
    if is_whole:
        return found
    began = opened.visit.days.school_year
    since = midnight(began.replace(year=began.year - 1), opened.visit.request.instance)
    return found.filter(recorded_at__gte=since)
