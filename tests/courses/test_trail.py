"""Each view that names learners is in the audit trail before it is shown, exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import DatabaseError
from django.test import Client

from staffroom.accounts import tokens, trail
from staffroom.accounts.models import View
from staffroom.courses.paths import course_path
from tests.cast import LAKE, Cast
from tests.courses.conftest import Browser

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

ANA, BEN, CYD = ("openedx", "11"), ("openedx", "12"), ("openedx", "13")


@pytest.fixture
def stella(store: Path, cast: Cast, browser: Browser) -> Client:
    return browser(cast.stella)


def noted() -> list[tuple[int, str, str, list[trail.Learner]]]:
    rows = View.objects.using("audit").order_by("pk")
    return [(row.person_id, row.what, row.course_id, trail.unpacked(row.learners)) for row in rows]


VIDEO = course_path(LAKE, "video", block="spring-video")


@pytest.mark.parametrize(
    ("address", "what", "learners"),
    [
        (course_path(LAKE, "enrolment"), "courses/enrolment/learners.html", [ANA, BEN, CYD]),
        (course_path(LAKE, "enrolment") + "learners.csv", "courses/enrolment/learners.csv", [ANA, BEN, CYD]),
        (course_path(LAKE, "enrolment") + "?q=ana", "courses/enrolment/learners.html", [ANA]),
        (course_path(LAKE, "time"), "courses/time/by_learner.html", [ANA, BEN]),
        (course_path(LAKE, "time") + "by_learner.json", "courses/time/by_learner.json", [ANA, BEN]),
        (course_path(LAKE, "visits"), "courses/visits/by_learner.html", [ANA, BEN]),
        (VIDEO, "courses/video/learners.html", [ANA, BEN]),
        (VIDEO + "learners.csv", "courses/video/learners.csv", [ANA, BEN]),
        (course_path(LAKE, "api-enrolment_summary"), "api/enrolment_summary.json", [ANA, BEN, CYD]),
        (
            course_path(LAKE, "api-enrolment_summary") + "?limit=1&offset=1",
            "api/enrolment_summary.json",
            [BEN],
        ),
        (course_path(LAKE, "api-time_on_unit.csv"), "api/time_on_unit.csv", [ANA, BEN]),
        (course_path(LAKE, "api-unit_visits") + "?format=csv&from=2024-09-03", "api/unit_visits.csv", [ANA]),
    ],
)
def test_a_view_is_one_row_with_whom_it_named(
    address: str, what: str, learners: list[trail.Learner], stella: Client, cast: Cast
) -> None:
    assert stella.get(address).status_code == 200
    assert noted() == [(cast.stella.pk, what, LAKE, learners)]


@pytest.mark.parametrize(
    "address",
    [
        course_path(LAKE),
        course_path(LAKE, "engagement"),
        course_path(LAKE, "videos"),
        course_path(LAKE, "time") + "by_unit.csv",
        course_path(LAKE, "enrolment") + "by_day.json",
        course_path(LAKE, "enrolment") + "?q=nobody",
        course_path(LAKE, "api-weekly_activity"),
        course_path(LAKE, "api-metrics"),
        "/api/v1/courses/",
    ],
)
def test_what_names_nobody_leaves_no_row(address: str, stella: Client) -> None:
    assert stella.get(address).status_code == 200
    assert noted() == []


def test_a_refused_view_leaves_no_row(store: Path, cast: Cast, browser: Browser) -> None:
    assert browser(cast.ruth).get(course_path(LAKE, "time")).status_code == 404
    assert noted() == []


def test_a_tokens_view_is_its_persons(store: Path, cast: Cast, browser: Browser) -> None:
    _, secret = tokens.issue_token(cast.stella, "report", days=1)
    headers = {"authorization": f"Bearer {secret}"}
    assert browser(None).get(course_path(LAKE, "api-video_coverage"), headers=headers).status_code == 200
    assert noted() == [(cast.stella.pk, "api/video_coverage.json", LAKE, [ANA, BEN])]


@pytest.mark.parametrize(
    "address",
    [
        course_path(LAKE, "time"),
        course_path(LAKE, "time") + "by_learner.csv",
        course_path(LAKE, "api-time_on_unit"),
        course_path(LAKE, "api-time_on_unit.csv"),
    ],
)
def test_what_cannot_be_noted_is_not_shown(
    address: str, store: Path, cast: Cast, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    stella = browser(cast.stella)
    stella.raise_request_exception = False

    def full_disk(*_: object, **__: object) -> None:
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(View, "save", full_disk)
    response = stella.get(address)
    assert response.status_code == 500
    assert not any(word in response.content.decode() for word in ("Ana", "ana,", '"11"', ",11,"))
    monkeypatch.undo()
    assert stella.get(address).status_code == 200
