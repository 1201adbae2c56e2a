"""Reading the event store: its days, its files and its view."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from staffroom.engines.duck import open_duck
from staffroom.events.catalogue import Catalogue, Store
from staffroom.events.schema import EVENT_COLUMNS
from staffroom.events.store import EVENT_SQL_TYPES, event_days, event_files, events_through, events_view
from tests.events.deliveries import catalogue, deliver, line, make_instance, take


def test_days_and_files_may_be_limited(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    deliver(school, "tracking.log-20240105", [line(n, day=f"2024-01-0{n}") for n in range(3, 7)])
    take(school)
    found, store = catalogue(school), Store(school.store)
    assert [day.day for day in event_days(found)] == [3, 4, 5, 6]
    some = event_days(found, since=date(2024, 1, 4), until=date(2024, 1, 5))
    assert [day.day for day in some] == [4, 5]
    assert event_files(store, found, since=date(2024, 1, 6)) == [
        store.root / found.tables["events/2024-01-06"].files[0].path
    ]
    assert events_through(found) == date(2024, 1, 6)


def test_the_view_has_the_columns_of_the_event_table_and_microseconds(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    with open_duck() as connection:
        for rows in (0, 1):
            events_view(connection, Store(school.store), catalogue(school))
            columns = {name: kind for name, kind, *_ in connection.sql("DESCRIBE events").fetchall()}
            assert columns == EVENT_SQL_TYPES
            assert set(columns) == {column.name for column in EVENT_COLUMNS} | {"happened_us"}
            found = connection.sql(
                "SELECT strftime(happened_at, '%H:%M:%S.%f'), happened_us FROM events"
            ).fetchall()
            assert found == [("10:00:01.000001", 1_704_448_801_000_001)] * rows
            deliver(school, "tracking.log-20240105", [line(1)])
            take(school)


def test_an_empty_store_has_no_days() -> None:
    assert (event_days(Catalogue()), events_through(Catalogue())) == ({}, None)
