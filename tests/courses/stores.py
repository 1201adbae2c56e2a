"""Small published stores made by the real writer, with numbers that can be added up by eye.

Lake Biology has two sections, three units, two videos and three learners. Its second run is full of markers:
names and numbers that may appear nowhere on a page of the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from staffroom.engines.duck import open_duck
from staffroom.events.catalogue import Store, StoredTable
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.writer import Writer
from tests.cast import LAKE, LAKE_T1, LEGACY, NON_ASCII

Rows = list[dict[str, Any]]

THROUGH = "2024-09-10"
COMPUTED_AT = "2024-09-11T04:10:00+00:00"

COURSE_TABLES: Mapping[str, pa.Schema] = {
    "courses": pa.schema(
        [
            ("course_id", pa.string()),
            ("source", pa.string()),
            ("name", pa.string()),
            ("starts_on", pa.date32()),
            ("ends_on", pa.date32()),
        ]
    ),
    "course_blocks": pa.schema(
        [
            ("course_id", pa.string()),
            ("block_id", pa.string()),
            ("source", pa.string()),
            ("block_type", pa.string()),
            ("name", pa.string()),
            ("parent_id", pa.string()),
            ("ordinal", pa.int64()),
            ("depth", pa.int64()),
            ("section_id", pa.string()),
            ("subsection_id", pa.string()),
            ("unit_id", pa.string()),
            ("section_number", pa.int64()),
            ("subsection_number", pa.int64()),
            ("unit_number", pa.int64()),
            ("unit_count", pa.int64()),
            ("url", pa.string()),
        ]
    ),
    "people": pa.schema(
        [
            ("source", pa.string()),
            ("learner_id", pa.string()),
            ("username", pa.string()),
            ("email", pa.string()),
            ("name", pa.string()),
            ("is_staff", pa.bool_()),
            ("is_active", pa.bool_()),
            ("joined_at", pa.timestamp("us")),
        ]
    ),
}


def publish(root: Path, tables: Mapping[str, Rows], *, problem: str | None = None) -> None:
    """Publish ``tables`` as the next version of the store at ``root``."""
    store = Store(root)
    with store.writing():
        made = {name: _table(store, name, rows, problem) for name, rows in tables.items()}
        store.publish(store.current().with_tables(made))


def _table(store: Store, name: str, rows: Rows, problem: str | None) -> StoredTable:
    if name in COURSE_TABLES:
        path = store.new_path(name, ".parquet")
        pq.write_table(pa.Table.from_pylist(rows, COURSE_TABLES[name]), path)
        return StoredTable((store.describe(path, len(rows)),), computed_at=COMPUTED_AT)
    chosen = metric(name)
    names = [column.name for column in chosen.columns]
    filled = {column: [row.get(column) for row in rows] for column in names}
    connection = open_duck(memory="100MB", threads=1)
    connection.register("given_rows", pa.table(filled))
    files = Writer(store, connection).write(chosen, "given_rows")
    connection.close()
    return StoredTable(files, through=THROUGH, computed_at=COMPUTED_AT, problem=problem)


def block(course: CourseKey, kind: str, short: str) -> str:
    """The usage key of a block."""
    return f"block-v1:{course.removeprefix('course-v1:')}+type@{kind}+block@{short}"


def structure(course: CourseKey, blocks: Iterable[tuple[str, str, str]]) -> Rows:
    """Rows of course_blocks from (kind, short id, name) in the course's order."""
    above: dict[str, str | None] = {"chapter": None, "sequential": None, "vertical": None}
    rows: Rows = []
    for ordinal, (kind, short, name) in enumerate(blocks):
        block_id = block(course, kind, short)
        if kind in above:
            below = list(above)[list(above).index(kind) :]
            above.update(dict.fromkeys(below))
            above[kind] = block_id
        rows.append(
            {
                "course_id": course,
                "block_id": block_id,
                "source": "openedx",
                "block_type": kind,
                "name": name,
                "ordinal": ordinal,
                "section_id": above["chapter"],
                "subsection_id": above["sequential"],
                "unit_id": above["vertical"],
            }
        )
    return rows


