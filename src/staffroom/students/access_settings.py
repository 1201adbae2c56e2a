"""The section ``[students.access]`` of staffroom.toml: what decides who may see whom, besides grants."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta

from staffroom.config import SETTINGS_FILE, Instance, Institution, at_least, fit
from staffroom.errors import SettingsError
from staffroom.students.grades import GRADES
from staffroom.students.logins import normal_login

PLACE = f"{SETTINGS_FILE} [students.access]"
YEARS = ("end", "start")
_LEAP_YEAR = 2024


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Words of the SIS, dates of terms and who counts as present."""

    uses_sections: bool = True
    """Whether educators see the students of the sections that they teach."""
    terms: tuple[str, ...] = (
        "Q1 08-15 11-08",
        "Q2 11-09 01-25",
        "Q3 01-26 04-06",
        "Q4 04-07 06-30",
        "S1 08-15 01-25",
        "S2 01-26 06-30",
        "1 08-15 01-25",
        "2 01-26 06-30",
        "FY 08-15 06-30",
        "9 08-15 06-30",
    )
    """The SIS's name of each term with its first and last day. A section of a term that is not named here
    opens nobody."""
    section_year: str = "end"
    """The year that stands with a section is that in which the school year ends, or ``start``."""
    section_lead_days: int = at_least(0, default=14)
    """How many days before its term begins a section opens its students."""
    section_grace_days: int = at_least(0, default=14)
    """How many days after its term has ended a section still opens them."""
    housemaster_grades: tuple[str, ...] = ()
    """Grades that holders of the label ``housemaster`` see in every school, such as ["8"]."""
    special_education_programs: tuple[str, ...] = ("Sp Ed", "SEIP")
    """What the SIS calls the programmes of special education, as it writes them."""
    fluent_statuses: tuple[str, ...] = ("Fluent",)
    """What the SIS calls students who are fluent in English, as it writes it."""
    always_active: tuple[str, ...] = ()
    """Login names of educators who stay active though the SIS does not name them."""
    makes_accounts: bool = False
    """Whether each educator with an e-mail address gets an account; an administrator sets its password."""
    view_as: bool = True
    """Whether project leads may see pages as another educator sees them; false ends it at once."""

    def check(self) -> None:
        """Raises SettingsError for values that cannot be meant."""
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(field.default, tuple):
                _check_texts(field.name, value)
        for grade in self.housemaster_grades:
            if grade not in GRADES:
                raise SettingsError(f"{PLACE} housemaster_grades", f"{grade!r} is not a grade.")
        if self.section_year not in YEARS:
            raise SettingsError(
                f"{PLACE} section_year", f"is {self.section_year!r}, which is not end or start."
            )
        for text in self.terms:
            _term(text)

    @property
    def kept_logins(self) -> frozenset[str]:
        return frozenset(map(normal_login, self.always_active))

    def open_terms(self, day: date, institution: Institution) -> Mapping[int, tuple[str, ...]]:
        """The terms whose sections open their students on ``day``, by the year that stands with a section."""
        lead, grace = timedelta(self.section_lead_days), timedelta(self.section_grace_days)
        found: dict[int, tuple[str, ...]] = {}
        for starts in range(day.year - 2, day.year + 2):
            year_begins = _on(starts, institution.school_year_starts)
            year = starts if self.section_year == "start" else _end_year(year_begins)
            names = []
            for text in self.terms:
                name, first, last = _term(text)
                begins = _from(year_begins, first)
                if begins - lead <= day <= _from(begins, last) + grace:
                    names.append(name)
            if names:
                found[year] = tuple(names)
        return found


def access_settings(instance: Instance) -> AccessSettings:
    """The section, checked. Raises SettingsError."""
    students = instance.sections.get("students", {})
    values = students.get("access", {}) if isinstance(students, Mapping) else {}
    if not isinstance(values, Mapping):
        raise SettingsError(PLACE, "is not a section.")
    settings = fit(AccessSettings, values, place=PLACE)
    settings.check()
    return settings


def _check_texts(name: str, value: object) -> None:
    if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
        raise SettingsError(
            f"{PLACE} {name}", "is not a list of texts.", next_step='Write it as ["one", "another"].'
        )


def _term(text: str) -> tuple[str, str, str]:
    """Name, first and last day (MM-DD) of a term. Raises SettingsError."""
    match = re.fullmatch(r"(\S.*?) (\d\d-\d\d) (\d\d-\d\d)", text)
    name, first, last = match.groups() if match else ("", "", "")
    try:
        date.fromisoformat(f"{_LEAP_YEAR}-{first}")
        date.fromisoformat(f"{_LEAP_YEAR}-{last}")
    except ValueError:
        raise SettingsError(
            f"{PLACE} terms",
            f"{text!r} is not a name with two days.",
            next_step='Write it as "Q1 08-29 11-08": month and day.',
        ) from None
    return name, first, last


def _on(year: int, month_day: str) -> date:
    """That day of the year; 29 February is the 28th where there is none."""
    month, day = (int(part) for part in month_day.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def _from(begin: date, month_day: str) -> date:
    """The first such day that is not before ``begin``."""
    this_year = _on(begin.year, month_day)
    return this_year if this_year >= begin else _on(begin.year + 1, month_day)


def _end_year(begins: date) -> int:
    return (_on(begins.year + 1, f"{begins:%m-%d}") - timedelta(1)).year
