"""A file that would change too much waits for a person, who sees what it would do and decides."""

from __future__ import annotations

import pytest

from staffroom.students.importing import approving
from staffroom.students.importing.approving import NotHeld
from staffroom.students.importing.changes import Change, changes_path
from staffroom.students.importing.columns import WorldChanged
from staffroom.students.importing.tables import TABLES
from staffroom.students.models import Attendance, Student
from staffroom.students.models.imports import Import
from staffroom.tally import Silent
from tests.students.importing.district import District, facts, table

HEADER = "local_id,full_name,school_local_id,grade,enrollment_status\n"


def students(*grades: str, first: int = 1) -> str:
    """One student a grade, numbered."""
    rows = [
        f'{number},"Last{number}, First",HEA,{grade},Active\n' for number, grade in enumerate(grades, first)
    ]
    return HEADER + "".join(rows)


def absences(*numbers: int) -> str:
    rows = [f"2018-03-{day:02},{number},1,0\n" for number in numbers for day in (1, 2, 5, 6)]
    return "event_date,local_id,absence,tardy\n" + "".join(rows)


def test_a_file_that_would_change_many_is_held_and_changes_nothing(district: District) -> None:
    district.one("students", students(*["4"] * 20))
    result = district.one("students", students(*["5"] * 11, *["4"] * 9))
    assert (result.state, facts(result)) == ("held", {"updated": 11, "unchanged": 9, "stored": 20})
    assert table(Student, "grade") == [("4",)] * 20


@pytest.mark.parametrize(
    ("changed", "of", "state"),
    [(10, 20, "done"), (11, 20, "held"), (11, 110, "done"), (11, 109, "held"), (20, 200, "done")],
)
def test_both_the_share_and_the_count_have_to_be_exceeded(
    district: District, changed: int, of: int, state: str
) -> None:
    district.one("students", students(*["4"] * of))
    assert district.one("students", students(*["5"] * changed, *["4"] * (of - changed))).state == state


def test_a_first_import_is_not_held(district: District) -> None:
    assert district.one("students", students(*["4"] * 50)).state == "done"


def test_filling_in_what_was_empty_is_not_held_and_writing_over_it_is(district: District) -> None:
    without, plain = (f"{HEADER[:-1]},house\n", '{number},"Last{number}, First",HEA,4,Active,{house}\n')

    def housed(house: str) -> str:
        return without + "".join(plain.format(number=number, house=house) for number in range(1, 21))

    district.one("students", students(*["4"] * 20))
    filled = district.one("students", housed("Elm"))
    assert (filled.state, facts(filled)) == ("done", {"updated": 20, "filled": 20, "stored": 20})
    assert district.one("students", housed("Beacon")).state == "held"


def test_what_was_held_is_shown_and_applied_exactly(district: District) -> None:
    district.one("students", students(*["4"] * 12))
    number = district.one("students", students(*["5"] * 12)).number
    shown = approving.differences(district.instance, Import.objects.get(pk=number), limit=2)
    names = TABLES["student"].content
    assert [change.as_facts(names) for change in shown] == [
        {
            "table": "student",
            "action": "updated",
            "key": ["1"],
            "line": 2,
            "differences": {"grade": ["4", "5"]},
        },
        {
            "table": "student",
            "action": "updated",
            "key": ["10"],
            "line": 11,
            "differences": {"grade": ["4", "5"]},
        },
    ]
    district.deliver("students", students(*["6"] * 12))  # what comes later is another matter
    record = approving.approve(district.instance, number, Silent(), by=7, now=district.now)
    assert (record.state, record.decided_by, record.decided_at) == ("done", 7, district.now)
    assert table(Student, "grade") == [("5",)] * 12
    assert not changes_path(district.instance, number).exists()


def test_held_removals_of_records(district: District) -> None:
    district.one("students", students(*["4"] * 9))
    district.one("attendance", absences(*range(1, 10)))
    result = district.one("attendance", absences(1, 2))
    assert (result.state, facts(result)) == ("held", {"removed": 28, "unchanged": 8, "stored": 36})
    assert Attendance.objects.current().count() == 36
    approving.approve(district.instance, result.number, Silent(), by=None)
    assert (Attendance.objects.current().count(), Attendance.objects.count()) == (8, 8)


def test_a_refused_import_changes_nothing(district: District) -> None:
    district.one("students", students(*["4"] * 12))
    number = district.one("students", students(*["5"] * 12)).number
    assert approving.refuse(district.instance, number, by=None).state == "refused"
    assert table(Student, "grade") == [("4",)] * 12
    with pytest.raises(NotHeld, match="is not held: it is refused"):
        approving.approve(district.instance, number, Silent(), by=None)


def test_the_world_has_changed_since(district: District) -> None:
    district.one("students", students(*["4"] * 12))
    number = district.one("students", students(*["5"] * 12)).number
    Import.objects.filter(pk=number).update(source="students")
    record = Import.objects.get(pk=number)
    record.base = {"student": record.base["student"] - 1}
    record.save()
    with pytest.raises(WorldChanged, match="records that have changed since"):
        approving.approve(district.instance, number, Silent(), by=None)
    assert (Import.objects.get(pk=number).state, table(Student, "grade")) == ("held", [("4",)] * 12)


def test_a_later_file_takes_the_place_of_one_that_waits(district: District) -> None:
    district.one("students", students(*["4"] * 12))
    first = district.one("students", students(*["5"] * 12)).number
    second = district.one("students", students(*["4"] * 11, "5")).number
    assert table(Import, "id", "state", pk__gte=first) == [(first, "superseded"), (second, "done")]
    assert not changes_path(district.instance, first).exists()


def test_what_is_held_does_not_block_other_sources(district: District) -> None:
    district.one("students", students(*["4"] * 12))
    district.deliver("students", students(*["5"] * 12))
    district.deliver("attendance", absences(1))
    assert [one.state for one in district.run().sources] == ["held", "done"]


def test_a_preview_tells_and_changes_nothing(district: District) -> None:
    district.deliver("students", students("4", "4") + "3,Only,HEA,4,Active\n")
    district.deliver("attendance", absences(1, 2, 9))
    result = district.run(dry_run=True)
    assert [(one.state, facts(one)) for one in result.sources] == [
        ("previewed", {"created": 2, "rejected": {"name:full_name": 1}}),
        ("previewed", {"created": 8, "rejected": {"unknown_student": 4}}),
    ]
    assert [change["key"] for change in result.sources[0].samples["created"]] == [["1"], ["2"]]
    assert [(one.line, one.reason) for one in result.sources[0].rejects] == [(4, "name:full_name")]
    assert (Student.objects.count(), Import.objects.count()) == (0, 0)
    assert not district.instance.rejects.exists()


def test_validation_names_every_difference(district: District) -> None:
    district.one("students", students("4", "4", "4"))
    told: list[Change] = []
    district.deliver("students", students("4", "5") + '7,"New, One",HEA,4,Active\n')
    district.run(dry_run=True, told=told.append)
    names = TABLES["student"].content
    assert [(one.action, one.key, one.differences(names)) for one in told] == [
        ("updated", ["2"], {"grade": ["4", "5"]}),
        ("created", ["7"], {}),
        ("flagged", ["3"], {"is_missing": [False, True]}),
    ]
