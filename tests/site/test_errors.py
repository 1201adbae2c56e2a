"""What is said, logged and mailed when something goes wrong: never anything about anybody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.core import mail
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from staffroom.site.urls import handler400, handler404, handler500  # noqa: F401 - Django looks for them here
from staffroom.site.urls import urlpatterns as real_urls
from staffroom.web.logs import JsonFormatter
from staffroom.web.settings import SiteSettings

SECRET = "Stella Staff <stella@lake.example> failed BIO"


def broken(request: HttpRequest, learner: str) -> HttpResponse:
    raise ValueError(SECRET)


def closed(request: HttpRequest) -> HttpResponse:
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


handler403 = handler404
urlpatterns = [*real_urls, path("learners/<learner>/", broken), path("closed/", closed)]


@pytest.fixture
def failing(stella: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Stella's browser on a site with a page that breaks, and an operator to be told."""
    settings.ROOT_URLCONF = __name__
    settings.SITE = replace(SiteSettings(), operators=("operator@lake.example",))
    for handler in logging.getLogger("django.request").handlers:
        if hasattr(handler, "_sent"):
            handler._sent.clear()
    stella.raise_request_exception = False
    return stella


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield out
    logging.getLogger().removeHandler(handler)


def test_the_operators_are_told_page_error_and_request_and_nothing_about_anybody(
    failing: Client,
) -> None:
    response = failing.get("/learners/stella@lake.example/?name=Stella")
    assert response.status_code == 500
    (sent,) = mail.outbox
    assert sent.to == ["operator@lake.example"]
    assert sent.subject == "[Lake University] ValueError on /learners/<learner>/"
    assert sent.body == (
        "page: /learners/<learner>/\nmethod: GET\nerror: ValueError\nstatus: 500\n"
        f"request id: {response.headers['X-Request-ID']}\n\n"
        "The log has more under this request id.\n"
    )


def test_the_same_error_is_mailed_once_in_a_while(failing: Client) -> None:
    for learner in ("a", "b", "c"):
        failing.get(f"/learners/{learner}/")
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_away_does_not_break_the_answer(failing: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "nowhere.Backend"
    assert failing.get("/learners/a/").status_code == 500


def test_the_log_holds_classes_and_places_and_no_messages(failing: Client, log: io.StringIO) -> None:
    response = failing.get("/learners/stella@lake.example/?name=Stella")
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert "stella" not in log.getvalue().lower()
    (error,) = [line for line in lines if line["level"] == "error"]
    assert (error["error"], error["request_id"]) == ("ValueError", response.headers["X-Request-ID"])
    assert error["where"].startswith("test_errors.py:")


def test_the_error_page_shows_the_requests_id_and_a_way_on(failing: Client) -> None:
    response = failing.get("/learners/a/")
    assert "Something went wrong on our side" in response.text
    assert response.headers["X-Request-ID"] in response.text
    assert SECRET not in response.text


def test_what_is_closed_and_what_is_not_there_look_the_same(failing: Client) -> None:
    def page(address: str) -> tuple[int, str]:
        response = failing.get(address)
        text = response.text.replace(response.headers["X-Request-ID"], "id")
        return response.status_code, text[: text.index("csrfmiddlewaretoken")]

    assert page("/closed/") == page("/nothing/")
    assert page("/closed/")[0] == 404


def test_errors_of_json_faces_are_problems(failing: Client) -> None:
    response = failing.get("/learners/a/x.json")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")


def test_a_form_from_another_site_is_refused_in_our_words(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"login": "a@b.example"})
    assert response.status_code == 400
    assert "This request cannot be understood" in response.text
