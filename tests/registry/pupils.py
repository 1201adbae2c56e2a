"""Students of the tests, as a loader sends them."""

from __future__ import annotations

from typing import Any

from staffroom.registry.fields import FLAGS

LAKE_SCHOOL = "01611190000001"
LAKE_DISTRICT = "0161119"


def student(ssid: str, first: str = "Ada", last: str = "Lovelace", **more: Any) -> dict[str, Any]:
    """A student in whom nothing is wrong, unless ``more`` says so."""
    return {
        "ssid": ssid,
        "firstName": first,
        "middleName": "",
        "lastName": last,
        "sex": "Female",
        "birthDate": "2010-12-10",
        "externalSsid": f"X{ssid}",
        "institutionIdentifier": LAKE_SCHOOL,
        "districtIdentifier": LAKE_DISTRICT,
        "gradeLevelWhenAssessed": "08",
        "firstEntryDateIntoUsSchool": "",
        "lepEntryDate": "",
        "lepExitDate": "",
        "elpLevel": "",
        "languageCode": "eng",
        "primaryDisabilityType": "",
        "title3ProgramType": None,
        "stateAbbreviation": "CA",
        **dict.fromkeys(FLAGS, False),
        **more,
    }


def without(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


ADA = student("1001")
BRUNO = student("1002", "Bruno", "Bäcker", sex="male")
CHIARA = student("1003", "Chiara", "Conti", gradeLevelWhenAssessed="11")
