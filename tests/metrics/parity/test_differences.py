"""The right answer wherever ours differs on purpose: the closed list of docs/developers/parity.md.

Each test is named there; a difference without a test, or a test without a difference, fails the last one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.metrics.compute import compute
from staffroom.metrics.store import open_published
from tests.metrics.instances import ingested
from tests.metrics.logs import COURSE, MONDAY, enrolment, line, page, video, write_log
from tests.metrics.reading import everything

AS_OF = date(2026, 9, 13)
PARITY = Path(__file__).resolve().parents[3] / "docs" / "developers" / "parity.md"


def computed(root: Path, lines: Iterable[bytes], **options: Any) -> Instance:
    instance = ingested(root, [write_log(root, "tracking.log-20260913", lines)], **options)
    assert not compute(instance, as_of=AS_OF).failed
    return instance


def rows(instance: Instance, table: str, *columns: str) -> list[tuple[Any, ...]]:
    found = everything(open_published(instance.store), table)
    return [tuple(row[column] for column in columns) for row in found]


def test_a_repeated_line_counts_once(tmp_path: Path) -> None:
    once = page("ana", 0, "courseware/s/q/1")
    instance = computed(tmp_path, [once, once, b"syslog prefix " + once])
    assert rows(instance, "events_by_day", "day", "events") == [(date(2026, 9, 7), 1)]


def test_days_are_those_of_the_institution(tmp_path: Path) -> None:
    late = datetime(2026, 9, 8, 2, tzinfo=UTC)
    instance = computed(tmp_path, [page("ana", late, "courseware/s/q/1")], zone="America/Santiago")
    assert rows(instance, "events_by_day", "day", "events") == [(date(2026, 9, 7), 1)]


def test_a_time_with_an_offset_is_converted(tmp_path: Path) -> None:
    instance = computed(tmp_path, [page("ana", 0, "courseware/s/q/1", time="2026-09-07T23:30:00-05:00")])
    assert rows(instance, "events_by_day", "day", "events") == [(date(2026, 9, 8), 1)]


def test_a_clock_that_is_not_set_makes_no_day(tmp_path: Path) -> None:
    times = ("1970-01-01T00:00:07+00:00", "0001-01-01T00:00:00Z", "2100-01-01T00:00:00Z")
    log = [page("ana", 0, "courseware/s/q/1", time=time) for time in times]
    instance = computed(tmp_path, [*log, page("ana", 0, "courseware/s/q/1")])
    assert rows(instance, "events_by_day", "day", "events") == [(date(2026, 9, 7), 1)]
    assert rows(instance, "weekly_activity", "week") == [(date(2026, 9, 7),)]


def test_lines_that_are_no_events_stop_nothing(tmp_path: Path) -> None:
    without_type = line("ana", 0, "page_close").replace(b'"page_close"', b"null")
    instance = computed(tmp_path, [b"[1, 2]\n", b"7\n", b'"text"\n', without_type])
    assert rows(instance, "learner_activity_by_day", "learner_id", "label") == [("1", "active")]


def test_a_user_name_tells_whose_an_event_without_an_id_is(tmp_path: Path) -> None:
    nameless = line("ana", 0, "page_close", context={"course_id": COURSE})
    instance = computed(tmp_path, [nameless])
    assert rows(instance, "learner_activity_by_day", "learner_id") == []
    put_people(instance, [("1", "ana", False)])
    assert rows(instance, "learner_activity_by_day", "learner_id") == [("1",)]


def test_an_absent_user_id_written_out_as_text_is_nobody(tmp_path: Path) -> None:
    log = [
        line("ana", minute, "page_close", context={"course_id": COURSE, "user_id": text})
        for minute, text in enumerate(("None", "null", "NaN", " none\n"))
    ]
    instance = computed(tmp_path, [*log, line("ana", 9, "page_close")])
    assert rows(instance, "learner_activity_by_day", "learner_id") == [("1",)]


def test_staff_are_not_counted(tmp_path: Path) -> None:
    log = [enrolment("tess", 0, "activated", "audit"), *watched("tess"), *watched("ana")]
    instance = computed(tmp_path, log)
    put_people(instance, [("9", "tess", True), ("1", "ana", False)])
    assert rows(instance, "enrolment_summary", "learner_id") == []
    assert rows(instance, "video_summary", "viewers") == [(1,)]


def test_who_joined_before_the_logs_begin_is_counted(tmp_path: Path) -> None:
    """Ana never came; Ben's first record is that he left; Chen's joining is recorded."""
    log = [enrolment("ben", 86_400, "deactivated", "honor"), enrolment("chen", 0, "activated", "audit")]
    instance = ingested(tmp_path, [write_log(tmp_path, "tracking.log-20260913", log)])
    export = "user_id,course_id,created,is_active,mode\n"
    for row in ("1,{},2026-08-31 22:00:00,1,audit", "2,{},2026-09-01,0,honor", "3,{},2026-09-02,1,audit"):
        export += row.format(COURSE) + "\n"
    (tmp_path / "exports" / "student_courseenrollment-20260913.csv").write_text(export, "utf-8")
    ingested(tmp_path, [])
    assert not compute(instance, as_of=date(2026, 9, 8)).failed
    assert rows(instance, "enrolment_by_day", "day", "mode", "enrolled", "joined", "left") == [
        (date(2026, 9, 7), "audit", 2, 1, 0),
        (date(2026, 9, 7), "honor", 1, 0, 0),
        (date(2026, 9, 8), "audit", 2, 0, 0),
        (date(2026, 9, 8), "honor", 0, 0, 1),
    ]
    assert rows(instance, "enrolment_summary", "learner_id", "first_enrolled_at", "is_enrolled") == [
        ("1", datetime(2026, 8, 31, 22, tzinfo=UTC), True),
        ("2", datetime(2026, 9, 1, tzinfo=UTC), False),
        ("3", MONDAY, True),
    ]


def test_the_same_change_of_enrolment_at_the_same_instant_is_one(tmp_path: Path) -> None:
    twice = [enrolment("ana", 0, "activated", "audit")]
    twice.append(twice[0].replace(b'"referer": ""', b'"referer": "https://lms.example/"'))
    instance = computed(tmp_path, twice)
    assert rows(instance, "events_by_day", "events") == [(2,)]
    assert rows(instance, "enrolment_events", "learner_id", "change") == [("1", "activated")]


def test_segments_after_the_end_of_a_video_never_appear(tmp_path: Path) -> None:
    """The length is 19 s, so the last segment is 3; nobody watched it, and somebody reached 20.5 s."""
    payload = {"id": "film", "code": "html5", "duration": 19.6}
    acts = [("play_video", 0), ("pause_video", 3), ("play_video", 20.1), ("pause_video", 20.5)]
    log = [
        line("ana", number, event_type, {**payload, "currentTime": position})
        for number, (event_type, position) in enumerate(acts)
    ]
    instance = computed(tmp_path, log)
    assert rows(instance, "video_timeline", "segment", "viewers") == [(0, 1)]
    assert rows(instance, "video_summary", "viewed_seconds") == [(5,)]


def test_a_viewing_across_two_nights_is_found(tmp_path: Path) -> None:
    play, stop = watched("ana")
    instance = ingested(tmp_path, [write_log(tmp_path, "tracking.log-20260907", [play])])
    compute(instance, as_of=AS_OF)
    write_log(tmp_path / "logs", "tracking.log-20260912", [stop])
    ingested(tmp_path, [])
    compute(instance, as_of=AS_OF)
    assert rows(instance, "video_viewings", "start_seconds", "end_seconds") == [(0.0, 20.0)]


def test_a_weeks_activity_is_kept_for_ever_and_the_running_week_is_marked(tmp_path: Path) -> None:
    """Between the first two visits lie 53 weeks, between the last two 52: these are shown. The record begins
    on a Tuesday, so that its first week is not complete."""
    visits = [
        datetime(2024, 8, 27, tzinfo=UTC),
        datetime(2025, 9, 9, tzinfo=UTC),
        MONDAY + timedelta(weeks=1),
    ]
    log = [page("ana", visit, "info") for visit in visits]
    instance = ingested(tmp_path, [write_log(tmp_path, "tracking.log-20260920", log)])
    compute(instance, as_of=date(2026, 9, 26))
    weeks = rows(instance, "weekly_activity", "week", "active", "is_complete")
    pause = [(date(2025, 9, 8) + timedelta(weeks=number), 0, True) for number in range(1, 53)]
    assert weeks == [
        (date(2024, 8, 26), 1, False),
        (date(2025, 9, 8), 1, True),
        *pause,
        (date(2026, 9, 14), 1, True),
        (date(2026, 9, 21), 0, False),
    ]


def test_a_learner_with_a_long_name_is_engaged_and_one_who_was_renamed_is_one(tmp_path: Path) -> None:
    names = ("ana", "ana.maria.de.los.angeles.fernandez.y.garcia")
    log = [video("ana", number, "play", 0, username=name) for number, name in enumerate(names)]
    instance = computed(tmp_path, log)
    assert rows(instance, "engagement_by_day", "learner_id", "entity_id", "times") == [("1", "film", 2)]


def test_nobody_struggles_without_trying(tmp_path: Path) -> None:
    """Ben tries once without success, so that a ratio without limit is the high one; Ana only watches."""
    tried = {"problem_id": "sum", "success": "incorrect"}
    solved = {"problem_id": "sum", "success": "correct"}
    log = [
        video("ana", 0, "play", 0),
        *(line(who, 60, "problem_check", solved, event_source="server") for who in ("chen", "dara")),
        line("ben", 120, "problem_check", tried, event_source="server"),
    ]
    instance = computed(tmp_path, log)
    segments = rows(instance, "engagement_segments", "learner_id", "segment")
    assert [learner for learner, segment in segments if segment == "struggling"] == ["2"]


def test_the_document_lists_each_of_these_and_no_other() -> None:
    listed = set(re.findall(r"`(test_\w+)`", PARITY.read_text("utf-8")))
    tests = {name for name in globals() if name.startswith("test_")}
    tests.remove("test_the_document_lists_each_of_these_and_no_other")
    assert listed == tests


def watched(who: str) -> tuple[bytes, bytes]:
    return video(who, MONDAY, "play", 0), video(who, 20, "stop", 20)


def put_people(instance: Instance, people: list[tuple[str, str, bool]]) -> None:
    """Deliver the people export and compute."""
    header = "id,username,email,first_name,last_name,is_staff,is_superuser,is_active,date_joined\n"
    body = "".join(
        f"{number},{name},,,,{int(staff)},0,1,2026-01-01 00:00:00\n" for number, name, staff in people
    )
    (instance.root / "exports" / "auth_user-20260913.csv").write_text(header + body, "utf-8")
    ingested(instance.root, [])
    assert not compute(instance, as_of=AS_OF).failed
