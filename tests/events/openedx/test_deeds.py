"""What was done: videos, moves between units, attempts, posts, enrolments."""

from __future__ import annotations

from typing import Any

import pytest

from staffroom.events.openedx.deeds import LONGEST_PROBLEM_ID, particulars
from staffroom.events.openedx.particulars import NOTHING, Particulars
from staffroom.events.openedx.videos import duration, offset

NEXT, PREVIOUS = "edx.ui.lms.sequence.next_selected", "edx.ui.lms.sequence.previous_selected"
UNIT = "block-v1:A+B+C+type@vertical+block@u1"


@pytest.mark.parametrize(
    ("recorded", "seconds"),
    [
        (0, 0.0),
        (10.24, 10.24),
        ("3.5", 3.5),
        (" 7 ", 7.0),
        (True, 1.0),
        (False, 0.0),
        (36000, 36000.0),
        (-0.0, 0.0),
        (None, None),
        (-1, None),
        (36000.1, None),
        ("nan", None),
        ("inf", None),
        ("abc", None),
        ("", None),
        ("1_0", None),
        (float("nan"), None),
        (10**400, None),
        ([1], None),
        ({}, None),
    ],
)
def test_an_offset_is_a_number_of_seconds_within_ten_hours(recorded: object, seconds: float | None) -> None:
    assert offset(recorded) == seconds
    assert str(offset(recorded)) != "-0.0"


@pytest.mark.parametrize(
    ("recorded", "seconds"),
    [(100, 100.0), ("64.5", 64.5), (50_000, 50_000.0), (0, None), (None, None), ("", None), (-5, None)],
)
def test_a_duration_that_is_not_known_is_null(recorded: object, seconds: float | None) -> None:
    assert duration(recorded) == seconds


@pytest.mark.parametrize(
    ("event_type", "payload", "said"),
    [
        (
            "play_video",
            {"id": " vid1 ", "currentTime": "3.5", "duration": 100, "code": "dQw4w9WgXcQ"},
            Particulars(
                "play", "vid1", position_seconds=3.5, duration_seconds=100.0, video_code="dQw4w9WgXcQ"
            ),
        ),
        ("play_video", {"id": "", "code": "html5"}, Particulars("play")),
        ("play_video", {"id": 5, "currentTime": None, "code": "mobile"}, Particulars("play")),
        ("play_video", {}, Particulars("play")),
        (
            "pause_video",
            {"id": "v", "currentTime": 9, "code": "hls"},
            Particulars("pause", "v", position_seconds=9.0),
        ),
        ("pause_video", {"id": "v"}, Particulars("pause", "v", position_seconds=0.0)),
        ("pause_video", {"id": "v", "currentTime": None}, Particulars("pause", "v")),
        ("stop_video", {"id": "v"}, Particulars("stop", "v")),
        (
            "seek_video",
            {"id": "v", "old_time": 5, "new_time": 50},
            Particulars("seek", "v", position_seconds=5.0, target_seconds=50.0),
        ),
        ("seek_video", {"id": "v", "old_time": 7}, Particulars("seek", "v", position_seconds=7.0)),
        ("load_video", {"id": "v", "duration": 60}, Particulars(None, "v", duration_seconds=60.0)),
        (
            "edx.video.played",
            {"module_id": "v", "current_time": 4},
            Particulars("play", "v", position_seconds=4.0),
        ),
        ("speed_change_video", {"id": "v"}, NOTHING),
    ],
)
def test_videos(event_type: str, payload: dict[str, Any], said: Particulars) -> None:
    assert particulars(event_type, "browser", payload) == said


