"""Who may see which courses: the first tests of every page and every resource."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser

from staffroom.accounts import people, tokens
from staffroom.accounts.models import Person
from staffroom.courses.access import courses_for, why_visible
from staffroom.courses.paths import course_path
from staffroom.metrics.scope import Courses, Everything
from tests.cast import LAKE, LAKE_T1, LEGACY, Cast
from tests.courses.conftest import Browser
from tests.courses.stores import MARKERS

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

PAGES = ["home", "enrolment", "engagement", "videos", "time", "visits"]
SECTIONS = {
    "home": ["questions"],
    "enrolment": ["by_day", "by_mode", "learners"],
    "engagement": ["by_week"],
    "videos": ["list"],
    "time": ["by_section", "by_unit", "by_learner"],
    "visits": ["by_unit", "by_day", "by_learner"],
    "video": ["timeline", "learners"],
}
METRICS = [
    "enrolment_by_day",
    "enrolment_summary",
    "weekly_activity",
    "video_timeline",
    "video_coverage",
    "video_summary",
    "time_on_unit",
    "unit_visits",
]


def addresses(course: str, video: str) -> list[str]:
    """Every page, face and resource of a course."""
    key = LAKE_T1 if course == LAKE_T1 else LAKE
    pages = {page: course_path(key, page) for page in PAGES}
    pages["video"] = course_path(key, "video", block=video)
    faces = [
        f"{pages[page]}{section}.{face}"
        for page, sections in SECTIONS.items()
        for section in sections
        for face in ("csv", "json")
    ]
    resources = [course_path(key, f"api-{name}") for name in ("course", "metrics", *METRICS)]
    tables = [course_path(key, f"api-{name}.csv") for name in METRICS]
    return [*pages.values(), *faces, *resources, *tables]


LAKE_ADDRESSES = addresses(LAKE, "spring-video")
MARKER_ADDRESSES = addresses(LAKE_T1, "markervideo")


def test_scopes_are_exact_and_closed_by_default(cast: Cast) -> None:
    assert courses_for(cast.ada) == Everything()
    assert courses_for(cast.stella) == Courses(frozenset({LAKE}))
    assert courses_for(cast.ruth) == Courses(frozenset({LAKE_T1}))
    nothing = Courses(frozenset())
    assert [courses_for(viewer) for viewer in (cast.nora, cast.ivan, AnonymousUser(), None)] == [nothing] * 4


def test_why_a_course_is_visible(cast: Cast) -> None:
    people.give_course(cast.nora, LEGACY, "researcher")
    assert why_visible(cast.ada, LAKE) == "administrator"
    assert why_visible(cast.stella, LAKE) == "staff"
    assert why_visible(cast.nora, LEGACY) == "researcher"
    assert [why_visible(who, LAKE) for who in (cast.ruth, cast.nora, cast.ivan, AnonymousUser())] == [
        None
    ] * 4
    assert why_visible(cast.stella, LAKE_T1) is None


@pytest.mark.parametrize("address", LAKE_ADDRESSES)
def test_staff_and_administrators_see_it_and_nobody_else(
    address: str, store: Path, cast: Cast, browser: Browser
) -> None:
    answers = {
        name: browser(getattr(cast, name, None)).get(address).status_code
        for name in ("ada", "stella", "ruth", "nora", "ivan", "out")
    }
    out = 401 if address.startswith("/api/") or address.endswith(".json") else 302
    assert answers == {"ada": 200, "stella": 200, "ruth": 404, "nora": 404, "ivan": out, "out": out}


@pytest.mark.parametrize("address", MARKER_ADDRESSES)
def test_what_is_closed_looks_like_what_is_not_there(
    address: str, store: Path, cast: Cast, browser: Browser
) -> None:
    stella = browser(cast.stella)
    closed, absent = stella.get(address), stella.get(address.replace("BIO%2B2024_T1", "BIO%2B1999"))
    assert (closed.status_code, absent.status_code) == (404, 404)
    hidden = [marker for marker in MARKERS if marker not in address]
    said = closed.content.decode().replace(closed["X-Request-ID"], "")  # by chance it holds 7777
    assert [marker for marker in hidden if marker in said] == []


def test_nothing_of_another_course_is_named_or_counted(store: Path, cast: Cast, browser: Browser) -> None:
    stella = browser(cast.stella)
    for address in ["/", "/courses.csv", "/courses.json", "/api/v1/courses/", *LAKE_ADDRESSES]:
        response = stella.get(address)
        assert response.status_code == 200
        text = response.content.decode()
        assert [(address, marker) for marker in MARKERS if marker in text] == []


def test_the_marked_course_has_something_to_hide(store: Path, cast: Cast, browser: Browser) -> None:
    ruth = browser(cast.ruth)
    text = "".join(ruth.get(address).content.decode() for address in MARKER_ADDRESSES)
    assert [marker for marker in MARKERS if marker not in text] == []


def test_a_role_opens_a_course_before_its_first_data(store: Path, cast: Cast, browser: Browser) -> None:
    people.give_course(cast.nora, "course-v1:Lake+NEW+2025")
    address = "/courses/course-v1%3ALake%2BNEW%2B2025/engagement/"
    assert browser(cast.nora).get(address).status_code == 200
    assert browser(cast.ada).get(address).status_code == 404


def test_a_role_taken_away_closes_at_once(store: Path, cast: Cast, browser: Browser) -> None:
    stella = browser(cast.stella)
    assert stella.get(course_path(LAKE)).status_code == 200
    people.take_course(cast.stella, LAKE)
    assert stella.get(course_path(LAKE)).status_code == 404


@pytest.mark.parametrize("scheme", ["Token", "Bearer", "bearer"])
def test_a_token_opens_what_its_person_may_see(
    scheme: str, store: Path, cast: Cast, browser: Browser
) -> None:
    _, secret = tokens.issue_token(cast.stella, "report", days=1)
    headers = {"authorization": f"{scheme} {secret}"}
    nobody = browser(None)
    assert nobody.get(course_path(LAKE, "api-course"), headers=headers).status_code == 200
    assert nobody.get(course_path(LAKE_T1, "api-course"), headers=headers).status_code == 404
    assert nobody.get(course_path(LAKE), headers=headers).status_code == 302


def _ended(cast: Cast, how: str) -> str:
    token, secret = tokens.issue_token(cast.stella, "report", days=-1 if how == "expired" else 1)
    if how == "revoked":
        tokens.revoke_token(token.pk)
    if how == "deactivated":
        people.set_active(cast.stella, False)
    return secret[:-1] if how == "wrong" else secret


@pytest.mark.parametrize("how", ["expired", "revoked", "deactivated", "wrong"])
def test_a_token_that_is_not_good_opens_nothing(how: str, store: Path, cast: Cast, browser: Browser) -> None:
    headers = {"authorization": f"Bearer {_ended(cast, how)}"}
    response = browser(None).get("/api/v1/courses/", headers=headers)
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["detail"] == "This token is not good."


def test_a_token_without_the_scope_reads_nothing(store: Path, cast: Cast, browser: Browser) -> None:
    _, secret = tokens.issue_token(cast.stella, "report", days=1, scope="write")
    headers = {"authorization": f"Bearer {secret}"}
    assert browser(None).get("/api/v1/courses/", headers=headers).status_code == 404


def test_the_institutions_metrics_are_for_administrators(store: Path, cast: Cast, browser: Browser) -> None:
    address = "/api/v1/metrics/events_by_day/"
    viewers: dict[str, Person] = {"ada": cast.ada, "stella": cast.stella, "nora": cast.nora}
    found = {name: browser(viewer).get(address).status_code for name, viewer in viewers.items()}
    assert found == {"ada": 200, "stella": 404, "nora": 404}
