"""What is recorded of the generated district's students: attendance, incidents, tests, notes, services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from bench.district import YEARS, Plan
from bench.filling import Table
from staffroom.students.models import (
    Assessment,
    Attendance,
    Incident,
    Note,
    Plan504,
    Service,
    StarResult,
)

CODES = ("Hitting", "Disruption", "Skipping class", "Defiance", "Bullying", "Phone")
PLACES = ("Classroom", "Hallway", "Cafeteria", "Playground", "Bus")
NOTE_KINDS = ("sst", "mtss", "parent", "other", "counselor")
SERVICES = ("reading", "math", "counseling_in_house", "attendance_contract", "community_schools")
TEXT = "Spoke with the family about how things go, and agreed on what everybody does until we meet again. "
NOTES_DAYS = 700
"""How far back notes go; most are of the last months."""

Rows = Iterator[tuple[Any, ...]]


def record_tables(plan: Plan) -> Iterator[Table]:
    yield Attendance, ("student", "day", "kind", "is_excused", "reason"), _attendance(plan)
    incidents = ("student", "occurred_at", "has_exact_time", "code", "location", "description")
    yield Incident, incidents, _incidents(plan)
    mcas = ("student", "test", "subject", "taken_on", "scale_score", "growth_percentile", "performance_level")
    yield Assessment, mcas, _mcas(plan)
    star = ("student", "subject", "taken_at", "percentile", "grade_equivalent", "total_seconds")
    yield StarResult, star, _star(plan)
    notes = ("student", "author", "kind", "text", "is_restricted", "recorded_at", "changed_at")
    yield Note, notes, _notes(plan)
    yield Service, ("student", "kind", "starts_on", "recorded_at", "recorded_by"), _services(plan)
    yield Plan504, ("oid", "student", "status", "effective_on", "named_disability"), _plans(plan)


def _attendance(plan: Plan) -> Rows:
    """Student by student; who has much trouble is away more often."""
    chance, days = plan.chance, [day.isoformat() for day in plan.school_days]
    each = plan.sizes.attendance / 2 / sum(pupil.trouble for pupil in plan.pupils)
    for pupil in plan.pupils:
        for kind in ("absence", "tardy"):
            for day in sorted(chance.sample(days, min(len(days), round(each * pupil.trouble)))):
                excused = kind == "absence" and chance.random() < 0.6
                yield pupil.number, day, kind, excused, "Medical" if excused else ""


def _incidents(plan: Plan) -> Rows:
    chance = plan.chance
    for pupil in plan.pupils:
        for day in chance.sample(plan.school_days, round(32 * pupil.trouble * chance.random())):
            is_exact = chance.random() < 0.8
            clock = f"{chance.randrange(13, 21):02}:{chance.randrange(60):02}" if is_exact else "05:00"
            yield (
                pupil.number,
                f"{day} {clock}:00",
                is_exact,
                chance.choice(CODES),
                chance.choice(PLACES),
                TEXT,
            )


def _mcas(plan: Plan) -> Rows:
    for pupil in plan.pupils:
        if pupil.grade not in ("KF", "1", "2"):
            for back in range(1, YEARS):
                for subject in ("ELA", "Mathematics"):
                    score, growth = plan.chance.randrange(440, 560), plan.chance.randrange(1, 100)
                    day = f"{plan.year - back}-05-12"
                    yield pupil.number, "mcas_next_gen", subject, day, score, growth, "M"


def _star(plan: Plan) -> Rows:
    for pupil in plan.pupils:
        if pupil.kind != "HS":
            for back in range(1, YEARS):
                for day in ("01-15", "05-10", "06-02"):
                    for subject in ("reading", "math"):
                        at = f"{plan.year - back}-{day} 14:00:00"
                        yield pupil.number, subject, at, plan.chance.randrange(1, 100), "4.2", 900


def _notes(plan: Plan) -> Rows:
    chance, latest = plan.chance, plan.today - timedelta(days=1)
    for number in range(plan.sizes.notes):
        pupil = chance.choice(plan.pupils)
        day = latest - timedelta(days=int(NOTES_DAYS * chance.random() ** 2))
        at = f"{day} 15:{number % 60:02}:00"
        author, kind = chance.choice(plan.educators[pupil.school]), chance.choice(NOTE_KINDS)
        yield (
            pupil.number,
            author,
            kind,
            TEXT * chance.randrange(1, 6),
            chance.random() < 0.05,
            at,
            at,
        )


def _services(plan: Plan) -> Rows:
    begins = f"{plan.year - 1}-09-15"
    for pupil in plan.pupils:
        if plan.chance.random() < 0.3:
            author = plan.educators[pupil.school][0]
            yield pupil.number, plan.chance.choice(SERVICES), begins, f"{begins} 15:00:00", author


def _plans(plan: Plan) -> Rows:
    for pupil in plan.pupils:
        if plan.chance.random() < 0.04:
            yield f"plan{pupil.number}", pupil.number, "1", f"{plan.year - 1}-09-15", "Health"
