"""The newest results of each student, found without ranking all that there are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from staffroom.students.models import Assessment, StarResult, Student, Switch
from staffroom.students.newest import mcas_results, star_percentiles
from tests.students.district import District

pytestmark = pytest.mark.django_db


def star(student: Student, subject: str, day: int, percentile: int, **more: Any) -> None:
    StarResult.objects.create(
        student=student,
        subject=subject,
        taken_at=datetime(2018, 1, day, 9, tzinfo=UTC),
        percentile=percentile,
        grade_equivalent="4.2",
        total_seconds=900,
        **more,
    )


def mcas(student: Student, subject: str, day: date, score: int | None, **more: Any) -> None:
    more = {"test": "mcas_next_gen", "growth_percentile": None, **more}
    Assessment.objects.create(student=student, subject=subject, taken_on=day, scale_score=score, **more)


def test_of_each_subject_the_newest_star_test_counts(district: District) -> None:
    mira, anton = district.students["mira"], district.students["anton"]
    star(mira, "reading", 9, 40)
    star(mira, "reading", 8, 90)
    star(mira, "math", 3, 12)
    star(anton, "math", 3, 55)
    star(anton, "math", 9, 99, arrived_in=5)  # of an import that is not shown yet
    assert star_percentiles(Student.objects.filter(grade="9")) == {
        mira.pk: {"star_reading": 40, "star_math": 12},
        anton.pk: {"star_math": 55},
    }
    Switch.objects.create(table="starresult", number=5)
    assert star_percentiles(Student.objects.filter(pk=anton.pk)) == {anton.pk: {"star_math": 99}}


def test_of_each_subject_the_newest_mcas_test_counts_whichever_generation(district: District) -> None:
    mira, kaja = district.students["mira"], district.students["kaja"]
    mcas(mira, "ELA", date(2016, 5, 1), 244, test="mcas", performance_level="P", growth_percentile=61)
    mcas(mira, "ELA", date(2017, 5, 1), 498, performance_level="PM")
    mcas(mira, "Mathematics", date(2017, 5, 1), None, performance_level="M")
    mcas(mira, "Composite", date(2018, 1, 1), 5, test="access")
    mcas(kaja, "Mathematics", date(2015, 5, 1), 262, test="mcas", growth_percentile=8)
    assert mcas_results(Student.objects.exclude(pk=kaja.pk)) == {
        mira.pk: {
            "mcas_ela_score": 498,
            "mcas_ela_level": "PM",
            "mcas_ela_growth": None,
            "mcas_math_score": None,
            "mcas_math_level": "M",
            "mcas_math_growth": None,
        }
    }
    assert mcas_results(Student.objects.filter(pk=kaja.pk)) == {
        kaja.pk: {"mcas_math_score": 262, "mcas_math_level": None, "mcas_math_growth": 8}
    }


some_tests = st.lists(
    st.tuples(st.sampled_from(["mira", "anton"]), st.sampled_from(["reading", "math"]), st.integers(1, 28)),
    unique=True,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_tests)
def test_whatever_the_order_in_which_results_arrive(
    district: District, arrived: list[tuple[str, str, int]]
) -> None:
    StarResult.objects.all().delete()
    expected: dict[int, dict[str, int]] = {student.pk: {} for student in district.students.values()}
    for name, subject, day in arrived:
        star(district.students[name], subject, day, day)
        found = expected[district.students[name].pk]
        found[f"star_{subject}"] = max(day, found.get(f"star_{subject}", 0))
    assert star_percentiles(Student.objects.all()) == {pk: found for pk, found in expected.items() if found}
