"""The data API: rows, paging, dates, CSV, problems, limits."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from staffroom.courses.openapi import schema_text
from staffroom.courses.paths import course_path
from tests.cast import LAKE, LEGACY, Cast
from tests.courses.conftest import Browser
from tests.courses.stores import LIGHT, SPRINGS

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

OPENAPI = Path(__file__).resolve().parents[2] / "docs/api/openapi.yaml"


@pytest.fixture(autouse=True)
def nobody_has_asked_yet() -> None:
    cache.clear()


@pytest.fixture
def stella(store: Path, cast: Cast, browser: Browser) -> Client:
    return browser(cast.stella)


def ask(client: Client, name: str, query: str = "") -> dict[str, Any]:
    response = client.get(course_path(LAKE, f"api-{name}") + query)
    assert response.status_code == 200, response.content
    found: dict[str, Any] = response.json()
    return found


def test_courses_with_their_numbers(store: Path, cast: Cast, browser: Browser) -> None:
    found = browser(cast.ada).get("/api/v1/courses/?limit=2").json()
    assert found["count"] == 4
    assert [course["name"] for course in found["results"]] == [
        "course-v1:Universität+Ökologie+2024",
        "Lake Biology",
    ]
    assert found["next"] == "http://testserver/api/v1/courses/?limit=2&offset=2"
    rest = browser(cast.ada).get(found["next"]).json()
    assert [(course["name"], course["enrolled"]) for course in rest["results"]] == [
        ("Lake Chemistry", 5),
        ("Marker Course", 7777),
    ]
    assert rest["next"] is None


def test_one_course(stella: Client) -> None:
    base = "http://testserver/api/v1/courses/course-v1%3ALake%2BBIO%2B2024/"
    assert ask(stella, "course") == {
        "course_id": LAKE,
        "name": "Lake Biology",
        "starts_on": "2024-09-01",
        "ends_on": None,
        "enrolled": 2,
        "active_last_week": 2,
        "url": base,
        "metrics": f"{base}metrics/",
        "role": "staff",
        "page": "http://testserver/courses/course-v1%3ALake%2BBIO%2B2024/",
        "through": "2024-09-10",
        "computed_at": "2024-09-11T04:10:00Z",
    }


def test_what_can_be_asked(stella: Client) -> None:
    found = ask(stella, "metrics")
    assert [metric["name"] for metric in found["results"]] == [
        "enrolment_by_day",
        "enrolment_summary",
        "weekly_activity",
        "video_timeline",
        "video_coverage",
        "video_summary",
        "time_on_unit",
        "unit_visits",
        "learner_roster",
    ]
    assert [metric["names_learners"] for metric in found["results"]] == [
        False,
        True,
        False,
        False,
        True,
        False,
        True,
        True,
        True,
    ]
    for metric in found["results"]:
        assert stella.get(metric["url"]).status_code == 200


def test_a_metrics_rows_are_raw(stella: Client) -> None:
    assert ask(stella, "weekly_activity") == {
        "count": 2,
        "next": None,
        "through": "2024-09-10",
        "computed_at": "2024-09-11T04:10:00Z",
        "results": [
            {
                "course_id": LAKE,
                "week": "2024-09-02",
                "active": 2,
                "attempted_problem": 1,
                "played_video": 2,
                "posted_forum": 0,
                "enrolled": 3,
                "is_complete": True,
            },
            {
                "course_id": LAKE,
                "week": "2024-09-09",
                "active": 1,
                "attempted_problem": 0,
                "played_video": 1,
                "posted_forum": 0,
                "enrolled": 2,
                "is_complete": False,
            },
        ],
    }
    summary = ask(stella, "enrolment_summary", "?limit=1")["results"][0]
    assert summary["first_enrolled_at"] == "2024-09-01T09:30:00Z"
    assert summary["last_unenrolled_at"] is None


def test_following_next_gives_every_row_once_in_the_order_of_the_key(stella: Client) -> None:
    address: str | None = course_path(LAKE, "api-time_on_unit") + "?limit=2&from=2024-09-01"
    rows: list[tuple[str, str, str]] = []
    pages = 0
    while address:
        found = stella.get(address).json()
        assert found["count"] == 5
        rows += [(row["unit_id"], row["learner_id"], row["day"]) for row in found["results"]]
        address = found["next"]
        pages += 1
    assert pages == 3
    assert rows == [
        (LIGHT, "11", "2024-09-03"),
        (SPRINGS, "11", "2024-09-02"),
        (SPRINGS, "11", "2024-09-03"),
        (SPRINGS, "12", "2024-09-02"),
        ("elsewhere", "12", "2024-09-02"),
    ]


def test_next_of_a_legacy_key_is_one_segment(store: Path, cast: Cast, browser: Browser) -> None:
    ada = browser(cast.ada)
    found = ada.get(course_path(LEGACY, "api-enrolment_by_day") + "?limit=1").json()
    assert (found["count"], found["next"]) == (1, None)
    assert found["results"][0]["course_id"] == LEGACY
    first = ada.get(course_path(LAKE, "api-enrolment_by_day") + "?limit=1").json()
    assert first["next"] == (
        "http://testserver/api/v1/courses/course-v1%3ALake%2BBIO%2B2024/metrics/enrolment_by_day/?limit=1&offset=1"
    )


@pytest.mark.parametrize(
    ("name", "query", "count"),
    [
        ("enrolment_by_day", "?from=2024-09-02", 4),
        ("enrolment_by_day", "?from=2024-09-02&to=2024-09-02", 2),
        ("enrolment_by_day", "?to=2024-08-31", 0),
        ("weekly_activity", "?from=2024-09-08&to=2024-09-08", 1),
        ("weekly_activity", "?to=2024-09-09", 2),
        ("enrolment_summary", "?from=2024-09-02&to=2024-09-02", 1),
        ("enrolment_summary", "?from=2024-09-03", 0),
        ("video_summary", "?from=2024-09-03", 1),
    ],
)
def test_dates_choose_rows_both_ends_included(stella: Client, name: str, query: str, count: int) -> None:
    assert ask(stella, name, query)["count"] == count


def test_an_instants_day_is_the_institutions(stella: Client, settings: Settings) -> None:
    """Joined at 09:30 UTC, which is the day before in Honolulu."""
    from dataclasses import replace

    hawaii = replace(settings.INSTANCE.institution, time_zone="Pacific/Honolulu")
    settings.INSTANCE = replace(settings.INSTANCE, institution=hawaii)
    assert ask(stella, "enrolment_summary", "?from=2024-09-02&to=2024-09-02")["count"] == 0
    assert ask(stella, "enrolment_summary", "?from=2024-09-01&to=2024-09-01")["count"] == 1


CSV = (
    "course_id,day,mode,enrolled,ever_enrolled,joined,left\r\n"
    "course-v1:Lake+BIO+2024,2024-09-03,audit,1,1,0,1\r\n"
    "course-v1:Lake+BIO+2024,2024-09-03,verified,1,1,0,0\r\n"
)


@pytest.mark.parametrize("how", ["suffix", "query", "accept"])
def test_the_same_rows_as_csv(stella: Client, how: str) -> None:
    suffix = ".csv" if how == "suffix" else ""
    query = "?from=2024-09-03" + ("&format=csv" if how == "query" else "")
    headers = {"accept": "text/csv"} if how == "accept" else {}
    response = stella.get(course_path(LAKE, f"api-enrolment_by_day{suffix}") + query, headers=headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="Lake-BIO-2024-enrolment_by_day.csv"'
    )
    assert response.content.decode() == CSV


def test_a_csv_is_whole_unless_a_limit_is_given(stella: Client) -> None:
    address = course_path(LAKE, "api-enrolment_by_day.csv")
    whole, part = stella.get(address), stella.get(f"{address}?limit=2")
    assert whole.content.decode().count("\r\n") == 6
    assert "Link" not in whole.headers
    assert part.content.decode().count("\r\n") == 3
    assert part.headers["X-Total-Count"] == "5"
    assert part.headers["Link"] == f'<http://testserver{address}?limit=2&offset=2>; rel="next"'


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("?limit=0", "limit must be a whole number from 1 to 5000."),
        ("?limit=5001", "limit must be a whole number from 1 to 5000."),
        ("?limit=ten", "limit must be a whole number from 1 to 5000."),
        ("?limit=", "limit must be a whole number from 1 to 5000."),
        ("?offset=-1", "offset must be a whole number from 0 to 9007199254740992."),
        ("?from=2024-02-31", "from must be a date such as 2026-09-07."),
        ("?to=20240901", "to must be a date such as 2026-09-07."),
        ("?from=2024-09-03&to=2024-09-01", "from must be no later than to."),
    ],
)
def test_a_parameter_that_cannot_be_used_is_a_problem(stella: Client, query: str, detail: str) -> None:
    response = stella.get(course_path(LAKE, "api-weekly_activity") + query)
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body.pop("request_id")
    assert body == {
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": detail,
        "instance": f"/api/v1/courses/{LAKE}/metrics/weekly_activity/",
    }


def test_every_refusal_is_a_problem(store: Path, cast: Cast, browser: Browser) -> None:
    stella, nobody = browser(cast.stella), browser(None)
    refused = [
        (nobody.get("/api/v1/courses/"), 401),
        (stella.get("/api/v1/nothing/"), 404),
        (stella.get(course_path(LAKE, "api-course").replace("2024", "2023")), 404),
        (stella.post("/api/v1/courses/"), 405),
        (stella.get("/api/v1/courses/?format=xml"), 404),
        (stella.get("/api/v1/courses/", headers={"accept": "image/png"}), 406),
    ]
    found = [
        (response.status_code, response.headers["Content-Type"], response.json()["status"])
        for response, _ in refused
    ]
    assert found == [(status, "application/problem+json", status) for _, status in refused]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_what_would_change_something_is_no_method_of_the_api(store: Path, cast: Cast, method: str) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.generic(method, "/api/v1/courses/").status_code == 401
    client.force_login(cast.stella)
    refused = client.generic(method, "/api/v1/courses/")
    assert (refused.status_code, refused.headers["Content-Type"]) == (405, "application/problem+json")
    assert refused.headers["Allow"] == "GET, HEAD"


def test_too_many_requests_are_told_when_to_come_back(
    store: Path, cast: Cast, browser: Browser, settings: Settings
) -> None:
    from dataclasses import replace

    sections = {**settings.INSTANCE.sections, "courses": {"api_requests_a_minute": 2}}
    settings.INSTANCE = replace(settings.INSTANCE, sections=sections)
    stella, ruth = browser(cast.stella), browser(cast.ruth)
    assert [stella.get("/api/v1/courses/").status_code for _ in range(3)] == [200, 200, 429]
    assert ruth.get("/api/v1/courses/").status_code == 200
    late = stella.get("/api/v1/courses/")
    assert late.headers["Content-Type"] == "application/problem+json"
    assert 0 < int(late.headers["Retry-After"]) <= 60


def test_an_empty_store_has_empty_answers(empty_instance: Path, cast: Cast, browser: Browser) -> None:
    stella = browser(cast.stella)
    assert ask(stella, "weekly_activity") == {
        "count": 0,
        "next": None,
        "through": None,
        "computed_at": None,
        "results": [],
    }
    only = stella.get("/api/v1/courses/").json()["results"]
    assert [(course["course_id"], course["enrolled"], course["active_last_week"]) for course in only] == [
        (LAKE, None, None)
    ]


def test_the_description_that_is_checked_in_is_fresh() -> None:
    assert OPENAPI.read_text("utf-8") == schema_text()


def test_the_running_site_serves_its_description(stella: Client) -> None:
    served = stella.get("/api/v1/schema/?format=json")
    assert served.status_code == 200
    checked_in = re.findall(r"^  (/\S+):$", OPENAPI.read_text("utf-8"), re.MULTILINE)
    assert sorted(json.loads(served.content)["paths"]) == sorted(checked_in)
