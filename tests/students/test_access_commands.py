"""``staffroom access …`` as an operator types it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from staffroom.cli import main
from staffroom.students.models import Educator, GrantChange
from tests.students.district import District


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "staffroom.toml").write_text('[students.access]\nhousemaster_grades = ["8"]\n', "utf-8")
    return tmp_path


@pytest.fixture
def access(folder: Path, district: District, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a verb; returns its exit code, and what it said."""

    def run(*words: str) -> tuple[int, list[str]]:
        code = main(["access", *words, "--instance", str(folder)])
        told = capsys.readouterr()
        return code, (told.out + told.err).splitlines()

    return run


def test_explain_says_yes_and_why_by_login_or_address(access: Any) -> None:
    homeroom = "yes (homeroom): Has the student in the homeroom."
    assert access("explain", "vera", "1001") == (0, [homeroom])
    assert access("explain", "VERA@lake.example", " 1001 ") == (0, [homeroom])
    assert access("explain", "selma", "1002") == (
        0,
        ["yes (housemaster): Is a housemaster, and the student is in a grade that housemasters see."],
    )


def test_explain_says_no_and_why_with_another_exit_code(access: Any, district: District) -> None:
    assert access("explain", "vera", "1002") == (
        1,
        ["no (other_school): Belongs to another school than the student."],
    )
    Educator.objects.filter(login="vera").update(missing_since=timezone.now(), person=None)
    assert access("explain", "vera", "1001") == (
        1,
        [
            "no (not_present): Is no longer named by the student information system. "
            "Nobody can sign in as this educator now."
        ],
    )


def test_explain_says_in_json_what_it_says_in_words(access: Any) -> None:
    code, told = access("explain", "lorna", "1001", "--json")
    assert (code, [json.loads(line) for line in told]) == (
        0,
        [
            {
                "educator": "lorna",
                "student": "1001",
                "may_see": True,
                "reason": "schoolwide",
                "words": "Sees every student of this school.",
                "signs_in_as": "lorna@lake.example",
                "can_sign_in": True,
            }
        ],
    )


def test_explain_of_somebody_unknown_is_neither_yes_nor_no(access: Any) -> None:
    assert access("explain", "nobody", "1001") == (
        2,
        [
            "staffroom: educator 'nobody': is no educator's login name or address, "
            "or several have the address."
        ],
    )
    assert access("explain", "vera", "9999") == (2, ["staffroom: student '9999': is no student's local id."])
    Educator.objects.update(email="")
    assert access("explain", " ", "1001")[0] == 2


def test_an_address_that_two_educators_share_names_neither(access: Any) -> None:
    Educator.objects.filter(login__in=["vera", "sven"]).update(email="office@lake.example")
    assert access("explain", "office@lake.example", "1001")[0] == 2


def test_who_lists_all_who_may_see_a_student(access: Any) -> None:
    assert access("who", "1002") == (
        0,
        [
            "rolf\tdistrictwide",
            "ursula\tdistrictwide",
            "hanna\thousemaster",
            "selma\thousemaster",
            "lars\tschoolwide",
        ],
    )


def test_the_first_project_lead_is_made_here(access: Any) -> None:
    assert access("grant", "vera", "sets_access") == (0, ["vera: sets_access"])
    assert access("history", "vera")[1][0].split("\t")[1:] == [
        "vera",
        "sets_access",
        "false -> true",
        "command line",
    ]


def test_flags_grades_and_labels_are_granted_and_revoked(access: Any) -> None:
    granted = "vera: schoolwide grades:5,6 label:housemaster"
    assert access("grant", "vera", "schoolwide", "grades:6,5", "label:housemaster") == (0, [granted])
    assert access("grant", "vera", "grades:6,KF") == (
        0,
        ["vera: schoolwide grades:KF,5,6 label:housemaster"],
    )
    assert access("list", "vera") == (0, ["vera\tschoolwide grades:KF,5,6 label:housemaster"])
    assert access("revoke", "vera", "schoolwide", "grades:5,KF,6", "label:housemaster") == (
        0,
        ["vera: nothing is granted"],
    )
    assert [line.split("\t")[2] for line in access("history", "vera")[1]] == [
        "grade_levels",
        "schoolwide",
        "label:housemaster",
        "grade_levels",
        "grade_levels",
        "schoolwide",
        "label:housemaster",
    ]


def test_where_one_of_several_is_wrong_none_is_granted(access: Any) -> None:
    assert access("grant", "vera", "label:housemaster", "schoolwid") == (
        1,
        ["staffroom: grant 'schoolwid': does not exist. Did you mean 'schoolwide'?"],
    )
    assert access("list", "vera") == (0, ["vera\tnothing is granted"])
    assert GrantChange.objects.count() == 0


def test_list_shows_those_to_whom_something_is_granted(access: Any) -> None:
    code, told = access("list", "--json")
    listed = [json.loads(line) for line in told]
    assert [facts["educator"] for facts in listed] == [
        *("alma", "frida", "hanna", "lars", "lorna", "rolf", "selma", "silas", "ursula")
    ]
    assert (code, listed[2]) == (
        0,
        {
            "educator": "hanna",
            "school": "LHS",
            "is_administrator": False,
            "present": True,
            "signs_in_as": "hanna@lake.example",
            "grants": ["schoolwide", "reads_restricted_notes"],
            "labels": ["feed_by_house", "housemaster"],
        },
    )


def test_labels_are_listed_with_what_they_grant(access: Any) -> None:
    code, told = access("labels")
    assert (code, told[0]) == (
        0,
        "housemaster\tSees the students of the grades that are housed, of every school; "
        "a setting names the grades.",
    )


def test_accounts_are_brought_into_line(access: Any) -> None:
    Educator.objects.filter(login="vera").update(missing_since=timezone.now())
    Educator.objects.filter(login="sven").update(email="mona@lake.example")
    assert access("accounts") == (
        3,
        [
            "0 accounts made, 0 joined, 1 closed, 0 opened again. "
            "One address is shared by mona, sven: nobody signs in for them."
        ],
    )
