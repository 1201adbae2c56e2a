"""Charts as SVG: in their own process, in the reader's language, kept, and under their own policy."""

from __future__ import annotations

import os
import signal
import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from django.utils import translation

from staffroom.config import Instance
from staffroom.web.artist import Artist, DrawingFailed
from staffroom.web.chart_marks import amount_axis, day_axis, lines
from staffroom.web.charts import Chart
from staffroom.web.drawing import forget_charts, order

SVG = "/developers/components/weeks.svg"
NAMESPACE = "{http://www.w3.org/2000/svg}"
VALUES = [{"day": f"2026-08-{day:02}", "n": day * 1000, "what": "Active"} for day in (3, 10, 17)]


def chart() -> Chart:
    return Chart(
        title="A <title>",
        description="It rises & rises.",
        spec=lines(
            VALUES,
            x=day_axis("day", VALUES),
            y=amount_axis("n", "Learners", VALUES),
            series="what",
        ),
    )


def test_a_chart_has_title_description_and_its_own_dark_rule(stella: Client) -> None:
    root = ET.fromstring(stella.get(SVG).content)
    title, description = root.find(f"{NAMESPACE}title"), root.find(f"{NAMESPACE}desc")
    style = root.find(f"{NAMESPACE}style")
    assert title is not None and description is not None and style is not None
    assert title.text == "Active learners and those who played a video, by week"
    assert root.attrib["aria-labelledby"] == f"{title.attrib['id']} {description.attrib['id']}"
    assert "prefers-color-scheme:dark" in (style.text or "")
    assert (root.attrib["width"], root.attrib["height"]) == ("480", "240")


def test_no_other_colours_than_those_with_a_dark_twin_are_used(stella: Client) -> None:
    from staffroom.web.chart_theme import PALETTE

    root = ET.fromstring(stella.get(SVG).content)
    used = {node.get(name) for node in root.iter() for name in ("fill", "stroke")}
    assert used - {None, "none", "transparent"} <= set(PALETTE)


def test_the_narrow_chart_is_drawn_for_phones(stella: Client) -> None:
    root = ET.fromstring(stella.get(f"{SVG}?width=narrow").content)
    assert root.attrib["width"] == "350"


def test_a_chart_is_answered_under_a_policy_of_its_own(stella: Client) -> None:
    response = stella.get(SVG)
    assert response.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    )


def test_a_browser_that_has_the_chart_is_told_so(stella: Client) -> None:
    first = stella.get(SVG)
    again = stella.get(SVG, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_drawn_chart_is_kept_and_can_be_forgotten(stella: Client, instance: Instance) -> None:
    drawn = stella.get(SVG).content
    kept = list((instance.cache / "charts").rglob("*.svg"))
    assert [path.read_bytes() for path in kept] == [drawn]
    assert forget_charts(instance.cache) == 0
    assert forget_charts(instance.cache, older_than_seconds=0) == 1
    assert not list((instance.cache / "charts").rglob("*.svg"))


def test_where_nothing_can_be_kept_it_is_drawn_all_the_same(stella: Client, instance: Instance) -> None:
    instance.cache.write_text("a file where a folder should be")
    assert stella.get(SVG).status_code == 200


def test_numbers_and_dates_follow_the_readers_language() -> None:
    with translation.override("en"):
        english = Artist().draw(order(chart(), 480))
    with translation.override("es"):
        spanish = Artist().draw(order(chart(), 480))
    assert "15,000" in english and "3 Aug" in english
    assert "15\xa0000" in spanish and "3 ago" in spanish


def test_in_right_to_left_pages_the_frame_mirrors_but_not_the_time() -> None:
    with translation.override("ar"):
        spec = order(chart(), 480)["spec"]
    assert spec["config"]["axisY"]["orient"] == "right"
    assert "sort" not in spec["encoding"]["x"]


def test_a_dead_drawing_process_is_started_again() -> None:
    artist = Artist()
    first = artist.draw(order(chart(), 480))
    assert artist._child is not None
    os.kill(artist._child.pid, signal.SIGKILL)
    artist._child.wait()
    assert artist.draw(order(chart(), 480)) == first
    artist.stop()


def test_a_chart_that_cannot_be_drawn_says_only_its_errors_class() -> None:
    artist = Artist()
    wanted = {**order(chart(), 480), "spec": {"mark": "secret name", "encoding": 7}}
    with pytest.raises(DrawingFailed) as caught:
        artist.draw(wanted)
    assert "secret" not in str(caught.value)
    assert artist.draw(order(chart(), 480)).startswith("<svg")
    artist.stop()


def test_a_process_that_cannot_start_is_an_error_not_a_wait() -> None:
    with pytest.raises(DrawingFailed):
        Artist(("false",)).draw(order(chart(), 480))