@pytest.mark.parametrize(
    ("event_type", "payload", "said"),
    [
        ("seq_next", {"id": "s", "old": 1, "new": 2}, Particulars("go_next", "s", "s", 2, 1)),
        ("seq_next", {"id": "s", "old": "1", "new": 2.0}, Particulars("go_next", "s", "s", 2, 1)),
        ("seq_next", {"id": "s", "old": 1, "new": 3}, Particulars(None, "s", "s", 3, 1)),
        ("seq_next", {"id": "s"}, Particulars(None, "s", "s")),
        ("seq_prev", {"id": "s", "old": 2, "new": 1}, Particulars("go_previous", "s", "s", 1, 2)),
        ("seq_prev", {"id": "s", "old": 1, "new": 0}, Particulars(None, "s", "s", None, 1)),
        ("seq_goto", {"id": "s", "old": 1, "new": 7}, Particulars("go_to", "s", "s", 7, 1)),
        ("seq_goto", {"id": "s", "new": "x"}, Particulars(None, "s", "s")),
        (NEXT, {"id": "s", "current_tab": 2, "tab_count": 5}, Particulars("go_next", "s", "s", 3, 2, 5)),
        (
            NEXT,
            {"id": "s", "current_tab": 5, "tab_count": 5},
            Particulars("leave_next", "s", "s", None, 5, 5),
        ),
        (NEXT, {"id": "s"}, Particulars("leave_next", "s", "s")),
        (
            PREVIOUS,
            {"id": "s", "current_tab": 2, "tab_count": 5},
            Particulars("go_previous", "s", "s", 1, 2, 5),
        ),
        (
            PREVIOUS,
            {"id": "s", "current_tab": 1, "tab_count": 5},
            Particulars("leave_previous", "s", "s", None, 1, 5),
        ),
        (NEXT, {"id": UNIT, "current_tab": 1, "tab_count": 2}, Particulars("go_next", UNIT, None, 2, 1, 2)),
        (
            "edx.ui.lms.sequence.tab_selected",
            {"id": "s", "current_tab": 1, "target_tab": 4, "tab_count": 5},
            Particulars("go_to", "s", "s", 4, 1, 5),
        ),
    ],
)
def test_moves_between_units(event_type: str, payload: dict[str, Any], said: Particulars) -> None:
    assert particulars(event_type, "browser", payload) == said


@pytest.mark.parametrize(
    ("event_type", "emitted_by", "payload", "said"),
    [
        (
            "problem_check",
            "server",
            {"problem_id": " p ", "success": "CORRECT"},
            Particulars("attempt", " p ", outcome="correct"),
        ),
        (
            "problem_check",
            "server",
            {"problem_id": "q" * 300},
            Particulars("attempt", "q" * LONGEST_PROBLEM_ID),
        ),
        ("problem_check", "server", {"problem_id": "", "success": 1}, Particulars("attempt")),
        ("problem_check", "server", {}, Particulars("attempt")),
        ("problem_check", "browser", {"problem_id": "p"}, NOTHING),
        ("problem_check", None, {"problem_id": "p"}, NOTHING),
        ("edx.forum.thread.created", "server", {"commentable_id": "c"}, Particulars("post", "c")),
        ("edx.forum.comment.created", "server", {}, Particulars("post")),
        ("edx.forum.thread.created", "browser", {"commentable_id": "c"}, Particulars("post", "c")),
        ("edx.forum.thread.viewed", "server", {"commentable_id": "c"}, NOTHING),
        ("edx.course.enrollment.activated", "browser", {"mode": "audit"}, Particulars("enrol", mode="audit")),
        ("edx.course.enrollment.deactivated", "server", {"mode": ""}, Particulars("unenrol", mode="")),
        ("edx.course.enrollment.mode_changed", "server", {"mode": None}, Particulars("change_mode")),
        ("edx.course.enrollment.upgrade.clicked", "browser", {"mode": "audit"}, NOTHING),
        ("page_close", "browser", {}, Particulars("close_page")),
        ("x.y.z", "server", {"id": "v"}, NOTHING),
        ("", "server", {}, NOTHING),
    ],
)
def test_other_deeds(
    event_type: str, emitted_by: str | None, payload: dict[str, Any], said: Particulars
) -> None:
    assert particulars(event_type, emitted_by, payload) == said
