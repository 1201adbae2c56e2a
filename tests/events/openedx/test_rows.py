"""Whole lines as rows of the event table; the edge cases of the fixtures against what is known of them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from staffroom.events.openedx.lines import Unusable
from staffroom.events.openedx.rows import LineParser
from staffroom.events.schema import ACTIONS, EVENT_COLUMNS, PAGE_KINDS
from staffroom.intake.reading import LineReader

EDGE = Path(__file__).parents[1] / "fixtures" / "edge"
KEY = "course-v1:EdgeX+E1+2024"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse(line: bytes, zone: str = "UTC") -> dict[str, Any]:
    row = LineParser("openedx", ZoneInfo(zone)).row(line)
    named = dict(zip((column.name for column in EVENT_COLUMNS), row, strict=True))
    named["happened_at"] = EPOCH + timedelta(microseconds=named["happened_at"])
    named["day"] = (EPOCH + timedelta(days=named["day"])).date().isoformat()
    return named


def said(line: bytes, zone: str = "UTC") -> dict[str, Any]:
    """The row without its identity and without what is null."""
    return {
        name: value for name, value in parse(line, zone).items() if value is not None and name != "event_id"
    }


def edge(name: str) -> tuple[list[dict[str, Any]], Counter[str]]:
    rows, reasons = [], Counter[str]()
    for lines in LineReader(EDGE / name):
        for line in lines.lines:
            try:
                rows.append(parse(line))
            except Unusable as unusable:
                reasons[unusable.reason] += 1
    return rows, reasons


def expected(name: str) -> list[list[str]]:
    with (EDGE / name).open(encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_a_video_event_in_full() -> None:
    line = b"""{"username": " ana ", "event_source": "browser", "event_type": "seek_video",
        "name": "edx.video.position.changed", "ip": "192.0.2.7", "agent": "Browser/1.0", "host": "h",
        "session": "abc", "time": "2024-01-05T02:30:00.5+00:00",
        "page": "https://h/courses/course-v1:EdgeX+E1+2024/courseware/w1/s1/2/", "referer": "https://h/dashboard/",
        "event": "{\\"id\\": \\"v1\\", \\"old_time\\": 1, \\"new_time\\": 2.5, \\"duration\\": 60,
        \\"code\\": \\"html5\\"}",
        "context": {"course_id": "course-v1:EdgeX+E1+2024", "org_id": "EdgeX", "user_id": 7, "path": "/event",
            "course_user_tags": {}, "module": {"display_name": "Film", "usage_key": "k"}}}"""
    assert said(line.replace(b"\n", b" "), "America/Santiago") == {
        "source": "openedx",
        "day": "2024-01-04",
        "happened_at": datetime(2024, 1, 5, 2, 30, 0, 500_000, UTC),
        "action": "seek",
        "event_type": "seek_video",
        "emitted_by": "browser",
        "course_id": KEY,
        "course_from": "context",
        "learner_id": "7",
        "actor_id": "7",
        "username": "ana",
        "object_id": "v1",
        "object_name": "Film",
        "page_kind": "unit",
        "section_ref": "w1",
        "subsection_ref": "s1",
        "unit_position": 2,
        "referer_kind": "dashboard",
        "position_seconds": 1.0,
        "target_seconds": 2.5,
        "duration_seconds": 60.0,
        "session_id": "abc",
        "ip": "192.0.2.7",
        "agent": "Browser/1.0",
        "page": "https://h/courses/course-v1:EdgeX+E1+2024/courseware/w1/s1/2/",
        "referer": "https://h/dashboard/",
        "payload": '{"code":"html5","duration":60,"id":"v1","new_time":2.5,"old_time":1}',
        "context": '{"module":{"display_name":"Film","usage_key":"k"}}',
    }


def test_an_enrolment_is_told_by_its_payload_and_done_by_who_is_signed_in() -> None:
    line = b"""{"event_source": "server", "event_type": "edx.course.enrollment.activated",
        "time": "2024-01-05", "event": {"course_id": "course-v1:A+B+C", "user_id": 9, "mode": "audit"},
        "context": {"course_id": "course-v1:X+Y+Z", "user_id": "1"}}"""
    row = parse(line)
    assert (row["course_id"], row["course_from"]) == ("course-v1:A+B+C", "payload")
    assert (row["learner_id"], row["actor_id"], row["action"], row["mode"]) == ("9", "1", "enrol", "audit")


def test_a_request_for_a_page_is_a_view() -> None:
    line = b"""{"event_source": "server", "event_type": "/courses/course-v1:A+B+C/courseware/w1/s1/",
        "time": "2024-01-05", "event": "{}", "context": {"course_id": "", "user_id": 7}}"""
    row = parse(line)
    assert (row["action"], row["page_kind"], row["course_id"], row["course_from"]) == (
        "view", "unit", "course-v1:A+B+C", "address",
    )  # fmt: skip


def test_a_move_says_nothing_of_the_unit_moved_to_but_its_position() -> None:
    sequence, unit = (f"block-v1:A+B+C+type@{kind}+block@x" for kind in ("sequential", "vertical"))
    event = {
        "event_source": "browser",
        "event_type": "edx.ui.lms.sequence.next_selected",
        "time": "2024-01-05",
        "page": f"https://apps.h/learning/course/course-v1:A+B+C/{sequence}/{unit}",
        "event": {"id": unit, "current_tab": 1, "tab_count": 3},
        "context": {},
    }
    row = parse(json.dumps(event).encode())
    assert (row["action"], row["unit_ref"], row["unit_position"]) == ("go_next", None, 2)
    assert row["subsection_ref"] == sequence
    assert (row["course_id"], row["course_from"]) == ("course-v1:A+B+C", "address")


@pytest.mark.parametrize("wild", ["5", "true", "[]", "{}", '{"a": [1]}', "1.5", "null", '""'])
@pytest.mark.parametrize(
    "field",
    [
        "username",
        "event_source",
        "event_type",
        "name",
        "event",
        "page",
        "referer",
        "session",
        "ip",
        "agent",
        "context",
    ],
)
def test_a_field_of_any_type_is_null_where_it_cannot_be_used(field: str, wild: str) -> None:
    row = said(f'{{"time": "2024-01-05", "{field}": {wild}}}'.encode())
    row.pop("payload", None)
    row.pop("context", None)
    verbatim = ("event_type", "page", "referer", "session_id", "ip", "agent")
    allowed = dict.fromkeys(verbatim, "") if wild == '""' else {}
    assert (
        row.items()
        <= {
            "source": "openedx",
            "day": "2024-01-05",
            "happened_at": EPOCH.replace(2024, 1, 5),
            **allowed,
        }.items()
    )


@pytest.mark.parametrize("wild", ["5", "true", "[]", "{}", "1.5", '" "', '"\\u0000"'])
@pytest.mark.parametrize(
    "event_type", ["play_video", "seq_next", "seek_video", "edx.course.enrollment.activated", "problem_check"]
)
def test_values_of_any_type_in_a_payload_do_no_harm(event_type: str, wild: str) -> None:
    names = (
        "id currentTime old_time new_time duration code old new tab_count mode user_id course_id problem_id"
    )
    payload = ", ".join(f'"{name}": {wild}' for name in [*names.split(), "success"])
    context = ", ".join(f'"{name}": {wild}' for name in ("user_id", "course_id", "module"))
    line = f"""{{"time": "2024-01-05", "event_source": "server", "event_type": "{event_type}",
        "event": {{{payload}}}, "context": {{{context}}}}}"""
    assert parse(line.encode())["event_type"] == event_type


def test_every_word_of_the_vocabularies_is_explained() -> None:
    rows, _ = edge("tracking.log-20240105.gz")
    assert {row["action"] for row in rows} - {None} <= ACTIONS.keys()
    assert {row["page_kind"] for row in rows} - {None} <= PAGE_KINDS.keys()


def test_edge_lines_are_events_or_have_a_reason() -> None:
    rows, reasons = edge("tracking.log-20240105.gz")
    assert reasons == {"blank": 1, "not_json": 3, "not_an_object": 1, "no_time": 4, "impossible_time": 1}
    assert len(rows) + reasons.total() == 234


def test_lines_that_crashed_the_reference_are_events_or_have_a_reason() -> None:
    rows, reasons = edge("crash_lines.log")
    assert reasons == {"not_an_object": 3, "impossible_time": 1}
    assert [(row["username"], row["event_type"], row["learner_id"]) for row in rows] == [
        (None, "edx.forum.thread.created", "9203"),
        ("cat_13", None, "9413"),
        ("edge_user", None, "9451"),
        ("pay_05", "problem_check", "9505"),
    ]


def test_edge_events_of_each_day_are_as_many_as_the_reference_counted() -> None:
    rows, _ = edge("tracking.log-20240105.gz")
    days = Counter(row["day"] for row in rows if "2024-01-01" <= row["day"] < "2024-01-11")
    assert days == {day: int(count) for day, count in expected("total_events.tsv")}


def test_edge_enrolments_are_those_of_the_reference() -> None:
    rows, _ = edge("tracking.log-20240105.gz")
    words = {"enrol": "activated", "unenrol": "deactivated", "change_mode": "mode_changed"}
    found = sorted(
        [
            row["course_id"],
            row["learner_id"],
            row["happened_at"].isoformat(timespec="microseconds")[:26],
            f"edx.course.enrollment.{words[row['action']]}",
            row["mode"],
        ]
        for row in rows
        if row["action"] in words
        and None not in (row["course_id"], row["learner_id"], row["mode"])
        and row["day"] < "2024-01-11"
    )
    assert found == sorted(expected("course_enrollment_events.tsv"))


def test_edge_activity_is_that_of_the_reference() -> None:
    rows, _ = edge("tracking.log-20240105.gz")
    labels = Counter[tuple[str, str, str, str]]()
    for row in rows:
        enrolment = (row["event_type"] or "").startswith("edx.course.enrollment.")
        counted = row["learner_id"] and row["course_id"] and row["emitted_by"] != "task" and not enrolment
        if not counted or not "2024-01-01" <= row["day"] < "2024-01-11":
            continue
        labels[row["learner_id"], row["course_id"], row["day"], "ACTIVE"] += 1
        label = {"attempt": "ATTEMPTED_PROBLEM", "post": "POSTED_FORUM", "play": "PLAYED_VIDEO"}.get(
            row["action"]
        )
        recorders = ("browser", "mobile") if label == "PLAYED_VIDEO" else ("server",)
        if label and row["emitted_by"] in recorders:
            labels[row["learner_id"], row["course_id"], row["day"], label] += 1
    reference = {
        (user, course, day, label): int(count)
        for user, course, day, label, count in expected("user_activity_by_user.tsv")
    }
    assert dict(labels) == reference
