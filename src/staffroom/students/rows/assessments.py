"""The assessments' file: MCAS of both generations, ACCESS and DIBELS, told apart by the test's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from staffroom.students.rows.declaration import Fault, Fields, PassedOver, Reading, Source
from staffroom.students.rows.values import clean_day, decimal_or_none, needed, whole_or_none

MCAS, NEXT_GEN_MCAS, ACCESS = "mcas", "mcas_next_gen", "access"
NEXT_GEN_FROM = 400
MCAS_SUBJECTS = {
    "ela": "ELA",
    "english language arts": "ELA",
    "math": "Mathematics",
    "mathematics": "Mathematics",
}
ACCESS_SUBJECTS = (
    "Composite",
    "Comprehension",
    "Literacy",
    "Oral",
    "Listening",
    "Reading",
    "Speaking",
    "Writing",
)
CORE, STRATEGIC, INTENSIVE = "CORE", "STRATEGIC", "INTENSIVE"
_BENCHMARK = re.compile(
    r"(?P<core>CORE|BENCHMARK)|(?P<strategic>STRATEGIC|STRG)|(?P<intensive>INT[A-Z]*)", re.I
)


@dataclass(frozen=True, slots=True)
class AssessmentRow:
    TABLE: ClassVar[str] = "assessment"
    KEY: ClassVar[tuple[str, ...]] = ("student", "test", "subject", "taken_on")
    student: str
    test: str
    """``mcas``, ``mcas_next_gen`` or ``access``."""
    subject: str
    taken_on: date
    scale_score: int | None
    growth_percentile: int | None
    performance_level: str


@dataclass(frozen=True, slots=True)
class DibelsRow:
    TABLE: ClassVar[str] = "dibels_result"
    KEY: ClassVar[tuple[str, ...]] = ("student", "taken_on", "benchmark", "subtests")
    student: str
    taken_on: date
    benchmark: str
    subtests: str


def rows(fields: Fields, reading: Reading) -> Iterator[AssessmentRow | DibelsRow]:
    settings = reading.settings
    test = fields["assessment_test"]
    for patterns, made in (
        (settings.mcas_tests, _mcas),
        (settings.access_tests, _access),
        (settings.dibels_tests, _dibels),
    ):
        found = next((match for one in patterns if (match := re.fullmatch(one, test))), None)
        if found is not None:
            yield made(fields, reading, found.groupdict().get("subject") or "")
            return
    raise PassedOver("other_test")


def _taken(fields: Fields, reading: Reading) -> tuple[str, date]:
    local_id = needed(fields, "local_id")
    day = clean_day(fields, "assessment_date", reading, spares=local_id)
    if day < reading.oldest:
        raise PassedOver("old")
    return local_id, day


def _mcas(fields: Fields, reading: Reading, subject: str) -> AssessmentRow:
    local_id, day = _taken(fields, reading)
    named = subject or fields["assessment_subject"]
    if "english language arts" in fields["assessment_name"].lower() and not subject:
        named = "ELA"
    if named.lower() not in MCAS_SUBJECTS:
        raise PassedOver("other_test")
    scale = _score(fields["assessment_scale_score"])
    return AssessmentRow(
        student=local_id,
        test=NEXT_GEN_MCAS if scale is not None and scale >= NEXT_GEN_FROM else MCAS,
        subject=MCAS_SUBJECTS[named.lower()],
        taken_on=day,
        scale_score=scale,
        growth_percentile=_score(fields["assessment_growth"]),
        performance_level=fields["assessment_performance_level"],
    )


def _access(fields: Fields, reading: Reading, subject: str) -> AssessmentRow:
    local_id, day = _taken(fields, reading)
    named = (subject or fields["assessment_subject"]).title()
    named = "Composite" if named == "Overall" else named
    if named not in ACCESS_SUBJECTS:
        raise Fault("value", "assessment_subject", local_id)
    return AssessmentRow(
        student=local_id,
        test=ACCESS,
        subject=named,
        taken_on=day,
        scale_score=_score(fields["assessment_scale_score"]),
        growth_percentile=_score(fields["assessment_growth"]),
        performance_level=fields["assessment_performance_level"],
    )


def _dibels(fields: Fields, reading: Reading, subject: str) -> DibelsRow:  # noqa: ARG001 - as the others
    local_id, day = _taken(fields, reading)
    benchmark, subtests = dibels_parts(fields["assessment_performance_level"])
    if not benchmark:
        raise Fault("value", "assessment_performance_level", local_id)
    return DibelsRow(local_id, day, benchmark, subtests)


def dibels_parts(level: str) -> tuple[str, str]:
    """``strategic 91/96%`` is STRATEGIC and 91/96%; two empty texts where it names no benchmark."""
    found = _BENCHMARK.search(level)
    if found is None:
        return "", ""
    benchmark = {"core": CORE, "strategic": STRATEGIC, "intensive": INTENSIVE}[str(found.lastgroup)]
    return benchmark, " ".join((level[: found.start()] + level[found.end() :]).split())


def _score(text: str) -> int | None:
    """A score's whole points; what is no number, and 0, is none."""
    number = decimal_or_none(text)
    return (whole_or_none(str(int(number))) or None) if number is not None else None


SOURCE = Source(
    name="assessments",
    about="MCAS, ACCESS and DIBELS.",
    order=6,
    tables=(AssessmentRow, DibelsRow),
    rows=rows,
    required=(
        "local_id",
        "assessment_date",
        "assessment_scale_score",
        "assessment_performance_level",
        "assessment_subject",
        "assessment_test",
    ),
    optional=("state_id", "school_local_id", "assessment_growth", "assessment_name"),
    fills={"growth_percentile": "assessment_growth"},
)
