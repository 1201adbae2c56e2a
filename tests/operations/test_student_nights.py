"""A night imports students where files of them are named; a source that fails or waits is told of."""

from __future__ import annotations

from tests.instances import TestInstance
from tests.students.importing.test_held import absences, students
from tests.students.importing.test_staging import SETTINGS, told

STORED = [("1", "4", f"2018-03-0{day}") for day in (1, 2, 5, 6)]


def deliver(instance: TestInstance, grades: str, attendance: str) -> None:
    folder = instance.root / "sis"
    folder.mkdir(exist_ok=True)
    (folder / "students.csv").write_text(students(*[grades] * 20))
    (folder / "attendance.csv").write_text(attendance)


def test_a_night_imports_students(instance: TestInstance) -> None:
    instance.add_settings(SETTINGS)
    deliver(instance, "4", absences(1))
    done = instance.run("nightly")
    assert (done.code, done.out[-1]) == (0, "nightly: read 24, kept 24, repeated 0, skipped 0. version: 1.")
    assert told(instance) == STORED


def test_a_source_that_fails_fails_the_night_and_nothing_else(instance: TestInstance) -> None:
    instance.add_settings(SETTINGS)
    deliver(instance, "4", "not,what,was,agreed\n")
    done = instance.run("nightly", "--json")
    (run,) = instance.runs()
    assert (done.code, run["state"], run["problem"], run["problem_place"]) == (
        1,
        "failed",
        "ImportsFailed",
        "attendance",
    )
    assert instance.rows("SELECT count(*) AS count FROM students_student") == [{"count": 20}]


def test_a_held_file_is_told_of(instance: TestInstance) -> None:
    instance.add_settings(SETTINGS.replace("held_count = 1000000", "held_count = 10"))
    deliver(instance, "4", absences(1))
    instance.run("nightly")
    deliver(instance, "5", absences(1))
    done = instance.run("nightly", "--json")
    assert (done.code, done.facts[-1]["students"]) == (3, {"held": ["students"]})
    assert told(instance) == STORED