def on(day: int) -> date:
    """A day of September 2024."""
    return date(2024, 9, day)


def person(learner_id: str, username: str, name: str) -> dict[str, Any]:
    return {
        "source": "openedx",
        "learner_id": learner_id,
        "username": username,
        "email": f"{username}@learners.example",
        "name": name,
        "is_staff": False,
        "is_active": True,
        "joined_at": datetime(2024, 8, 1, tzinfo=UTC),
    }


def of(course: CourseKey, *rows: Mapping[str, Any]) -> Rows:
    return [{"course_id": course, **row} for row in rows]


def by(learner_id: str, **values: Any) -> dict[str, Any]:
    """A row of one learner."""
    return {"source": "openedx", "learner_id": learner_id, **values}


SPRINGS, GLACIERS, LIGHT = (block(LAKE, "vertical", short) for short in ("springs", "glaciers", "light"))
SPRING_VIDEO, ICE_VIDEO = "spring-video", block(LAKE, "video", "ice-video")

LAKE_BLOCKS = structure(
    LAKE,
    [
        ("course", "course", "Lake Biology 2024"),
        ("chapter", "rivers", "Rivers"),
        ("sequential", "sources", "Where rivers begin"),
        ("vertical", "springs", "Springs"),
        ("video", "spring-video", "Spring water"),
        ("vertical", "glaciers", "Glaciers"),
        ("video", "ice-video", "Ice"),
        ("chapter", "lakes", "Lakes"),
        ("sequential", "depth", "Depth"),
        ("vertical", "light", "Light in water"),
    ],
)

MARKER_BLOCKS = structure(
    LAKE_T1,
    [
        ("course", "course", "Marker Course"),
        ("chapter", "markersection", "Marker Section"),
        ("sequential", "markersubsection", "Marker Subsection"),
        ("vertical", "markerunit", "Marker Unit"),
        ("video", "markervideo", "Marker Video"),
    ],
)
MARKER_UNIT = block(LAKE_T1, "vertical", "markerunit")
MARKERS = ("Marker", "marker", "90210", "7777", "2024_T1")
"""Parts of names, ids and numbers that exist only in the second run."""


def enrolled(day: int, mode: str, count: int, joined: int = 0, left: int = 0) -> dict[str, Any]:
    return {
        "day": on(day),
        "mode": mode,
        "enrolled": count,
        "ever_enrolled": count,
        "joined": joined,
        "left": left,
    }


def week(day: int, *counts: int | None, complete: bool = True) -> dict[str, Any]:
    names = ("active", "attempted_problem", "played_video", "posted_forum", "enrolled")
    return {"week": on(day), **dict(zip(names, counts, strict=True)), "is_complete": complete}


def summary(learner_id: str, mode: str, *, now: bool, day: int) -> dict[str, Any]:
    return by(
        learner_id,
        mode=mode,
        is_enrolled=now,
        first_mode=mode,
        first_enrolled_at=datetime(2024, 9, day, 9, 30, tzinfo=UTC),
        last_unenrolled_at=None if now else datetime(2024, 9, day + 1, 9, 30, tzinfo=UTC),
    )


def watched(learner_id: str, unit: str, video: str, seconds: int, length: int) -> dict[str, Any]:
    return by(
        learner_id,
        unit_id=unit,
        video_id=video,
        covered_seconds=seconds,
        duration_seconds=length,
        covered_share=seconds / length,
    )


def segment(number: int, viewers: int, views: int) -> dict[str, Any]:
    return {
        "segment": number,
        "starts_at_seconds": number * 5,
        "viewers": viewers,
        "views": views,
        "replays": views - viewers,
    }


