"""What is taken of a row, field by field, as the table of the receiving system says."""

from __future__ import annotations

from typing import Any

import pytest

from staffroom.registry.fields import NAMES, as_object
from staffroom.registry.rows import Judge
from tests.registry.pupils import ADA, without


def read(row: object) -> dict[str, Any] | list[tuple[str, str]]:
    """The record as an object, or (field, code) of what is wrong with it."""
    found = Judge("CA").read(1, row)
    if isinstance(found, tuple):
        return [(error.field, error.code) for error in found]
    return as_object(found)


def taken(**values: Any) -> dict[str, Any]:
    """What is kept of these fields of a student."""
    found = read({**ADA, **values})
    assert isinstance(found, dict), found
    return {name: found[name] for name in values}


def refused(**values: Any) -> list[tuple[str, str]]:
    found = read({**ADA, **values})
    assert isinstance(found, list), found
    return found


def test_a_good_student_is_kept_whole() -> None:
    assert read(ADA) == {**ADA, **dict.fromkeys(name for name, value in ADA.items() if value == "")}
    assert len(NAMES) == 30


def test_texts_are_trimmed_and_put_into_their_one_form() -> None:
    assert taken(ssid=" 1001\t", firstName="  Ada ", sex="fEMALE", languageCode="SPA") == {
        "ssid": "1001",
        "firstName": "Ada",
        "sex": "Female",
        "languageCode": "spa",
    }


@pytest.mark.parametrize("name", ["firstName", "birthDate", "elpLevel", "languageCode", "title3ProgramType"])
@pytest.mark.parametrize("nothing", ["", "   ", None])
def test_what_need_not_be_known_may_be_blank_or_null(name: str, nothing: str | None) -> None:
    assert taken(**{name: nothing}) == {name: None}


REQUIRED = (
    "stateAbbreviation",
    "ssid",
    "externalSsid",
    "institutionIdentifier",
    "sex",
    "gradeLevelWhenAssessed",
    "asian",
    "lepStatus",
)


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_may_not_lack(name: str) -> None:
    assert refused(**{name: None}) == [(name, "required")]
    assert read(without(ADA, name)) == [(name, "required")]


def test_a_section_504_status_and_a_migrant_status_may_be_unknown() -> None:
    assert taken(section504Status=None, migrantStatus=None) == {
        "section504Status": None,
        "migrantStatus": None,
    }


BAD = [
    ("stateAbbreviation", "XX", "bad_state"),
    ("stateAbbreviation", "NV", "wrong_state"),
    ("ssid", "10-01", "bad_code"),
    ("ssid", "١٢٣", "bad_code"),
    ("ssid", "1" * 41, "bad_code"),
    ("externalSsid", "1" * 51, "bad_code"),
    ("institutionIdentifier", "a b", "bad_code"),
    ("districtIdentifier", "ä", "bad_code"),
    ("firstName", "A" * 36, "bad_name"),
    ("firstName", "Łukasz", "bad_name"),
    ("firstName", "A\x00da", "bad_name"),
    ("firstName", "A\nda", "bad_name"),
    ("lastName", "L" * 101, "bad_name"),
    ("lastName", "\ud800", "bad_name"),
    ("birthDate", "2010-02-30", "bad_date"),
    ("birthDate", "2010-2-3", "bad_date"),
    ("birthDate", "20100203", "bad_date"),
    ("birthDate", "12/10/2010", "bad_date"),
    ("birthDate", "0000-01-01", "bad_date"),
    ("birthDate", "٢٠١٠-٠٢-٠٣", "bad_date"),
    ("lepEntryDate", "2010-02-03T00:00:00", "bad_date"),
    ("sex", "F", "bad_sex"),
    ("gradeLevelWhenAssessed", "8", "bad_grade"),
    ("gradeLevelWhenAssessed", "kg", "bad_grade"),
    ("gradeLevelWhenAssessed", "KN", "bad_grade"),
    ("languageCode", "xyz", "bad_language"),
    ("primaryDisabilityType", "aut", "bad_disability"),
    ("title3ProgramType", "Something", "bad_program"),
    ("elpLevel", "é", "bad_level"),
    ("ssid", 1001, "wrong_type"),
    ("firstName", ["Ada"], "wrong_type"),
    ("birthDate", {"year": 2010}, "wrong_type"),
    ("asian", "yes", "wrong_type"),
    ("asian", 1, "wrong_type"),
    ("migrantStatus", 0, "wrong_type"),
]


@pytest.mark.parametrize(("name", "value", "code"), BAD)
def test_a_value_that_breaks_its_rule_is_named_by_field_and_code(name: str, value: Any, code: str) -> None:
    assert refused(**{name: value}) == [(name, code)]


def test_names_may_hold_latin_letters_and_those_of_cp1252() -> None:
    assert taken(firstName="Renée", lastName="Müller-Škvorecký") == {
        "firstName": "Renée",
        "lastName": "Müller-Škvorecký",
    }


def test_a_misspelt_field_is_not_dropped_in_silence() -> None:
    assert read({**ADA, "birthdate": "2010-12-10"}) == [("birthdate", "unknown_field")]


def test_everything_wrong_with_a_row_is_said_at_once() -> None:
    assert refused(birthDate="soon", sex="x", asian=None) == [
        ("birthDate", "bad_date"),
        ("sex", "bad_sex"),
        ("asian", "required"),
    ]


@pytest.mark.parametrize("row", [None, 7, "Ada", [], [ADA], True])
def test_what_is_no_object_is_no_student(row: object) -> None:
    assert read(row) == [("", "not_an_object")]


def test_what_was_read_once_is_read_the_same_again() -> None:
    judge = Judge("CA")
    for _ in range(2):
        assert [judge.read(1, {**ADA, name: value}) for name, value, _ in BAD] == [
            Judge("CA").read(1, {**ADA, name: value}) for name, value, _ in BAD
        ]


def test_an_error_repeats_little_of_what_was_sent() -> None:
    found = Judge("CA").read(7, {**ADA, "ssid": "x\n" * 10_000_000})
    assert isinstance(found, tuple)
    (error,) = found
    assert (error.row, len(error.ssid), error.message) == (7, 40, "It has to be up to 40 letters and digits.")
