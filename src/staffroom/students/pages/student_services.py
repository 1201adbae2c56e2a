"""The services of one student: what goes on, what has ended, and the form that records another."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students import access
from staffroom.students.models import Service
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.profile_frame import only, profile_page
from staffroom.students.pages.service_form import NewService
from staffroom.students.services import active, end_service, provider_names, record_service, services_of
from staffroom.students.services_settings import services_settings
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("kind", msg("Service"), Kind.TEXT),
    Column("provider", msg("Given by"), Kind.TEXT),
    Column("starts_on", msg("From"), Kind.DAY),
    Column("expected_to_end_on", msg("Expected to end"), Kind.DAY),
    Column("ended_on", msg("Ended"), Kind.DAY, msg("The first day on which it was given no more.")),
    Column("recorded_by", msg("Recorded by"), Kind.TEXT),
    Column("recorded_at", msg("Recorded"), Kind.INSTANT),
)
GOING_ON = plural("{count} service goes on.", "{count} services go on.")
RECORDED = msg("The service was recorded.")
ENDED = msg("The service has ended.")
NO_SERVICE = msg("No service was ever recorded.")


@require_http_methods(["GET", "HEAD", "POST"])
def student_services(
    request: SignedInRequest, student: int, section: str = "", face: str = "html"
) -> HttpResponseBase:
    """The services of a student; whoever may see the student may record one."""
    opened = open_student(request, student)
    form = None
    if access.writer_of(opened.visit.viewer, rules=opened.visit.rules) is not None:
        form = _form(opened, sent=request.method == "POST")
        if request.method == "POST" and form.is_valid():
            return _record(opened, form)
    elif request.method == "POST":
        raise Http404
    page = profile_page(
        opened,
        "student-services",
        {"services": lambda: _services(opened)},
        template="students/services.html",
        context={"form": form},
    )
    return respond(request, page, section, face)


@require_http_methods(["GET", "HEAD", "POST"])
def end(request: SignedInRequest, student: int, service: int) -> HttpResponseBase:
    """Asks whether a service is to end, and ends it."""
    opened = open_student(request, student)
    going_on = active(services_of(only(opened.student)), opened.visit.days.today)
    found = going_on.filter(pk=service).select_related("student").first()
    if found is None or access.writer_of(opened.visit.viewer, rules=opened.visit.rules) is None:
        raise Http404
    if request.method == "POST":
        end_service(opened.visit.viewer, found, today=opened.visit.days.today, rules=opened.visit.rules)
        messages.success(request, say(ENDED))
        return redirect("students:student-services", student=student)
    titles = services_settings(request.instance).titles
    page = profile_page(
        opened,
        "student-services",
        {},
        title=titles.get(found.kind, found.kind),
        template="students/end_service.html",
        context={"service": found},
    )
    return respond(request, page)


def _form(opened: OpenStudent, *, sent: bool) -> NewService:
    request, days = opened.visit.request, opened.visit.days
    ends_on = days.school_year.replace(year=days.school_year.year + 1) - timedelta(days=1)
    return NewService(
        request.POST if sent else None,
        initial={"starts_on": days.today, "expected_to_end_on": ends_on},
        kinds=services_settings(request.instance).titles,
        providers=provider_names(opened.visit.students),
    )


def _record(opened: OpenStudent, form: NewService) -> HttpResponseBase:
    visit = opened.visit
    record_service(
        visit.viewer, opened.student, **form.cleaned_data, today=visit.days.today, rules=visit.rules
    )
    messages.success(visit.request, say(RECORDED))
    return redirect("students:student-services", student=opened.student.pk)


def _services(opened: OpenStudent) -> Section:
    found = services_of(only(opened.student))
    today = opened.visit.days.today
    titles = services_settings(opened.visit.request.instance).titles
    for_people = is_read_by_people(opened.visit.request)
    rows = [
        {
            "id": one.pk,
            "student": one.student_id,
            "kind": titles.get(one.kind, one.kind) if for_people else one.kind,
            "provider": one.provider or None,
            "starts_on": one.starts_on,
            "expected_to_end_on": one.expected_to_end_on,
            "ended_on": one.ended_on,
            "goes_on": _goes_on(one, opened),
            "recorded_by": one.recorded_by.full_name or one.recorded_by.login,
            "recorded_at": one.recorded_at,
        }
        for one in found.select_related("recorded_by")
    ]
    return Section(
        slug="services",
        title=msg("Services"),
        question=msg("What is done for this student, by whom and until when?"),
        answer=say_count(GOING_ON, active(found, today).count()),
        table=Table(columns=COLUMNS, rows=rows, links={"kind": _end_of}),
        empty=Empty(Cause.NOTHING_KEPT, say(NO_SERVICE)),
    )


def _goes_on(one: Service, opened: OpenStudent) -> bool:
    return one.ended_on is None or one.ended_on > opened.visit.days.today


def _end_of(row: Row) -> str | None:
    """A service that goes on leads to where it is ended."""
    return reverse("students:service-end", args=[row["student"], row["id"]]) if row["goes_on"] else None
