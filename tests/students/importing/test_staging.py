"""Rows are staged unseen and switched on at once; what fails or is killed leaves what was there."""

from __future__ import annotations

import json
import random
import time

import pytest

from staffroom.errors import PermanentError
from staffroom.students.importing import writing
from staffroom.students.importing.writing import sweep
from staffroom.students.models import Attendance
from tests.instances import TestInstance
from tests.jobs.conftest import Soon, either, instance, migrated, soon
from tests.postgresql import postgresql
from tests.students.importing.district import District, table
from tests.students.importing.test_held import absences, students

__all__ = ["either", "instance", "migrated", "postgresql", "soon"]

SETTINGS = """
[[sources]]
name = "sis"
kind = "sis"
exports = "sis"

[students]
held_count = 1000000
[[students.schools]]
local_id = "HEA"
name = "Healey"
kind = "ESMS"
[[students.files]]
source = "students"
file = "students.csv"
[[students.files]]
source = "attendance"
file = "attendance.csv"
"""


def test_staged_rows_are_not_seen_before_the_switch(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    district.one("students", students(*["4"] * 9))
    district.one("attendance", absences(1, 2))
    before = table(Attendance, "student__local_id", "day")
    seen = []

    def looking(*arguments: object) -> None:
        seen.append((table(Attendance, "student__local_id", "day"), Attendance.objects.count()))
        raise PermanentError("the disk", "is full.")

    monkeypatch.setattr("staffroom.students.importing.turn.switch", looking)
    result = district.one("attendance", absences(2, 3))
    assert (result.state, seen) == ("failed", [(before, 12)])
    assert (table(Attendance, "student__local_id", "day"), Attendance.objects.count()) == (before, 8)
    monkeypatch.undo()
    assert district.one("attendance").state == "done"
    assert table(Attendance, "student__local_id") == [("2",)] * 4 + [("3",)] * 4
    assert Attendance.objects.count() == 8


def test_sweeping_leaves_what_is_seen(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    district.one("students", students(*["4"] * 9))
    district.one("attendance", absences(1, 2))
    Attendance.objects.filter(student__local_id="1").update(left_in=10**6)
    Attendance.objects.filter(student__local_id="2").update(arrived_in=10**6)
    monkeypatch.setattr(writing, "CHUNK", 3)
    assert sweep() == 8
    assert table(Attendance, "student__local_id", "left_in") == [("1", 2**62)] * 4


def deliver(instance: TestInstance, grades: str, *absent: int) -> None:
    folder = instance.root / "sis"
    folder.mkdir(exist_ok=True)
    (folder / "students.csv").write_text(students(*[grades] * 300))
    (folder / "attendance.csv").write_text(absences(*absent))


def told(instance: TestInstance) -> list[tuple[str, str, str]]:
    """What the tables show, asked from outside."""
    rows = instance.rows(
        "SELECT s.local_id, s.grade, a.day FROM students_attendance a"
        " JOIN students_student s ON s.id = a.student_id WHERE a.left_in > 4000000000000000000"
        " ORDER BY s.local_id, a.day"
    )
    return [(row["local_id"], row["grade"], str(row["day"])) for row in rows]


def test_an_import_on_either_database(either: TestInstance) -> None:
    either.add_settings(SETTINGS)
    deliver(either, "4", 1, 2)
    done = either.run("students", "import")
    assert (done.code, done.out[-1]) == (0, "students import: read 308, kept 308, repeated 0, skipped 0.")
    deliver(either, "5", 2, 3)
    done = either.run("students", "import", "--json")
    assert [
        (facts.get("created"), facts.get("updated"), facts.get("removed"))
        for facts in done.facts
        if "source" in facts
    ] == [
        (None, 300, None),
        (4, None, 4),
    ]
    days = ["2018-03-01", "2018-03-02", "2018-03-05", "2018-03-06"]
    assert told(either) == [("2", "5", day) for day in days] + [("3", "5", day) for day in days]


def test_an_import_is_killed_again_and_again(instance: TestInstance, soon: Soon) -> None:
    instance.add_settings(SETTINGS)
    deliver(instance, "4", *range(1, 200))
    assert instance.run("students", "import", "--quiet").code == 0
    deliver(instance, "5", *range(100, 300))
    dice = random.Random(2018)
    for _ in range(6):
        running = instance.start("students", "import", "--quiet")
        time.sleep(dice.uniform(0.6, 2.0))
        running.kill()
        running.communicate()
    done = instance.run("students", "import", "--json")
    assert (done.code, done.facts[-1]["result"]) == (0, "students import")
    expected = [(str(number), "5", f"2018-03-{day:02}") for number in range(100, 300) for day in (1, 2, 5, 6)]
    assert told(instance) == sorted(expected)
    assert instance.rows("SELECT count(*) AS all_rows FROM students_attendance") == [{"all_rows": 800}]
    assert not list((instance.root / "imports").glob("*"))


def test_held_shown_approved_and_refused_by_command(instance: TestInstance) -> None:
    instance.add_settings(SETTINGS.replace("held_count = 1000000", "held_count = 10"))
    deliver(instance, "4", 1)
    instance.run("students", "import")
    deliver(instance, "5", 1)
    preview = instance.run("students", "import", "--source=students", "--dry-run", "--json")
    assert [facts["would_be_held"] for facts in preview.facts if "would_be_held" in facts] == [True]
    held = instance.run("students", "import", "--source=students", "--json")
    number = next(facts["import"] for facts in held.facts if "source" in facts)
    assert (held.code, held.facts[-1]["held"]) == (3, ["students"])
    listed = instance.run("students", "imports", str(number), "--limit=1", "--json")
    assert json.loads(listed.out[0])["differences"] == {"grade": ["4", "5"]}
    approved = instance.run("students", "approve", str(number))
    assert (approved.code, approved.out) == (
        0,
        [f"import {number} of students is approved and done: read 300, kept 300, repeated 0, skipped 0."],
    )
    again = instance.run("students", "refuse", str(number))
    assert (again.code, again.err) == (
        1,
        [f"staffroom: import {number}: is not held: it is done. Nothing was changed."],
    )
    assert instance.run("students", "validate", "--quiet").code == 0
