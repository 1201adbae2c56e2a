"""The boundary cases of time on page: what the EOL dashboard gave for each, from its lines to our stays.

Where a defect of it is known, RIGHT holds our answer with the reason; nothing else differs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from staffroom.metrics.compute import compute
from staffroom.metrics.scope import Everything
from staffroom.metrics.store import Published, open_published
from tests.metrics.instances import ingested
from tests.metrics.logs import write_log

FIXTURE = json.loads((Path(__file__).parent / "fixtures" / "own_time_cases.json").read_text("utf-8"))
COURSE = "course-v1:Own+T101+R1"
START = datetime(2024, 1, 5, 8, tzinfo=UTC)
CASES: list[dict[str, Any]] = FIXTURE["cases"]

Stay = dict[str, Any]

RIGHT: dict[str, tuple[str, list[Stay]]] = {
    "next comes from another site's /login after 10 min 1 s": (
        "a sign-in page ends a session on any host, not only on the one that the reference names",
        [{"session": 1, "unit": "1.1.1", "seconds": 600}, {"session": 2, "unit": "1.1.2", "seconds": 60}],
    ),
    "next_selected fired in the middle of a subsection also jumps": (
        "the button for the next unit leads to the next unit of the subsection where there is one",
        [{"session": 1, "unit": "1.1.1", "seconds": 20}, {"session": 1, "unit": "1.1.2", "seconds": 60}],
    ),
    "courseware url without subsection": (
        "an address without a subsection leads to the section's first unit; the reference loses the day",
        [{"session": 1, "unit": "1.1.1", "seconds": 30}],
    ),
}


def lines() -> Iterator[bytes]:
    """Each case as the events of a learner of its own."""
    for number, case in enumerate(CASES, 1):
        for event in case["events"]:
            is_page = event["event_type"].startswith("/")
            record = {
                "username": f"learner_{number}",
                "event_source": "server" if is_page else "browser",
                "event_type": event["event_type"],
                "event": event["event"],
                "referer": event["referer"],
                "page": None if is_page else f"https://lms.example/courses/{COURSE}/courseware/c1/s11/",
                "time": (START + timedelta(seconds=event["t"])).isoformat(),
                "context": {"user_id": number, "course_id": COURSE},
            }
            yield json.dumps(record).encode() + b"\n"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """All cases as one log of one course, whose structure was delivered."""
    root = tmp_path_factory.mktemp("cases")
    (root / "exports").mkdir()
    export = root / "exports" / f"course_blocks-{COURSE}-20240105.json"
    export.write_text(json.dumps(FIXTURE["course_blocks"]), "utf-8")
    instance = ingested(root, [write_log(root, "tracking.log-20240105", lines())])
    assert not compute(instance, as_of=date(2024, 1, 31)).failed
    return open_published(instance.store)


@pytest.mark.parametrize("number", range(1, len(CASES) + 1), ids=lambda number: CASES[number - 1]["case"])
def test_gives_the_observed_stays_or_the_right_ones(published: Published, number: int) -> None:
    case = CASES[number - 1]
    expected = RIGHT[case["case"]][1] if case["case"] in RIGHT else case["observed"]
    assert _stays(published, str(number)) == expected


def test_the_list_of_right_answers_names_only_cases_that_differ() -> None:
    observed = {case["case"]: case["observed"] for case in CASES}
    assert [name for name, (_, right) in RIGHT.items() if observed[name] == right] == []


def _stays(published: Published, learner_id: str) -> list[Stay]:
    rows = published.read(
        "unit_stays", within=Everything(), order_by=("learner_id", "session_number", "stay_number")
    )
    return [
        {
            "session": row["session_number"],
            "unit": _label(row["unit_id"]),
            "seconds": row["seconds"],
        }
        for row in rows.dicts()
        if row["learner_id"] == learner_id
    ]


def _label(unit_id: str) -> str:
    """``1.2.3`` for a usage key that ends with ``v123``."""
    return ".".join(unit_id.rpartition("@v")[2])
