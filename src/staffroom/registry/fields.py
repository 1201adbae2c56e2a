"""What a student's record is made of: its fields as they come, in the order in which they are kept.

A record is kept as the list of its values in this order, texts first, then flags, so that the names need
not be kept six million times. The order may only ever grow at its end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from re import compile as pattern

from staffroom.registry.languages import LANGUAGES

_STATES = """
AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK
OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI AA AE AP FM MH PW
"""
STATES = frozenset(_STATES.split())
GRADES = ("IT", "PR", "PK", "TK", "KG", *(f"{grade:02}" for grade in range(1, 14)), "PS", "UG")
"""From the youngest to the oldest; UG, ungraded, stands last."""
_DISABILITIES = "AUT DB DD EMN HI ID MD OI OHI SLD SLI TBI VI"
DISABILITIES = frozenset(_DISABILITIES.split())
_PROGRAMS = """
DualLanguage TwoWayImmersion TransitionalBilingual DevelopmentalBilingual HeritageLanguage
ShelteredEnglishInstruction StructuredEnglishImmersion SDAIE ContentBasedESL PullOutESL Other
"""
PROGRAMS = frozenset(_PROGRAMS.split())
CP1252_LETTERS = frozenset("ŠšŽžŒœŸƒ")

_DAY = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Read = Callable[[str], str | None]
"""From a trimmed text that is not empty to the text that is kept; None where it breaks the field's rule."""


@dataclass(frozen=True, slots=True)
class Text:
    """A field with a text; ``code`` and ``rule`` say what is wrong with one that ``read`` refuses."""

    name: str
    read: Read
    code: str
    rule: str
    required: bool = False
    repeats: bool = True
    """False where nearly every student has another value, so that it is not worth remembering."""


def _code(longest: int) -> Read:
    return lambda text: text if len(text) <= longest and text.isalnum() and text.isascii() else None


def _name(longest: int) -> Read:
    return lambda text: text if len(text) <= longest and text.isprintable() and _is_latin(text) else None


def _is_latin(text: str) -> bool:
    return text.isascii() or all(ord(letter) < 256 or letter in CP1252_LETTERS for letter in text)


def _one_of(known: frozenset[str] | tuple[str, ...]) -> Read:
    return lambda text: text if text in known else None


def _day(text: str) -> str | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


def _sex(text: str) -> str | None:
    return {"male": "Male", "female": "Female"}.get(text.lower()) if text.isascii() else None


def _language(text: str) -> str | None:
    return text.lower() if text.lower() in LANGUAGES else None


def _level(text: str) -> str | None:
    return text if text.isascii() and text.isprintable() and len(text) <= 50 else None


def _day_field(name: str) -> Text:
    return Text(name, _day, "bad_date", "a day that there is, as yyyy-MM-dd")


def _code_field(name: str, longest: int, *, required: bool = True, repeats: bool = True) -> Text:
    rule = f"up to {longest} letters and digits"
    return Text(name, _code(longest), "bad_code", rule, required=required, repeats=repeats)


def _name_field(name: str, longest: int) -> Text:
    return Text(name, _name(longest), "bad_name", f"up to {longest} Latin letters")


TEXTS = (
    Text("stateAbbreviation", _one_of(STATES), "bad_state", "the code of a state", required=True),
    _code_field("ssid", 40, repeats=False),
    _code_field("externalSsid", 50, repeats=False),
    _code_field("institutionIdentifier", 40),
    _code_field("districtIdentifier", 40, required=False),
    _name_field("firstName", 35),
    _name_field("middleName", 35),
    _name_field("lastName", 100),
    _day_field("birthDate"),
    Text("sex", _sex, "bad_sex", "Male or Female", required=True),
    Text("gradeLevelWhenAssessed", _one_of(GRADES), "bad_grade", f"one of {' '.join(GRADES)}", required=True),
    _day_field("firstEntryDateIntoUsSchool"),
    _day_field("lepEntryDate"),
    _day_field("lepExitDate"),
    Text("elpLevel", _level, "bad_level", "up to 50 ASCII characters"),
    Text("languageCode", _language, "bad_language", "a language code of three letters"),
    Text("primaryDisabilityType", _one_of(DISABILITIES), "bad_disability", "the code of a disability"),
    Text("title3ProgramType", _one_of(PROGRAMS), "bad_program", "the name of a Title III programme"),
)

REQUIRED_FLAGS = (
    "hispanicOrLatino",
    "americanIndianOrAlaskaNative",
    "asian",
    "blackOrAfricanAmerican",
    "white",
    "nativeHawaiianOrPacificIsland",
    "twoOrMoreRaces",
    "iDEAIndicator",
    "lepStatus",
    "disadvantageStatus",
)
OPEN_FLAGS = ("section504Status", "migrantStatus")
"""Flags that may be null: nobody knows."""

FLAGS = (*REQUIRED_FLAGS, *OPEN_FLAGS)
NAMES = (*(text.name for text in TEXTS), *FLAGS)
PLACE = {name: place for place, name in enumerate(NAMES)}
"""Where a field stands in a kept record."""

STATE, SSID, INSTITUTION, DISTRICT = (
    PLACE[name] for name in ("stateAbbreviation", "ssid", "institutionIdentifier", "districtIdentifier")
)
FIRST_NAME, LAST_NAME, GRADE = (PLACE[name] for name in ("firstName", "lastName", "gradeLevelWhenAssessed"))
DAYS = frozenset(text.name for text in TEXTS if text.code == "bad_date")

Record = list[str | bool | None]
"""One student's values in the order of NAMES; a text that is not known is ''."""


def as_object(record: Record) -> dict[str, str | bool | None]:
    """The record as it is sent and answered: values by name, null where nothing is known."""
    return {name: None if value == "" else value for name, value in zip(NAMES, record, strict=True)}
