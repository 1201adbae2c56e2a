"""One person: their details, courses, tokens and password, each with its form.

Every change answers with a redirect, except a new token: its secret is in that one answer and nowhere else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from staffroom.accounts import people, tokens
from staffroom.accounts.models import Person
from staffroom.accounts.people import LastAdministrator, PersonRefused
from staffroom.accounts.settings import AccountsSettings
from staffroom.courses.access import courses_for
from staffroom.courses.courses import CourseLine, course_list
from staffroom.errors import UnknownName
from staffroom.metrics.declaration import msg
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.people_forms import (
    CourseForm,
    ExistingPersonForm,
    PasswordForm,
    TokenForm,
)
from staffroom.web.faces import respond
from staffroom.web.request import SignedInRequest
from staffroom.web.words import say

LAST = msg("This is the last administrator. Make somebody else an administrator first.")
TAKEN = msg("Somebody has this address already.")
NO_DATA_YET = msg("No data of the course {course} has arrived yet. Check that the key is right.")

Forms = dict[str, Form]
Answer = HttpResponseBase | None
_log = logging.getLogger(__name__)


@require_http_methods(["GET", "HEAD", "POST"])
@for_administrators
def person(request: SignedInRequest, person: int) -> HttpResponseBase:
    """The person's page; a POST's ``action`` says which of its forms was sent."""
    shown = get_object_or_404(Person, pk=person)
    forms = _forms(request, shown)
    act = ACTIONS.get(request.POST.get("action", ""))
    if request.method == "POST" and act is not None:
        answer = act(request, shown, forms)
        if answer is not None:
            return answer
    return _page(request, shown, forms)


def known_courses(request: SignedInRequest) -> list[CourseLine]:
    """Courses whose data has arrived, to choose from."""
    return course_list(request.published, courses_for(request.user))


def warn_of_unknown(request: SignedInRequest, course: str) -> None:
    """Say so where a role was given in a course that nobody has heard of yet: the key may be mistyped."""
    if course not in {line.key for line in known_courses(request)}:
        messages.warning(request, say(NO_DATA_YET, course=course))


def _forms(request: SignedInRequest, shown: Person) -> Forms:
    """Every form of the page; only the one that was sent is filled from the request."""
    sent = request.POST.get("action", "")
    days = request.instance.section("accounts", AccountsSettings).token_days
    names = ("email", "name", "language", "is_administrator", "is_active")
    details = {name: getattr(shown, name) for name in names}

    def data(action: str) -> Mapping[str, Any] | None:
        return request.POST if sent == action else None

    return {
        "details": ExistingPersonForm(data("details"), initial=details, person=shown, prefix="details"),
        "give": CourseForm(data("give"), prefix="give"),
        "issue": TokenForm(data("issue"), initial={"days": days}, prefix="issue"),
        "password": PasswordForm(data("password"), person=shown, prefix="password"),
    }


def _page(request: SignedInRequest, shown: Person, forms: Forms, **more: object) -> HttpResponseBase:
    page = operations_page(
        "people",
        {},
        title=shown.name,
        lead=shown.email,
        template="operations/people_person.html",
        context={
            "person": shown,
            "forms": forms,
            "roles": list(shown.course_roles.all()),
            "tokens": _tokens(shown),
            "known_courses": known_courses(request),
            **more,
        },
    )
    return respond(request, page)


def _tokens(shown: Person) -> list[dict[str, object]]:
    now = timezone.now()
    return [{"token": token, "is_good": token.is_good(now)} for token in shown.tokens.all()]


def _details(request: SignedInRequest, shown: Person, forms: Forms) -> Answer:
    form = forms["details"]
    if not form.is_valid():
        return None
    asked = form.cleaned_data
    try:
        people.change_person(shown, **asked)
    except LastAdministrator:
        form.add_error(None, say(LAST))
        return None
    except PersonRefused:  # somebody else took it since the form was checked
        form.add_error("email", say(TAKEN))
        return None
    return _done(request, shown, "details", say(msg("The changes were saved.")))


def _give(request: SignedInRequest, shown: Person, forms: Forms) -> Answer:
    form = forms["give"]
    if not form.is_valid():
        return None
    course = form.cleaned_data["course"]
    people.give_course(shown, course, form.cleaned_data["role"])
    warn_of_unknown(request, course)
    return _done(request, shown, "give", say(msg("{name} now has the course."), name=shown.name))


def _take(request: SignedInRequest, shown: Person, forms: Forms) -> Answer:  # noqa: ARG001 - every action is given them
    people.take_course(shown, request.POST.get("course", ""))
    return _done(request, shown, "take", say(msg("{name} no longer has the course."), name=shown.name))


def _issue(request: SignedInRequest, shown: Person, forms: Forms) -> Answer:
    form = forms["issue"]
    if not form.is_valid():
        return None
    token, secret = tokens.issue_token(shown, form.cleaned_data["name"], days=form.cleaned_data["days"])
    _note(request, shown, "issue")
    empty = {**forms, "issue": TokenForm(initial={"days": form.cleaned_data["days"]}, prefix="issue")}
    return _page(request, shown, empty, issued=token, secret=secret)


def _revoke(request: SignedInRequest, shown: Person, forms: Forms) -> Answer:  # noqa: ARG001 - every action is given them
    number = request.POST.get("token", "")
    try:
        tokens.revoke_token(int(number) if number.isdecimal() and len(number) < 18 else 0, of=shown)
    except UnknownName:
        return None
    return _done(request, shown, "revoke", say(msg("The token no longer works.")))


def _password(request: SignedInRequest, shown: Person, forms: Forms) -> Answer:
    form = forms["password"]
    if not form.is_valid():
        return None
    try:
        people.set_password(shown, form.cleaned_data["password"])
    except PersonRefused as error:
        form.add_error("password", error.problem)
        return None
    return _done(request, shown, "password", say(msg("{name} has a new password."), name=shown.name))


ACTIONS: dict[str, Callable[[SignedInRequest, Person, Forms], Answer]] = {
    "details": _details,
    "give": _give,
    "take": _take,
    "issue": _issue,
    "revoke": _revoke,
    "password": _password,
}


def _done(request: SignedInRequest, shown: Person, what: str, sentence: str) -> HttpResponse:
    _note(request, shown, what)
    messages.success(request, sentence)
    return redirect("person", person=shown.pk)


def _note(request: SignedInRequest, shown: Person, what: str) -> None:
    """The log says who changed whom, by number."""
    _log.info("person changed", extra={"what": what, "person": shown.pk, "by": request.user.pk})
