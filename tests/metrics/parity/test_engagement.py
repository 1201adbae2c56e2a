"""What learners worked on, what is usual for a course, and who stands out: as the edX pipeline has it.

Left out of the comparison is what differs on purpose (docs/developers/parity.md): names that the reference is
too short for, events without a name, and learners whom it calls struggling without a single attempt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from staffroom.config import Instance
from staffroom.events.ingest import ingest
from staffroom.metrics.compute import compute
from staffroom.metrics.store import Published, open_published
from staffroom.tally import Silent
from tests.metrics.instances import instance_in
from tests.metrics.parity.accounts import accounts, write_accounts
from tests.metrics.parity.reference import FIRST_DAY, FIXTURES, LAST_DAY, Row, expected
from tests.metrics.reading import everything

Names = Mapping[str, str]
NOT_IN_THE_REFERENCE = {"edge": {"9202", "x" * 31}, "small20k": set[str]()}
RATIO = {"attempts_per_completed": "problem_attempts_per_completed"}


@pytest.fixture(scope="module", params=["small20k", "edge"])
def log(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Instance, Names]:
    """One of the two logs, ingested with the accounts that it names."""
    folder: str = request.param
    logs = sorted((FIXTURES / folder / "input").glob("*.gz"))
    instance = instance_in(tmp_path_factory.mktemp(folder))
    names = accounts(logs)
    write_accounts(instance.root / "exports" / "auth_user-20240112.csv", names)
    for path in logs:
        (instance.root / "logs" / path.name).write_bytes(path.read_bytes())
    ingest(instance, processes=1, progress=Silent())
    return folder, instance, names


def test_deeds_equal_the_reference_row_for_row(log: tuple[str, Instance, Names]) -> None:
    folder, instance, names = log
    ours = Counter(_deeds(_computed(instance, LAST_DAY), names))
    theirs = Counter((*row[:6], float(row[6])) for row in expected(folder, "module_engagement").elements())
    assert theirs - ours == Counter()
    assert {row[1] for row in ours - theirs} == NOT_IN_THE_REFERENCE[folder]


@pytest.mark.parametrize("as_of", [date(2024, 1, 7), LAST_DAY])
def test_weeks_and_ranges_equal_the_reference(log: tuple[str, Instance, Names], as_of: date) -> None:
    folder, instance, names = log
    published, end = _computed(instance, as_of), as_of + timedelta(days=1)
    ours = Counter(_weeks(published, names))
    theirs = Counter(map(_numbers, expected(folder, f"module_engagement_summary_{end}").elements()))
    assert theirs - ours == Counter()
    assert {row[1] for row in ours - theirs} == NOT_IN_THE_REFERENCE[folder]
    ranges = Counter(map(_numbers, expected(folder, f"module_engagement_metric_ranges_{end}").elements()))
    assert Counter(_ranges(published)) == ranges


@pytest.mark.parametrize("as_of", [date(2024, 1, 7), LAST_DAY])
def test_those_who_stand_out_are_those_of_the_reference_who_tried(
    log: tuple[str, Instance, Names], as_of: date
) -> None:
    folder, instance, names = log
    published, end = _computed(instance, as_of), as_of + timedelta(days=1)
    tried = {row[:2] for row in _weeks(published, names) if row[4] > 0}
    theirs = {
        (row[0], row[1], row[4], measure)
        for row in expected(folder, f"module_engagement_user_segments_{end}")
        for measure in row[5].split(",")
        if row[4] != "struggling" or row[:2] in tried
    }
    ours = {row for row in _segments(published, names) if row[1] not in NOT_IN_THE_REFERENCE[folder]}
    assert ours == theirs


def _computed(instance: Instance, as_of: date) -> Published:
    assert not compute(instance, as_of=as_of).failed
    return open_published(instance.store)


def _name(names: Names, row: Mapping[str, Any]) -> str:
    return names.get(row["learner_id"], row["learner_id"])


def _deeds(published: Published, names: Names) -> Iterator[Row]:
    for row in everything(published, "engagement_by_day"):
        if FIRST_DAY <= row["day"] <= LAST_DAY:
            what = row["entity_type"], row["entity_id"], row["deed"]
            yield row["course_id"], _name(names, row), row["day"].isoformat(), *what, float(row["times"])


def _weeks(published: Published, names: Names) -> Iterator[Row]:
    for row in everything(published, "engagement_recent"):
        if row["weeks_ago"] == 0:
            yield _numbers(
                (
                    row["course_id"],
                    _name(names, row),
                    row["starts_on"].isoformat(),
                    (row["ends_on"] + timedelta(days=1)).isoformat(),
                    row["problem_attempts"],
                    row["problems_attempted"],
                    row["problems_completed"],
                    _without_limit(row["attempts_per_completed"]),
                    row["videos_viewed"],
                    row["discussion_contributions"],
                    row["days_active"],
                )
            )


def _ranges(published: Published) -> Iterator[Row]:
    for row in everything(published, "engagement_ranges"):
        yield _numbers(
            (
                row["course_id"],
                row["starts_on"].isoformat(),
                (row["ends_on"] + timedelta(days=1)).isoformat(),
                RATIO.get(row["measure"], row["measure"]),
                row["range_type"],
                _without_limit(row["low_value"]),
                _without_limit(row["high_value"]),
            )
        )


def _segments(published: Published, names: Names) -> Iterator[tuple[str, str, str, str]]:
    for row in everything(published, "engagement_segments"):
        measure = RATIO.get(row["measure"], row["measure"])
        yield row["course_id"], _name(names, row), row["segment"], measure


def _without_limit(value: float | None) -> float:
    return float("inf") if value is None else value


def _numbers(row: Row) -> Row:
    """Numbers to nine decimals, whether printed or not; user names stay texts."""
    return (*row[:4], *(round(float(value), 9) if _is_number(value) else value for value in row[4:]))


def _is_number(value: object) -> bool:
    try:
        float(str(value))
    except ValueError:
        return False
    return True
