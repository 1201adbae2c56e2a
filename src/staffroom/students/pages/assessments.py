"""A student's assessments: STAR, MCAS, ACCESS and DIBELS, each with what its results mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.students.bands import CUTS, SCALES, band_of
from staffroom.students.models import Assessment, DibelsResult, StarResult
from staffroom.students.pages.area import OpenStudent, open_student
from staffroom.students.pages.profile_frame import profile_page
from staffroom.students.pages.score_charts import score_chart
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

STAR = (
    Column("taken_at", msg("When"), Kind.INSTANT),
    Column("percentile", msg("Percentile"), Kind.COUNT, msg("How many of a hundred did less well.")),
    Column("grade_equivalent", msg("Grade equivalent"), Kind.TEXT),
    Column("total_seconds", msg("Time taken"), Kind.SECONDS),
)
MCAS = (
    Column("taken_on", msg("Day"), Kind.DAY),
    Column("test", msg("Test"), Kind.TEXT),
    Column("score", msg("Score"), Kind.COUNT),
    Column("band", msg("Band"), Kind.TEXT, msg("By the state's cut points.")),
    Column("level", msg("Level"), Kind.TEXT, msg("As the file says it.")),
    Column("growth", msg("Growth"), Kind.COUNT, msg("The percentile of growth among those who began alike.")),
)
ACCESS = (
    Column("taken_on", msg("Day"), Kind.DAY),
    Column("subject", msg("Part"), Kind.TEXT),
    Column("level", msg("Level"), Kind.TEXT, msg("From 1 to 6.")),
    Column("score", msg("Score"), Kind.COUNT),
)
DIBELS = (
    Column("taken_on", msg("Day"), Kind.DAY),
    Column("benchmark", msg("Benchmark"), Kind.TEXT),
    Column("subtests", msg("Parts"), Kind.TEXT),
)
TITLES = {StarResult.Subject.READING: msg("STAR reading"), StarResult.Subject.MATH: msg("STAR math")}
SUBJECTS = {"ELA": msg("MCAS English language arts"), "Mathematics": msg("MCAS mathematics")}
LATEST_STAR = msg("The latest percentile is {percentile}; half of all students reach 50.")
LATEST_MCAS = msg("The latest score is {score}: {band}.")
LATEST_LEVEL = msg("The latest composite level is {level}.")
RESULTS = plural("{count} result is recorded.", "{count} results are recorded.")
NOT_TESTED = msg("No result of this test has been imported.")


def assessments(request: SignedInRequest, student: int) -> Page:
    """A student's results in each test, with what they mean."""
    opened = open_student(request, student)
    sections: dict[str, Callable[[], Section]] = {
        f"star-{subject.value}": partial(_star, opened, subject) for subject in StarResult.Subject
    }
    sections |= {f"mcas-{subject.lower()}": partial(_mcas, opened, subject) for subject in SUBJECTS}
    sections |= {"access": partial(_access, opened), "dibels": partial(_dibels, opened)}
    return profile_page(opened, "student-assessments", sections)


def _star(opened: OpenStudent, subject: StarResult.Subject) -> Section:
    found = StarResult.objects.current().filter(student=opened.student, subject=subject).order_by("-taken_at")
    names = ("taken_at", "percentile", "grade_equivalent", "total_seconds")
    rows = [dict(zip(names, values, strict=True)) for values in found.values_list(*names)]
    answer = say(LATEST_STAR, percentile=rows[0]["percentile"]) if rows else ""
    points = [{"day": row["taken_at"].date().isoformat(), "score": row["percentile"]} for row in rows]
    return Section(
        slug=f"star-{subject.value}",
        title=TITLES[subject],
        question=msg("How does this student do compared with others, and in which direction does it go?"),
        answer=answer,
        table=Table(columns=STAR, rows=rows),
        chart=score_chart(say(TITLES[subject]), answer, points, scale=(0, 100), marks=(50,)),
        empty=Empty(Cause.NOTHING_IMPORTED, say(NOT_TESTED)),
    )


def _mcas(opened: OpenStudent, subject: str) -> Section:
    found = Assessment.objects.current().filter(student=opened.student, subject=subject, test__in=list(CUTS))
    for_people = is_read_by_people(opened.visit.request)
    taken = list(found.order_by("-taken_on", "-pk"))
    rows = [_mcas_row(one, for_people=for_people) for one in taken]
    latest = next((one for one in taken if one.scale_score is not None), None)
    band = say(band_of(latest.test, latest.scale_score)) if latest else ""
    answer = (
        say(LATEST_MCAS, score=latest.scale_score, band=band) if latest else say_count(RESULTS, len(rows))
    )
    test = latest.test if latest else Assessment.Test.MCAS_NEXT_GEN
    points = [
        {"day": one.taken_on.isoformat(), "score": one.scale_score}
        for one in taken
        if one.scale_score is not None and one.test == test
    ]
    cuts = tuple(least for least, _ in CUTS[test])
    return Section(
        slug=f"mcas-{subject.lower()}",
        title=SUBJECTS[subject],
        question=msg("Does this student meet what the state expects?"),
        answer=answer,
        table=Table(columns=MCAS, rows=rows),
        chart=score_chart(say(SUBJECTS[subject]), answer, points, scale=SCALES[test], marks=cuts),
        empty=Empty(Cause.NOTHING_IMPORTED, say(NOT_TESTED)),
    )


def _mcas_row(one: Assessment, *, for_people: bool) -> dict[str, Any]:
    band = band_of(one.test, one.scale_score)
    return {
        "taken_on": one.taken_on,
        "test": str(Assessment.Test(one.test).label) if for_people else one.test,
        "score": one.scale_score,
        "band": (say(band) if for_people else band) or None,
        "level": one.performance_level or None,
        "growth": one.growth_percentile,
    }


def _access(opened: OpenStudent) -> Section:
    found = Assessment.objects.current().filter(student=opened.student, test=Assessment.Test.ACCESS)
    taken = list(found.order_by("-taken_on", "subject"))
    composite = next((one for one in taken if one.subject == "Composite"), None)
    rows = [
        {
            "taken_on": one.taken_on,
            "subject": one.subject,
            "level": one.performance_level or None,
            "score": one.scale_score,
        }
        for one in taken
    ]
    return Section(
        slug="access",
        title=msg("ACCESS"),
        question=msg("How well does this student speak, understand, read and write English?"),
        answer=say(LATEST_LEVEL, level=composite.performance_level)
        if composite
        else say_count(RESULTS, len(rows)),
        table=Table(columns=ACCESS, rows=rows, groups=("taken_on",)),
        empty=Empty(Cause.NOTHING_IMPORTED, say(NOT_TESTED)),
    )


def _dibels(opened: OpenStudent) -> Section:
    found = DibelsResult.objects.current().filter(student=opened.student).order_by("-taken_on", "-pk")
    rows = [
        {"taken_on": one.taken_on, "benchmark": one.benchmark, "subtests": one.subtests or None}
        for one in found
    ]
    return Section(
        slug="dibels",
        title=msg("DIBELS"),
        question=msg("Does this student learn to read as expected?"),
        answer=say_count(RESULTS, len(rows)),
        table=Table(columns=DIBELS, rows=rows),
        empty=Empty(Cause.NOTHING_IMPORTED, say(NOT_TESTED)),
    )
