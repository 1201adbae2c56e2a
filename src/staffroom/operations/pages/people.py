"""People: who may sign in, in which role, and the form that adds one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from staffroom.accounts import people as accounts
from staffroom.accounts.models import Person
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.people_forms import NewPersonForm
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.listing import listed
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Name"), Kind.TEXT),
    Column("email", msg("E-mail address"), Kind.TEXT),
    Column("is_administrator", msg("Administrator"), Kind.FLAG, msg("Sees every course and manages people.")),
    Column("is_active", msg("Active"), Kind.FLAG, msg("Who is not active cannot sign in.")),
    Column("courses", msg("Courses"), Kind.COUNT, msg("Courses in which the person has a role.")),
    Column("joined_at", msg("Added"), Kind.INSTANT),
    Column("last_login", msg("Last signed in"), Kind.INSTANT),
)
ALL = plural("{count} person can be managed here.", "{count} people can be managed here.")
FOUND = plural("{count} person matches.", "{count} people match.")


@for_administrators
def people(request: SignedInRequest) -> Page:
    return operations_page(
        "people",
        {"people": lambda: _section(request)},
        lead=say(msg("Who may sign in, in which role, for which courses.")),
        template="operations/people.html",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def add_person(request: SignedInRequest) -> HttpResponseBase:
    """The form for a new person; once made, their page."""
    form = NewPersonForm(request.POST or None)
    if form.is_valid():
        return _made(request, form.cleaned_data)
    page = operations_page(
        "people",
        {},
        title=say(msg("Add a person")),
        template="operations/people_form.html",
        context={"form": form, "action": say(msg("Add"))},
    )
    return respond(request, page)


def _made(request: SignedInRequest, asked: dict[str, Any]) -> HttpResponse:
    person = accounts.create_person(
        asked["email"],
        name=asked["name"],
        password=asked["password"] or None,
        administrator=asked["is_administrator"],
        language=asked["language"],
    )
    messages.success(request, say(msg("{name} was added. Now give them courses."), name=person.name))
    return redirect("person", person=person.pk)


def _section(request: SignedInRequest) -> Section:
    table = listed(
        request,
        COLUMNS,
        _rows(),
        sort="name",
        searched=("name", "email"),
        links={"name": lambda row: reverse("person", args=[row["id"]])},
    )
    return Section(
        slug="people",
        title=msg("People"),
        question=msg("Who may sign in?"),
        answer=say_count(FOUND if request.GET.get("q") else ALL, table.total),
        table=table,
        empty=Empty(
            Cause.FILTER_TOO_NARROW, say(msg("Nobody has this in their name or address; search for less."))
        ),
    )


def _rows() -> list[dict[str, Any]]:
    found = Person.objects.order_by("name", "email").annotate(courses=Count("course_roles"))
    names = [column.name for column in COLUMNS]
    return list(found.values("id", *names))
