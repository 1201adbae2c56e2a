"""What the head of a student's profile says: who they are, who supports them, which plans they have.

Callers pass a student whom ``access`` has let through. A handful of queries, however much there is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor

from staffroom.metrics.declaration import msg
from staffroom.students.access_settings import AccessSettings
from staffroom.students.models import Accommodation, Assessment, Document, Plan504, Service, Student
from staffroom.students.services import active
from staffroom.students.settings import StudentsSettings

NO_PLACEMENT = ("", "None", "Not Enrolled", "Not special ed", "Not SPED Was Earlier", "Not Sped Student 6-21")
"""What the SIS writes as placement of those who have none in special education."""
DOES_NOT_APPLY = ("", "Does Not Apply")
HAS_504 = ("504", "Active")
HOURS = (
    msg("fewer than 2 hours a week"),
    msg("2 to 5 hours a week"),
    msg("6 to 14 hours a week"),
    msg("15 hours a week or more"),
)
"""How much the levels of need in special education mean, the least first."""

LEARNS_ENGLISH = "learner"
DID_LEARN_ENGLISH = "former"


@dataclass(frozen=True, slots=True)
class Supporter:
    """Somebody who supports a student, and as what: a msgid."""

    role: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An active 504 plan: for what, who is responsible, what it grants (and in which field it stands)."""

    disability: str
    responsible: str
    effective_on: date
    review_on: date | None
    accommodations: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Language:
    """``status`` is learner, former or empty; ``level`` is that of ACCESS, ``since`` when they left."""

    status: str
    text: str
    """The SIS's own word."""
    level: int | None
    since: date | None


@dataclass(frozen=True, slots=True)
class Profile:
    """The head of a profile."""

    student: Student
    age: int | None
    language: Language
    iep: str
    """For which disability they have an IEP; ``-`` where it is not said, empty where they have none."""
    hours: str
    """How much special education, as a msgid; empty where it is not said."""
    plans_504: tuple[Plan, ...]
    has_504: bool
    supporters: tuple[Supporter, ...]
    photo: int | None
    """The number of the newest photo."""
    iep_document: int | None

    @property
    def initials(self) -> str:
        names = (self.student.first_name, self.student.last_name)
        return "".join(name[0] for name in names if name).upper()


@dataclass(frozen=True, slots=True)
class Words:
    """The words of this district's SIS."""

    students: StudentsSettings
    access: AccessSettings


def profile_of(student: Student, words: Words, *, today: date) -> Profile:
    plans = _plans(student)
    documents = _documents(student)
    return Profile(
        student=student,
        age=_age(student.born_on, today),
        language=_language(student, words),
        iep=_iep(student, words),
        hours=_hours(student.sped_level, words.students.sped_levels),
        plans_504=plans,
        has_504=bool(plans) if words.students.plans_decide_504 else student.plan_504 in HAS_504,
        supporters=_supporters(student, today),
        photo=documents.get(Document.Kind.PHOTO),
        iep_document=documents.get(Document.Kind.IEP),
    )


def _age(born_on: date | None, today: date) -> int | None:
    if born_on is None or born_on > today:
        return None
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _language(student: Student, words: Words) -> Language:
    text = student.language_status
    if text in words.students.learner_values:
        return Language(LEARNS_ENGLISH, text, _access_level(student), None)
    if text in words.students.former_learner_values:
        return Language(DID_LEARN_ENGLISH, text, None, student.ell_transition_on)
    return Language("", text, None, None)


def _access_level(student: Student) -> int | None:
    """The level that the newest composite of ACCESS says, such as 3 of “3.4”."""
    newest = (
        Assessment.objects.current()
        .filter(student=student, test=Assessment.Test.ACCESS, subject="Composite")
        .order_by("-taken_on", "-pk")
        .values_list("performance_level", flat=True)
        .first()
    )
    try:
        return floor(float(newest)) if newest else None
    except ValueError:
        return None


def _iep(student: Student, words: Words) -> str:
    disability = "" if student.disability in DOES_NOT_APPLY else student.disability
    needs = student.sped_level not in DOES_NOT_APPLY
    placed = student.sped_placement not in NO_PLACEMENT
    in_program = student.program in words.access.special_education_programs
    return disability or ("-" if needs or placed or in_program else "")


def _hours(level: str, levels: Sequence[str]) -> str:
    """The levels of a district end with the most need; some begin with one that means none."""
    known = list(levels)[-len(HOURS) :]
    return HOURS[known.index(level)] if level in known else ""


def _plans(student: Student) -> tuple[Plan, ...]:
    plans = list(Plan504.objects.current().filter(student=student, status=Plan504.ACTIVE).order_by("oid"))
    if not plans:
        return ()
    granted: dict[str, list[tuple[str, str]]] = {}
    for one in Accommodation.objects.current().filter(student=student).order_by("oid"):
        granted.setdefault(one.plan, []).append((one.description, one.given_by))
    return tuple(
        Plan(
            plan.named_disability,
            plan.responsible,
            plan.effective_on,
            plan.review_on,
            tuple(granted.get(plan.oid, ())),
        )
        for plan in plans
    )


def _supporters(student: Student, today: date) -> tuple[Supporter, ...]:
    homeroom = student.homeroom.educator if student.homeroom else None
    named = [
        Supporter(msg("Homeroom teacher"), homeroom.full_name if homeroom else ""),
        Supporter(msg("Counselor"), student.counselor),
        Supporter(msg("Special education liaison"), student.sped_liaison),
    ]
    going_on = active(Service.objects.filter(student=student), today).exclude(provider="").order_by()
    named += [
        Supporter(msg("Gives a service"), name)
        for name in sorted(set(going_on.values_list("provider", flat=True)))
    ]
    return tuple(one for one in named if one.name)


def _documents(student: Student) -> Mapping[str, int]:
    """The newest document of each kind."""
    kept = Document.objects.current().filter(student=student).order_by("arrived_in", "pk")
    return dict(kept.values_list("kind", "pk"))
