"""The page of components, and what its markup promises."""

from __future__ import annotations

import re

from django.test import Client
from pytest_django import Settings

from staffroom.config import Instance, Institution
from staffroom.web.sparklines import sparkline
from tests.cast import Cast

PAGE = "/developers/components/"


def test_outside_a_demonstration_it_is_for_administrators(
    cast: Cast, client: Client, settings: Settings, instance: Instance
) -> None:
    settings.INSTANCE = Instance(instance.root, Institution())
    seen = {}
    for person in (cast.stella, cast.ada):
        client.force_login(person)
        seen[person.name] = client.get(PAGE).status_code
    assert seen == {"Stella Staff": 404, "Ada Administrator": 200}


def test_a_demonstration_says_so(stella: Client) -> None:
    page = stella.get(PAGE).text
    assert '<aside class="demo-mark"' in page
    assert "<title>Demo · " in page


def test_nothing_is_inline_and_nothing_comes_from_outside(stella: Client) -> None:
    page = stella.get(PAGE).text
    assert re.findall(r"\sstyle=|<style|\son\w+=|javascript:", page) == []
    assert re.findall(r'(?:src|href|srcset|action)="(?:https?:)?//', page) == []
    assert re.findall(r"<script(?![^>]*\ssrc=)", page) == []


def test_a_table_has_caption_scopes_and_labels_for_cards(stella: Client) -> None:
    page = stella.get(PAGE).text
    assert page.count('<th scope="col"') == 10
    assert page.count('<th scope="row"') == 11
    assert page.count("<caption") == 2
    assert 'data-label="Played a video"' in page


def test_what_is_not_known_is_not_shown_as_zero(stella: Client) -> None:
    assert '<span aria-hidden="true">–</span><span class="unseen">not known</span>' in stella.get(PAGE).text


def test_a_failed_update_is_told_with_the_freshness(stella: Client) -> None:
    page = stella.get(f"{PAGE}?failed=1").text
    assert "The last update failed; these are the last good numbers." in page


def test_paging_keeps_the_other_parameters(stella: Client) -> None:
    page = stella.get(f"{PAGE}?from=2026-09-01").text
    assert 'href="?from=2026-09-01&amp;page=2#courses"' in page


def test_a_sparkline_says_its_numbers() -> None:
    assert 'aria-label="By week: 3, 0, 1,200"' in sparkline((3, 0, 1200), label="By week")


def test_a_sparkline_of_nothing_is_nothing() -> None:
    assert sparkline((), label="By week") == ""


def test_a_sparkline_of_zeros_lies_on_the_ground() -> None:
    assert 'points="3,19 93,19"' in sparkline((0, 0), label="By week")
