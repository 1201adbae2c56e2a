"""What people of the demo district did on the site: grants by a project lead, notes, and services."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from staffroom.demo.district.staff import COUNSELOR, HOMEROOM_TEACHER, OFFICER, PRINCIPAL, SECTION_TEACHER
from staffroom.students.access import rules_now, students_for
from staffroom.students.granting import COMMAND_LINE, change_grants, give_label
from staffroom.students.labels import MARKS_NOTES_RESTRICTED, SEES_WHO_HAS_ACCESS
from staffroom.students.models import Educator, Note, Service, Student

WRITERS = (HOMEROOM_TEACHER, SECTION_TEACHER, COUNSELOR, PRINCIPAL)
NOTES_EACH = 40
TEXTS = (
    (
        "parent",
        "Called home about the absences. They will bring a note from the doctor, and were glad of the call.",
    ),
    ("parent", "Met with the family. They read together every evening now; next talk in three weeks."),
    ("sst", "Team agreed on morning check-ins and a seat near the front. We look again in six weeks."),
    ("mtss", "Moved to the small reading group. Fluency is better than in September; comprehension is next."),
    ("other", "Asked for help with fractions after class, twice, and got it on the second go."),
    ("counselor", "Plans for next year: wants to take chemistry, and the summer program at the lake."),
    ("other", "Left lunch early because of the noise. A quiet table helps."),
)
RESTRICTED = "The family asked that this stays between us: they may have to move before spring."
SERVICES = ("reading", "math", "counseling_in_house", "attendance_contract", "tutoring")


def live(seed: int) -> None:
    """Give grants, write notes of the last weeks, record services."""
    _grant()
    chance = random.Random(f"{seed} life")  # noqa: S311 - a demo, not a secret
    rules = rules_now()
    for writer in WRITERS:
        educator = Educator.objects.get(login=writer.login)
        students = list(students_for(educator.person, rules=rules).active().order_by("local_id"))
        picked = chance.sample(students, min(NOTES_EACH, len(students)))
        Note.objects.bulk_create(_notes(chance, educator, picked))
        Service.objects.bulk_create(_services(chance, educator, picked[: NOTES_EACH // 2]))


def _grant() -> None:
    by_login = {one.login: one for one in Educator.objects.all()}
    change_grants(
        by_login[OFFICER.login],
        COMMAND_LINE,
        districtwide=True,
        sets_access=True,
        reads_restricted_notes=True,
    )
    change_grants(by_login[COUNSELOR.login], COMMAND_LINE, schoolwide=True, reads_restricted_notes=True)
    give_label(by_login[COUNSELOR.login], MARKS_NOTES_RESTRICTED, COMMAND_LINE)
    for login in (OFFICER.login, PRINCIPAL.login, COUNSELOR.login):
        give_label(by_login[login], SEES_WHO_HAS_ACCESS, COMMAND_LINE)


def _notes(chance: random.Random, author: Educator, students: list[Student]) -> Iterator[Note]:
    for number, student in enumerate(students):
        kind, text = chance.choice(TEXTS)
        is_restricted = author.login == COUNSELOR.login and number % 8 == 0
        when = timezone.now() - timedelta(days=chance.randrange(1, 70), minutes=chance.randrange(400))
        yield Note(
            student=student,
            author=author,
            kind=kind,
            text=RESTRICTED if is_restricted else text,
            is_restricted=is_restricted,
            recorded_at=when,
            changed_at=when,
        )


def _services(chance: random.Random, educator: Educator, students: list[Student]) -> Iterator[Service]:
    today = timezone.localdate()
    for student in students:
        starts_on = today - timedelta(days=chance.randrange(10, 400))
        yield Service(
            student=student,
            kind=chance.choice(SERVICES),
            provider=educator.full_name,
            starts_on=starts_on,
            expected_to_end_on=starts_on + timedelta(days=300),
            ended_on=today - timedelta(days=5) if chance.random() < 0.3 else None,
            recorded_at=timezone.now(),
            recorded_by=educator,
        )
