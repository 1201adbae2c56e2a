"""What arrives in pieces, twice or late counts as if it had come at once: the cases in which others drift."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from staffroom.metrics.compute import compute
from staffroom.metrics.store import open_published
from tests.metrics.instances import ingested
from tests.metrics.logs import enrolment, page, video, write_log
from tests.metrics.reading import everything
from tests.metrics.test_order import AS_OF


def night_by_night(root: Path, *nights: list[bytes]) -> None:
    """Each night's lines are delivered, taken in and computed before the next come."""
    for number, lines in enumerate(nights, 1):
        (root / "delivered").mkdir(exist_ok=True)
        instance = ingested(root, [write_log(root / "delivered", f"tracking.log-202609{number:02d}", lines)])
        compute(instance, as_of=AS_OF)


def rows(root: Path, table: str, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in columns) for row in everything(open_published(root / "store"), table)]


def test_a_play_and_its_pause_in_two_deliveries_are_one_viewing(tmp_path: Path) -> None:
    night_by_night(tmp_path, [video("ana", 0, "play", 0)], [video("ana", 20, "pause", 20)])
    assert rows(tmp_path, "video_coverage", "covered_seconds") == [(20,)]


def test_a_stretch_watched_twice_in_two_deliveries_is_a_replay(tmp_path: Path) -> None:
    first = [video("ana", 0, "play", 0), video("ana", 9, "pause", 9)]
    second = [video("ana", 60, "play", 0), video("ana", 69, "pause", 9)]
    night_by_night(tmp_path, first, second)
    assert rows(tmp_path, "video_timeline", "segment", "viewers", "views", "replays") == [
        (0, 1, 2, 1),
        (1, 1, 2, 1),
    ]
    assert rows(tmp_path, "video_coverage", "covered_seconds") == [(9,)]


def test_an_older_change_of_enrolment_that_arrives_late_does_not_undo_a_newer_one(tmp_path: Path) -> None:
    joined = enrolment("ana", 0, "activated", "audit")
    left = enrolment("ana", 60, "deactivated", "audit")
    night_by_night(tmp_path, [left], [joined])
    assert rows(tmp_path, "enrolment_summary", "is_enrolled") == [(False,)]


def test_the_same_files_again_change_nothing(tmp_path: Path) -> None:
    first = [video("ana", 0, "play", 0), video("ana", 9, "pause", 9), page("ana", 30, "courseware/s/q/1")]
    night_by_night(tmp_path, first, first[::-1], first)
    assert rows(tmp_path, "video_summary", "views", "viewed_seconds") == [(1, 10)]
    assert rows(tmp_path, "learner_activity_by_day", "label", "events") == [
        ("active", 3),
        ("played_video", 1),
    ]
