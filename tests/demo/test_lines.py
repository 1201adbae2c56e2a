"""What the log holds: every kind of event that a metric reads, in the shape in which an LMS writes it."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from staffroom.demo.term import ZONE
from staffroom.demo.walks import visit_lines
from tests.demo.conftest import Delivered


@pytest.fixture(scope="module")
def events(delivered: Delivered) -> list[dict[str, Any]]:
    university = delivered.university
    visits = [visit for day in university.visits_by_arrival.values() for visit in day]
    changes = [line for day in university.changes_by_arrival.values() for line in day]
    lines = [line for visit in visits for line in visit_lines(university.seed, visit)] + changes
    return [json.loads(text) for _, text in lines]


def test_every_kind_of_event_is_there(events: list[dict[str, Any]]) -> None:
    kinds = {(event["event_type"], event["event_source"]) for event in events}
    sent = {kind for kind in kinds if not kind[0].startswith("/")}
    assert {
        ("edx.course.enrollment.activated", "server"),
        ("edx.course.enrollment.deactivated", "server"),
        ("edx.course.enrollment.mode_changed", "server"),
        ("edx.forum.comment.created", "server"),
        ("edx.forum.response.created", "server"),
        ("edx.forum.thread.created", "server"),
        ("edx.ui.lms.sequence.next_selected", "browser"),
        ("edx.ui.lms.sequence.previous_selected", "browser"),
        ("load_video", "browser"),
        ("load_video", "mobile"),
        ("page_close", "browser"),
        ("pause_video", "browser"),
        ("pause_video", "mobile"),
        ("play_video", "browser"),
        ("play_video", "mobile"),
        ("problem_check", "browser"),
        ("problem_check", "server"),
        ("problem_graded", "browser"),
        ("seek_video", "browser"),
        ("seek_video", "mobile"),
        ("seq_goto", "browser"),
        ("seq_next", "browser"),
        ("seq_prev", "browser"),
        ("stop_video", "browser"),
        ("stop_video", "mobile"),
    } <= sent


def test_browsers_send_text_and_phones_and_servers_objects(events: list[dict[str, Any]]) -> None:
    shapes = {
        (event["event_source"], event["event_type"].startswith("/"), type(event["event"]).__name__)
        for event in events
    }
    assert shapes == {
        ("browser", False, "str"),
        ("mobile", False, "dict"),
        ("server", False, "dict"),
        ("server", True, "str"),
    }


def test_the_lms_cuts_posted_forms_at_512_characters(events: list[dict[str, Any]]) -> None:
    posted = [len(event["event"]) for event in events if '"POST": {"input' in str(event["event"])]
    assert max(posted) == 512


def test_some_visits_cross_midnight_and_some_midnight_utc(delivered: Delivered) -> None:
    crossed: Counter[str] = Counter()
    for visits in delivered.university.visits_by_arrival.values():
        for visit in visits:
            lines = visit_lines(delivered.university.seed, visit)
            first, last = (datetime.fromtimestamp(at / 1e6, UTC) for at in (lines[0][0], lines[-1][0]))
            crossed["UTC"] += first.date() != last.date()
            crossed["institution"] += first.astimezone(ZONE).date() != last.astimezone(ZONE).date()
    assert crossed["UTC"] > 0 < crossed["institution"]


def test_the_learning_app_leaves_the_course_to_the_address(events: list[dict[str, Any]]) -> None:
    frames = [event for event in events if event["event_type"].startswith("/xblock/")]
    assert frames
    assert {event["context"]["course_id"] for event in frames} == {""}
    assert all(event["event_type"].removeprefix("/xblock/") in event["referer"] for event in frames)