def university() -> dict[str, Rows]:
    """The tables of the whole small university."""
    return {
        "courses": [
            {
                "course_id": LAKE,
                "source": "openedx",
                "name": "Lake Biology",
                "starts_on": on(1),
                "ends_on": None,
            },
            {"course_id": LAKE_T1, "source": "openedx", "name": "Marker Course"},
            {"course_id": LEGACY, "source": "openedx", "name": "Lake Chemistry"},
        ],
        "course_blocks": LAKE_BLOCKS + MARKER_BLOCKS,
        "people": [
            person("11", "ana", "Ana Alba"),
            person("12", "ben", "Ben Blau"),
            person("13", "cyd", ""),
            person("90210", "markeruser", "Marker Learner"),
        ],
        "enrolment_by_day": [
            *of(
                LAKE,
                enrolled(1, "audit", 2, joined=2),
                enrolled(2, "audit", 2),
                enrolled(2, "verified", 1, joined=1),
                enrolled(3, "audit", 1, left=1),
                enrolled(3, "verified", 1),
            ),
            *of(LAKE_T1, enrolled(1, "markermode", 7777, joined=7777)),
            *of(LEGACY, enrolled(1, "honor", 5, joined=5)),
            *of(NON_ASCII, enrolled(1, "", 1, joined=1)),
        ],
        "enrolment_summary": [
            *of(
                LAKE,
                summary("11", "audit", now=True, day=1),
                summary("12", "verified", now=True, day=2),
                summary("13", "audit", now=False, day=1),
            ),
            *of(LAKE_T1, summary("90210", "markermode", now=True, day=1)),
        ],
        "weekly_activity": [
            *of(LAKE, week(2, 2, 1, 2, 0, 3), week(9, 1, 0, 1, 0, 2, complete=False)),
            *of(LAKE_T1, week(2, 7777, 7777, 7777, 7777, 7777)),
        ],
        "video_timeline": [
            *of(
                LAKE,
                {"video_id": SPRING_VIDEO, **segment(0, 2, 3)},
                {"video_id": SPRING_VIDEO, **segment(2, 1, 1)},
            ),
            *of(LAKE_T1, {"video_id": "markervideo", **segment(0, 7777, 7777)}),
        ],
        "video_summary": [
            *of(
                LAKE,
                {
                    "video_id": SPRING_VIDEO,
                    "duration_seconds": 20,
                    "viewers": 2,
                    "viewers_at_start": 2,
                    "viewers_at_end": 1,
                    "views": 3,
                    "viewed_seconds": 25,
                    "completed": 1,
                    "mean_covered_share": 0.75,
                    "duration_is_known": True,
                },
            ),
            *of(
                LAKE_T1,
                {"video_id": "markervideo", "duration_seconds": 5, "viewers": 7777, "completed": 7777},
            ),
        ],
        "video_coverage": [
            *of(
                LAKE,
                watched("11", SPRINGS, SPRING_VIDEO, 20, 20),
                watched("12", SPRINGS, SPRING_VIDEO, 10, 20),
            ),
            *of(LAKE_T1, watched("90210", MARKER_UNIT, "markervideo", 5, 5)),
        ],
        "time_on_unit": [
            *of(
                LAKE,
                by("11", unit_id=SPRINGS, day=on(2), seconds=100, stays=1),
                by("11", unit_id=SPRINGS, day=on(3), seconds=20, stays=1),
                by("11", unit_id=LIGHT, day=on(3), seconds=60, stays=2),
                by("12", unit_id=SPRINGS, day=on(2), seconds=40, stays=1),
                by("12", unit_id="elsewhere", day=on(2), seconds=5, stays=1),
            ),
            *of(LAKE_T1, by("90210", unit_id=MARKER_UNIT, day=on(2), seconds=7777, stays=1)),
        ],
        "unit_visits": [
            *of(
                LAKE,
                by("11", unit_id=SPRINGS, day=on(2), visits=2),
                by("12", unit_id=SPRINGS, day=on(2), visits=1),
                by("11", unit_id=LIGHT, day=on(3), visits=4),
            ),
            *of(LAKE_T1, by("90210", unit_id=MARKER_UNIT, day=on(2), visits=7777)),
        ],
        "events_by_day": [{"day": on(2), "events": 12345}],
    }
