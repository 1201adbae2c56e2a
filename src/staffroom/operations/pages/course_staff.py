"""Course staff: who has which course, and the form that gives one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from staffroom.accounts import people
from staffroom.accounts.models import CourseRole
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.people_forms import CourseStaffForm
from staffroom.operations.pages.person import known_courses, warn_of_unknown
from staffroom.operations.pages.words import say_role
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.listing import listed
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("course_id", msg("Course"), Kind.COURSE),
    Column("name", msg("Name"), Kind.TEXT),
    Column("email", msg("E-mail address"), Kind.TEXT),
    Column("role", msg("Role"), Kind.TEXT),
    Column("is_active", msg("Active"), Kind.FLAG, msg("Who is not active cannot sign in.")),
    Column("given_at", msg("Since"), Kind.INSTANT),
)
ANSWER = plural("{count} role in a course is shown.", "{count} roles in courses are shown.")


@for_administrators
def course_staff(request: SignedInRequest) -> Page:
    return _page(request, CourseStaffForm(initial={"course": request.GET.get("course", "")}))


@require_POST
@for_administrators
def give_course(request: SignedInRequest) -> HttpResponseBase:
    """Give a person a course; a form with errors comes back with them."""
    form = CourseStaffForm(request.POST)
    if not form.is_valid():
        return respond(request, _page(request, form))
    asked = form.cleaned_data
    person = people.find_person(asked["email"])
    people.give_course(person, asked["course"], asked["role"])
    warn_of_unknown(request, asked["course"])
    messages.success(request, say(msg("{name} now has the course."), name=person.name))
    return _back()


def _back() -> HttpResponse:
    return redirect("course-staff")


def _page(request: SignedInRequest, form: CourseStaffForm) -> Page:
    return operations_page(
        "people",
        {"staff": lambda: _section(request)},
        title=say(msg("Course staff")),
        template="operations/people_courses.html",
        context={"form": form, "known_courses": known_courses(request)},
    )


def _section(request: SignedInRequest) -> Section:
    table = listed(
        request,
        COLUMNS,
        _rows(translated=is_read_by_people(request)),
        sort="course_id",
        searched=("course_id", "name", "email"),
        links={"name": lambda row: reverse("person", args=[row["id"]])},
    )
    return Section(
        slug="staff",
        title=msg("Course staff"),
        question=msg("Who may see which course?"),
        answer=say_count(ANSWER, table.total),
        table=table,
        empty=Empty(Cause.FILTER_TOO_NARROW, say(msg("No role fits. Give one with the form above."))),
    )


def _rows(*, translated: bool) -> list[dict[str, Any]]:
    roles = CourseRole.objects.select_related("person").order_by("course_id", "person__name")
    return [
        {
            "id": role.person_id,
            "course_id": role.course_id,
            "name": role.person.name,
            "email": role.person.email,
            "role": say_role(role.role) if translated else role.role,
            "is_active": role.person.is_active,
            "given_at": role.given_at,
        }
        for role in roles
    ]
