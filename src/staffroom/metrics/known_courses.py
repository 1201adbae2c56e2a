"""Whether a course that somebody names is one at all: an export or an event has to name it too."""

from __future__ import annotations

from collections.abc import Collection

from staffroom.engines.duck import Connection, DuckError, files_relation
from staffroom.errors import UnknownName
from staffroom.events.catalogue import Catalogue, Store
from staffroom.events.keys import CourseKey
from staffroom.events.store import event_files

_COURSE = {"course_id": "VARCHAR"}


def check_courses(
    connection: Connection, store: Store, catalogue: Catalogue, courses: Collection[CourseKey]
) -> None:
    """Raises UnknownName for the first of ``courses`` that nothing in the store names."""
    table = catalogue.table("courses")
    exported = [store.root / file.path for file in table.files if not file.copy] if table else []
    unknown = set(courses)
    for files in (exported, event_files(store, catalogue)):
        if unknown:
            unknown -= _named(connection, files_relation(files, _COURSE), unknown)
    for course in sorted(unknown):
        raise UnknownName(
            f"course {str(course)!r}",
            "is named by no event and no export.",
            happened="Nothing was computed.",
            next_step="Compare it with the address of the course's page.",
        )


def _named(connection: Connection, relation: str, courses: Collection[CourseKey]) -> set[CourseKey]:
    wanted = list(map(str, courses))
    sql = f"SELECT DISTINCT course_id FROM {relation} WHERE list_contains(?, course_id)"  # noqa: S608 - our own files
    try:
        return {CourseKey(course) for (course,) in connection.execute(sql, [wanted]).fetchall()}
    except DuckError:  # a file is unreadable: each metric that rests on it says so and keeps its table
        return set(courses)
