"""Which files of a folder are deliveries, and of which days."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from staffroom.errors import DeliveryError
from staffroom.intake.folder import DeliveredFile, list_folder, within
from staffroom.intake.settings import LOG_PATTERN


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_files_that_match_come_in_the_order_of_their_days(tmp_path: Path) -> None:
    put(
        tmp_path,
        "b/tracking.log-20240103.gz",
        "tracking.log-20240104-2",
        "tracking.log-20240104-1.gz",
        "tracking.log",
    )
    put(tmp_path, "tracking.log-20240105.gz.part", ".hidden/tracking.log-20240101", ".tracking.log-20240101")
    listing = list_folder(tmp_path, LOG_PATTERN)
    assert [(file.day.isoformat(), file.name) for file in listing.files] == [
        ("2024-01-03", "b/tracking.log-20240103.gz"),
        ("2024-01-04", "tracking.log-20240104-1.gz"),
        ("2024-01-04", "tracking.log-20240104-2"),
    ]
    assert listing.others == ("tracking.log", "tracking.log-20240105.gz.part")


def test_a_day_that_does_not_exist_is_no_day(tmp_path: Path) -> None:
    put(tmp_path, "tracking.log-20240231")
    (file,) = list_folder(tmp_path, LOG_PATTERN).files
    assert not file.dated


def test_a_pattern_without_a_day_finds_undated_files(tmp_path: Path) -> None:
    put(tmp_path, "events.json")
    (file,) = list_folder(tmp_path, r".*\.json").files
    assert (file.name, file.dated) == ("events.json", False)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="nowhere: cannot be read: No such file or directory"):
        list_folder(tmp_path / "nowhere", LOG_PATTERN)


@pytest.mark.parametrize(
    ("day", "since", "until", "chosen"),
    [
        ("2024-01-03", None, None, True),
        ("2024-01-03", "2024-01-05", None, True),  # files are named by arrival: two days either way
        ("2024-01-02", "2024-01-05", None, False),
        ("2024-01-09", None, "2024-01-07", True),
        ("2024-01-10", None, "2024-01-07", False),
        (None, "2024-01-05", "2024-01-05", True),  # it may hold any day
    ],
)
def test_since_and_until_give_way_by_the_margin(
    day: str | None, since: str | None, until: str | None, chosen: bool
) -> None:
    file = DeliveredFile(date.fromisoformat(day) if day else date.min, "x", Path("x"))
    limits = [date.fromisoformat(text) if text else None for text in (since, until)]
    assert within(file, since=limits[0], until=limits[1], margin=timedelta(days=2)) is chosen


def test_links_that_lead_out_of_the_folder_are_no_deliveries(tmp_path: Path) -> None:
    put(tmp_path, "logs/tracking.log-20240101", "secrets.toml")
    (tmp_path / "logs/tracking.log-20240102").symlink_to(tmp_path / "secrets.toml")
    (tmp_path / "logs/tracking.log-20240103").symlink_to(tmp_path / "logs/tracking.log-20240101")
    (tmp_path / "lent").symlink_to(tmp_path / "logs")
    names = [file.name for file in list_folder(tmp_path / "lent", LOG_PATTERN).files]
    assert names == ["tracking.log-20240101", "tracking.log-20240103"]
