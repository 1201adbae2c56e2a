"""In which language and direction a page is."""

from __future__ import annotations

import re

from django.test import Client
from pytest_django import Settings

from staffroom.site.messages.__main__ import check
from tests.cast import Cast


def of_page(client: Client, path: str = "/", **headers: str) -> tuple[str, str]:
    found = re.search(r'<html lang="(.*?)" dir="(.*?)">', client.get(path, headers=headers).text)
    assert found
    return found.group(1), found.group(2)


def test_the_browsers_language_until_a_person_chooses_one(cast: Cast, stella: Client) -> None:
    assert of_page(stella) == ("en", "ltr")
    assert of_page(stella, **{"Accept-Language": "es-CL,es;q=0.9"}) == ("es", "ltr")
    stella.post("/profile/", {"language": "es"})
    cast.stella.refresh_from_db()
    assert cast.stella.language == "es"
    assert of_page(stella, **{"Accept-Language": "en"}) == ("es", "ltr")
    stella.post("/profile/", {"language": ""})
    assert of_page(stella, **{"Accept-Language": "en"}) == ("en", "ltr")


def test_an_unknown_language_is_refused(stella: Client) -> None:
    assert stella.post("/profile/", {"language": "xx"}).status_code == 200


def test_who_is_signed_out_may_choose_too(client: Client, db: None) -> None:
    client.post("/language/", {"language": "es", "next": "/sign-in/"})
    assert of_page(client, "/sign-in/") == ("es", "ltr")


def test_a_right_to_left_language_turns_the_page(stella: Client, settings: Settings) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    assert of_page(stella, **{"Accept-Language": "ar"}) == ("ar", "rtl")


def test_every_text_is_translated_and_the_catalogues_are_fresh() -> None:
    assert check() == []
