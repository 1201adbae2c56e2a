"""Students' files for the tests: a small cast on California's header, and as many as one wants."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

HEADER = """
SSID FirstName MiddleName LastOrSurname Sex DateofBirth SmarterStudentID ResponsibleDistrictIdentifier
ResponsibleSchoolIdentifier GradeLevelWhenAssessed HispanicOrLatinoEthnicity AmericanIndianOrAlaskaNative
Asian BlackOrAfricanAmerican White NativeHawaiianOrOtherPacificIslander DemographicRaceTwoOrMoreRaces
FirstEntryDateIntoUSSchool IDEAIndicator LEPStatus LimitedEnglishProficiencyEntryDate LEPExitDate
EnglishLanguageProficiencyLevel Section504Status EconomicDisadvantageStatus LanguageCode MigrantStatus
PrimaryDisabilityType StateAbbreviation ConfirmationCode Filipino
""".split()  # noqa: SIM905 - a list of thirty-one quoted words is harder to read

AVA: Mapping[str, str] = {
    "SSID": "1000000001",
    "FirstName": " Ava ",
    "LastOrSurname": "Nuñez",
    "Sex": "Female",
    "DateofBirth": "2009-03-14",
    "SmarterStudentID": "S1",
    "ResponsibleDistrictIdentifier": "0161",
    "ResponsibleSchoolIdentifier": "0002",
    "GradeLevelWhenAssessed": "KN",
    "HispanicOrLatinoEthnicity": "YES",
    "Asian": "yes",
    "White": "No",
    "LEPStatus": "Y",
    "StateAbbreviation": "CA",
    "Filipino": "Yes",
}


def line(row: Mapping[str, str], header: Iterable[str] = HEADER, delimiter: str = "^") -> str:
    return delimiter.join(row.get(name, "") for name in header)


def student(number: int, **changes: str) -> dict[str, str]:
    """One of many: ids begin at 2000000000."""
    return {
        **AVA,
        "SSID": f"{2_000_000_000 + number}",
        "FirstName": f"First{number}",
        "GradeLevelWhenAssessed": "05",
        **changes,
    }


def text(rows: Iterable[Mapping[str, str]], header: Iterable[str] = HEADER) -> str:
    header = list(header)
    return "".join(f"{one}\n" for one in ["^".join(header), *(line(row, header) for row in rows)])


def write_many(path: Path, count: int) -> list[str]:
    """A file of ``count`` students; returns their ids, sorted."""
    rows = [student(number) for number in range(count)]
    path.write_text(text(rows), "latin1")
    return [row["SSID"] for row in rows]


def zipped(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return made.getvalue()
