"""The structure of the old loader: download, then map row by row, then post one block after the other.

``python -m bench.old_way URL FILE``. It is written after what is known of that loader and shares no code with
ours: blocks of 10,000 lines, each read by ``csv.DictReader`` with the header before it, a function a field, a
new connection for each uncompressed body. Where the two could differ it is the faster one: it downloads with
OpenSSH's ``sftp``, which needs less than half the time of the library that the old loader used.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import unicodedata
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

BLOCK = 10_000
GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{grade:02}" for grade in range(1, 14)), "PS", "UG")
GRADE_MAP = {"KN": "KG", "US": "UG", "UE": "UG", **{grade: grade for grade in GRADES}}

Row = Mapping[str, str | None]


def text(column: str) -> Callable[[Row], str]:
    return lambda row: (row[column] or "").strip()


def flag(column: str) -> Callable[[Row], bool]:
    return lambda row: folded((row[column] or "").strip()) == "yes"


def folded(word: str) -> str:
    return unicodedata.normalize("NFKD", word.casefold())


FIELDS: Mapping[str, Callable[[Row], object]] = {
    "ssid": lambda row: row["SSID"],
    "firstName": text("FirstName"),
    "middleName": text("MiddleName"),
    "lastName": text("LastOrSurname"),
    "sex": text("Sex"),
    "birthDate": text("DateofBirth"),
    "externalSsid": text("SmarterStudentID"),
    "institutionIdentifier": lambda row: (
        text("ResponsibleDistrictIdentifier")(row) + text("ResponsibleSchoolIdentifier")(row)
    ),
    "districtIdentifier": text("ResponsibleDistrictIdentifier"),
    "gradeLevelWhenAssessed": lambda row: GRADE_MAP.get(text("GradeLevelWhenAssessed")(row), "UG"),
    "hispanicOrLatino": flag("HispanicOrLatinoEthnicity"),
    "americanIndianOrAlaskaNative": flag("AmericanIndianOrAlaskaNative"),
    "asian": flag("Asian"),
    "blackOrAfricanAmerican": flag("BlackOrAfricanAmerican"),
    "white": flag("White"),
    "nativeHawaiianOrPacificIsland": flag("NativeHawaiianOrOtherPacificIslander"),
    "twoOrMoreRaces": flag("DemographicRaceTwoOrMoreRaces"),
    "firstEntryDateIntoUsSchool": text("FirstEntryDateIntoUSSchool"),
    "iDEAIndicator": flag("IDEAIndicator"),
    "lepStatus": flag("LEPStatus"),
    "lepEntryDate": text("LimitedEnglishProficiencyEntryDate"),
    "lepExitDate": text("LEPExitDate"),
    "elpLevel": text("EnglishLanguageProficiencyLevel"),
    "section504Status": flag("Section504Status"),
    "disadvantageStatus": flag("EconomicDisadvantageStatus"),
    "languageCode": text("LanguageCode"),
    "migrantStatus": flag("MigrantStatus"),
    "title3ProgramType": lambda row: None,  # noqa: ARG005 - no column decides it
    "primaryDisabilityType": text("PrimaryDisabilityType"),
    "stateAbbreviation": text("StateAbbreviation"),
}


def students(archive: Path, size: int = BLOCK) -> Iterator[list[dict[str, object]]]:
    """Blocks of payloads."""
    with zipfile.ZipFile(archive) as opened, opened.open(opened.namelist()[0]) as raw:
        lines = (line.decode("latin1") for line in raw)
        header = next(lines)
        while block := list(islice(lines, size)):
            rows = csv.DictReader([header, *block], delimiter="^")
            yield [{key: made(row) for key, made in FIELDS.items()} for row in rows]


def post(url: str, block: list[dict[str, object]], headers: Mapping[str, str]) -> None:
    told = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(url, json.dumps(block).encode(), told)  # noqa: S310 - http
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - http
        if answer.status != 202:
            raise ValueError(f"{answer.status} instead of 202")


def main() -> int:
    parser = argparse.ArgumentParser("python -m bench.old_way", description=__doc__)
    parser.add_argument("url")
    parser.add_argument("file", type=Path)
    parser.add_argument("--header", action="append", default=[], help="NAME=VALUE of each request")
    parser.add_argument(
        "--download", nargs=argparse.REMAINDER, help="the command that fetches the file first"
    )
    options = parser.parse_args()
    if options.download:
        subprocess.run(options.download, check=True)
    headers = dict(header.split("=", 1) for header in options.header)
    for block in students(options.file):
        post(options.url, block, headers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
