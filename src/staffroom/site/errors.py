"""Answers to what went wrong. What is closed and what is not there look the same."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import get_language, get_language_bidi
from django.views.decorators.csrf import requires_csrf_token

from staffroom.metrics.declaration import msg
from staffroom.web.problems import problem, wants_problem
from staffroom.web.words import say

_WORDS = {
    400: (msg("This request cannot be understood"), msg("Go back and try again.")),
    404: (
        msg("There is nothing here for you"),
        msg("The page does not exist, or it is not open to you. If it should be, ask an administrator."),
    ),
    500: (
        msg("Something went wrong on our side"),
        msg("Those who run this site have been told. Try again in a few minutes."),
    ),
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    return _answer(request, 400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django calls it so
    """Also the answer to what is forbidden: outsiders cannot tell the one from the other."""
    return _answer(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Drawn without asking a database, which may be what failed."""
    if wants_problem(request):
        return problem(request, 500)
    around = {
        "institution": settings.INSTANCE.institution,
        "language": get_language(),
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    page = get_template("site/error.html").render({**around, **_facts(request, 500)})
    return HttpResponse(page, status=500)


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django calls it so
    return _answer(request, 400)


def _answer(request: HttpRequest, status: int) -> HttpResponse:
    if wants_problem(request):
        return problem(request, status)
    return render(request, "site/error.html", _facts(request, status), status=status)


def _facts(request: HttpRequest, status: int) -> dict[str, str]:
    title, advice = _WORDS[status]
    return {"title": say(title), "advice": say(advice), "request_id": getattr(request, "id", "")}
