"""``staffroom metrics …``, from its options to its last line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from staffroom.cli import main
from staffroom.metrics.catalogue import METRICS
from tests.metrics.instances import ingested
from tests.metrics.logs import COURSE, OTHER_RUN, small_log, write_log

SETTINGS = """
[institution]
time_zone = "UTC"

[[sources]]
name = "openedx"
logs = "logs"
exports = "exports"
"""


@pytest.fixture
def folder(tmp_path: Path) -> str:
    """An instance with the small log taken in."""
    instance = ingested(tmp_path / "instance", [write_log(tmp_path, "tracking.log-20260930", small_log())])
    (instance.root / "staffroom.toml").write_text(SETTINGS, "utf-8")
    return f"--instance={instance.root}"


def test_compute_says_what_it_did(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "compute", folder, "--quiet", "--as-of=2026-09-30"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith("metrics: read 19, kept 19, repeated 0, skipped 0. version: ")


def test_computing_again_carries_and_rebuilding_does_not(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for verb, counts in (("compute", (19, 0)), ("compute", (0, 19)), ("rebuild", (19, 0))):
        assert main(["metrics", verb, folder, "--json", "--as-of=2026-09-30"]) == 0
        result = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (result["kept"], result["repeated"]) == counts


def test_show_prints_a_courses_rows_as_csv(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["metrics", "compute", folder, "--quiet", "--as-of=2026-09-13"])
    capsys.readouterr()
    assert main(["metrics", "show", "weekly_activity", f"--course={OTHER_RUN}", folder]) == 0
    assert main(["metrics", "show", "weekly_activity", f"--course={COURSE}", folder]) == 0
    header = "course_id,week,active,attempted_problem,played_video,posted_forum,enrolled,is_complete"
    assert capsys.readouterr().out.splitlines() == [header, header, f"{COURSE},2026-09-07,5,5,5,0,5,true"]


def test_list_says_how_fresh_each_metric_is(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    main(["metrics", "compute", folder, "--quiet", "--only=events_by_day", "--as-of=2026-09-13"])
    capsys.readouterr()
    assert main(["metrics", "list", folder]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(METRICS)
    assert lines[0] == "events_by_day             through 2026-09-08  How many events were recorded each day?"
    assert "not published" in lines[1]


def test_a_name_that_is_no_metric_or_course_is_told(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metrics", "show", "weekly", folder]) == 1
    assert main(["metrics", "compute", folder, "--only=weekly"]) == 1
    assert main(["metrics", "compute", folder, "--course=biology"]) == 1
    told = capsys.readouterr().err.splitlines()
    assert [line.split(":")[1] for line in told] == [" metric weekly", " metric weekly", " course 'biology'"]


def test_a_course_that_nothing_names_fails_and_publishes_nothing(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["metrics", "compute", folder, "--quiet", "--course=course-v1:Lake+BIO+1999"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("staffroom: course 'course-v1:Lake+BIO+1999': is named by no event and no ")
