"""What every answer carries."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


@pytest.mark.parametrize("path", ["/", "/sign-in/", "/nothing", "/health", "/profile/"])
def test_every_answer_is_under_a_strict_policy(stella: Client, path: str) -> None:
    headers = stella.get(path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing", "/api/v1/courses/"])
def test_what_is_asked_under_another_name_is_refused_with_the_same_headers(stella: Client, path: str) -> None:
    refused = stella.get(path, headers={"Host": "evil.example"})
    assert refused.status_code == 400
    assert "evil" not in refused.text
    assert set(refused.headers["Content-Security-Policy"].split("; ")) == POLICY
    for name, value in {
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }.items():
        assert refused.headers[name] == value


@pytest.mark.parametrize("path", ["/", "/profile/"])
def test_what_a_person_sees_is_not_kept(stella: Client, path: str) -> None:
    assert stella.get(path).headers["Cache-Control"] == "private, no-store"


def test_each_request_has_an_id_of_its_own(stella: Client) -> None:
    one, other = (stella.get("/health").headers["X-Request-ID"] for _ in range(2))
    assert len(one) == len(other) == 32
    assert one != other


def test_cookies_are_for_http_and_this_site_only(cast: object, client: Client) -> None:
    client.get("/sign-in/")
    cookie = client.cookies["csrftoken"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert settings.SESSION_COOKIE_HTTPONLY is True


def test_a_site_that_is_reached_by_http_asks_no_browser_for_https(cast: object, client: Client) -> None:
    for secure in (False, True):
        answer = client.get("/sign-in/", secure=secure)
        assert "Strict-Transport-Security" not in answer.headers
        assert answer.cookies["csrftoken"]["secure"] == ""
