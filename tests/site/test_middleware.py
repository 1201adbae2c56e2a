"""What happens to every request."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from staffroom.site.middleware import keep_private, trust_proxies
from staffroom.web.settings import SiteSettings


@pytest.mark.parametrize(
    ("proxies", "forwarded", "asker"),
    [
        (0, "203.0.113.9", "10.0.0.1"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "203.0.113.9:4711", "10.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_who_asks(
    settings: Settings, proxies: int, forwarded: str, asker: str
) -> None:
    settings.SITE = replace(SiteSettings(), proxies=proxies)
    seen = []

    def page(request: HttpRequest) -> HttpResponse:
        seen.append((request.META["REMOTE_ADDR"], "HTTP_X_FORWARDED_FOR" in request.META))
        return HttpResponse()

    trust_proxies(page)(RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded))
    assert seen == [(asker, False)]


def test_a_page_may_say_itself_how_long_it_is_kept() -> None:
    request = RequestFactory().get("/")
    silent = keep_private(lambda _: HttpResponse())(request)
    saying = keep_private(lambda _: HttpResponse(headers={"Cache-Control": "private, no-cache"}))(request)
    assert silent.headers["Cache-Control"] == "private, no-store"
    assert saying.headers["Cache-Control"] == "private, no-cache"
