"""The settings of access: which terms are open on which day, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from staffroom.config import Instance, Institution
from staffroom.errors import SettingsError
from staffroom.students.access_settings import AccessSettings, access_settings

LAKE = Institution(school_year_starts="08-01")


def read(**values: Any) -> AccessSettings:
    return access_settings(Instance(Path(), Institution(), {"students": {"access": values}}))


@pytest.mark.parametrize(
    ("day", "terms"),
    [
        (date(2018, 3, 13), {2018: ("Q3", "S2", "2", "FY", "9")}),
        (date(2018, 10, 2), {2019: ("Q1", "S1", "1", "FY", "9")}),
        (date(2018, 12, 21), {2019: ("Q2", "S1", "1", "FY", "9")}),
        (date(2019, 6, 26), {2019: ("Q4", "S2", "2", "FY", "9")}),
        (date(2019, 7, 20), {}),
    ],
)
def test_a_day_has_its_terms_in_the_year_in_which_the_school_year_ends(
    day: date, terms: dict[int, tuple[str, ...]]
) -> None:
    strict = AccessSettings(section_lead_days=0, section_grace_days=0)
    assert strict.open_terms(day, LAKE) == terms


def test_between_terms_both_are_open_for_some_days_over_the_turn_of_the_school_year_too() -> None:
    settings = AccessSettings(terms=("Q4 04-07 06-30", "Q1 07-10 11-08"))
    assert settings.open_terms(date(2019, 7, 3), Institution(school_year_starts="07-05")) == {
        2019: ("Q4",),
        2020: ("Q1",),
    }


def test_the_year_of_a_section_may_be_that_in_which_it_starts() -> None:
    march = Institution(school_year_starts="03-01")
    settings = AccessSettings(terms=("FY 03-05 12-15",), section_year="start")
    assert settings.open_terms(date(2027, 10, 1), march) == {2027: ("FY",)}
    assert AccessSettings(terms=("FY 03-05 12-15",)).open_terms(date(2027, 10, 1), march) == {2028: ("FY",)}


def test_a_school_year_that_is_a_calendar_year_ends_in_it() -> None:
    settings = AccessSettings(terms=("FY 02-29 12-15",), section_lead_days=0)
    january = Institution(school_year_starts="01-01")
    assert settings.open_terms(date(2027, 2, 28), january) == {2027: ("FY",)}
    assert settings.open_terms(date(2028, 2, 28), january) == {}
    assert settings.open_terms(date(2028, 2, 29), january) == {2028: ("FY",)}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"term": []}, "[students.access] term: is not a setting. Did you mean 'terms'?"),
        (
            {"fluent_statuses": "Fluent"},
            '[students.access] fluent_statuses: is not a list of texts. Write it as ["one", "another"].',
        ),
        (
            {"housemaster_grades": [8]},
            '[students.access] housemaster_grades: is not a list of texts. Write it as ["one", "another"].',
        ),
        ({"housemaster_grades": ["08"]}, "[students.access] housemaster_grades: '08' is not a grade."),
        ({"section_year": "2027"}, "[students.access] section_year: is '2027', which is not end or start."),
        ({"section_grace_days": -1}, "[students.access] section_grace_days: must be at least 0."),
        ({"uses_sections": "no"}, "[students.access] uses_sections: is 'no', which is not true or false."),
        (
            {"terms": ["Q1 08-32 11-08"]},
            "[students.access] terms: 'Q1 08-32 11-08' is not a name with two days. "
            'Write it as "Q1 08-29 11-08": month and day.',
        ),
        (
            {"terms": ["Q1 29.8. 8.11."]},
            "[students.access] terms: 'Q1 29.8. 8.11.' is not a name with two days. "
            'Write it as "Q1 08-29 11-08": month and day.',
        ),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused(values: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(**values)
    assert str(refused.value) == f"staffroom.toml {problem}"


def test_without_a_section_the_defaults_hold_and_a_section_must_be_one() -> None:
    assert access_settings(Instance(Path(), Institution(), {})) == AccessSettings()
    with pytest.raises(SettingsError) as refused:
        access_settings(Instance(Path(), Institution(), {"students": {"access": True}}))
    assert str(refused.value) == "staffroom.toml [students.access]: is not a section."


def test_login_names_are_kept_in_one_form() -> None:
    assert read(always_active=[" WREN "]).kept_logins == frozenset({"wren"})
