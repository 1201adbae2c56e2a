"""No page tells anybody of a student whom they may not see: every address, as every kind of person.

Each field of each student holds a mark of that student. Addresses come from the URL configuration, so that a
page is in here the day it is born; the decision table says who may see whom, and not the code of the pages.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.utils import timezone

from staffroom.accounts import people
from staffroom.accounts.models import Person
from staffroom.site.routes import Route, all_routes
from staffroom.students.access import verdict_on
from staffroom.students.access_rules import Reason
from staffroom.students.documents import store_document
from staffroom.students.models import (
    Accommodation,
    Assessment,
    Attendance,
    DibelsResult,
    Document,
    Educator,
    Incident,
    Label,
    Note,
    NoteDraft,
    NoteLink,
    NoteRevision,
    Plan504,
    Service,
    StarResult,
    Student,
)
from tests.students.district import District, an_educator
from tests.students.pages.visitors import signed_in

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

MARK = re.compile(rb"mk-([a-z]+)-x", re.IGNORECASE)
KEPT_BACK = re.compile(rb"rs-([a-z]+)-x")
FACE = "csv"
"""JSON is made of the same rows."""
CAST = ("ursula", "lorna", "vera", "selma", "jonas", "sven")
CRAWLED = ("gwen", "mira")
"""Whose own pages are opened; every student is marked, and looked for everywhere."""
ELSEWHERE = ("/courses/", "/api/", "/registry/", "/developers/")
"""Pages that hold no students, or the registry's, which has a crawl of its own roles."""
ONLY_POSTED = {
    "students:note-draft",
    "students:note-mark",
    "students:note-restricted",
    "students:access-view-as",
    "students:import-approve",
    "students:import-refuse",
    "students:access-view-as-stop",
}
NOT_OPENED = {
    "students:import": "there is no import here; test_import_pages opens it",
}


@dataclass
class Visitor:
    """Somebody who opens pages; ``may`` are the marks of the students that they may see."""

    name: str
    client: Client
    may: set[str] = field(default_factory=set)


@pytest.fixture(autouse=True)
def instance(tmp_path: Path) -> Iterator[None]:
    """An instance with a place for documents."""
    ours = replace(settings.INSTANCE, root=tmp_path, secrets={"encryption_key": "for tests only"})
    with override_settings(INSTANCE=ours):
        yield


def test_no_answer_tells_of_a_student_outside_the_persons_set(district: District) -> None:
    Label.objects.create(educator=district.educators["jonas"], key="sees_who_has_access")
    marks = {name: mark(district, student) for name, student in district.students.items()}
    opened: set[str] = set()
    for visitor in visitors(district, marks):
        for route, address in addresses(district):
            for found, content in answers(visitor.client, address):
                opened.add(route.name)
                told = {name.decode().lower() for name in MARK.findall(content)}
                assert told <= visitor.may, (visitor.name, found)
                assert not KEPT_BACK.search(content), (visitor.name, found)
    ours = {route.name for route in crawled() if route.pattern.startswith("/students/")}
    assert ours - opened - set(NOT_OPENED) - ONLY_POSTED == set()


def test_what_is_posted_by_outsiders_changes_nothing(district: District) -> None:
    mark(district, district.students["mira"])
    before = {model: model.objects.count() for model in (Note, NoteDraft, Service, NoteRevision)}
    outsiders = [signed_in(None), signed_in(district.person("vera")), signed_in(operator())]
    mira = district.students["mira"].pk
    for client, (route, address) in product(outsiders, addresses(district)):
        if f"/students/{mira}/" in address:
            values = {"key": str(uuid.uuid4()), "kind": "parent", "text": "x", "starts_on": "2026-01-01"}
            assert client.post(address, values).status_code in (302, 401, 404, 405), (route.name, address)
    assert {model: model.objects.count() for model in before} == before
    assert not Note.objects.filter(text="x").exists()


def visitors(district: District, marks: dict[str, str]) -> Iterator[Visitor]:
    lead = an_educator("petra", sets_access=True)
    for login in (*CAST, lead.login):
        educator = Educator.objects.get(login=login)
        may = {
            marks[name]
            for name, student in district.students.items()
            if isinstance(verdict_on(educator, student), Reason)
        }
        yield Visitor(login, signed_in(district.person(login)), may)
    yield Visitor("operator", signed_in(operator()))
    yield Visitor("nobody", signed_in(None))
    seeing = signed_in(district.person("ursula"))
    seeing.post(f"/students/access/{district.educators['vera'].pk}/view-as/")
    yield Visitor("ursula as vera", seeing, {marks["gwen"]})


def operator() -> Person:
    found = Person.objects.filter(email="ada@lake.example").first()
    return found or people.create_person("ada@lake.example", name="Ada", administrator=True)


def crawled() -> list[Route]:
    return [route for route in all_routes() if not route.pattern.startswith(ELSEWHERE)]


def addresses(district: District) -> Iterator[tuple[Route, str]]:
    """Every crawled route with everything that may stand in it."""
    for route in crawled():
        names = re.findall(r"<(?:\w+:)?(\w+)>", route.pattern)
        for chosen in product(*(values(name, district) for name in names)):
            address = route.pattern
            for value in chosen:
                address = re.sub(r"<[^>]+>", str(value), address, count=1)
            yield route, address


def values(name: str, district: District) -> list[Any]:
    """What may stand in a part of a route."""
    students = [district.students[name].pk for name in CRAWLED]
    about = {"student__in": students}
    known: dict[str, list[Any]] = {
        "student": students,
        "note": list(Note.objects.filter(**about).values_list("pk", flat=True)),
        "service": list(Service.objects.filter(**about).values_list("pk", flat=True)),
        "document": list(Document.objects.filter(kind="iep", **about).values_list("pk", flat=True)),
        "educator": [district.educators["vera"].pk],
        "homeroom": [district.homerooms[name].pk for name in ("B1", "L1")],
        "number": [district.sections[name].pk for name in ("BIO-1", "ART-2")],
        "slug": [school.slug for school in district.schools.values()],
    }
    return known.get(name, [1])


def answers(client: Client, address: str) -> Iterator[tuple[str, bytes]]:
    """The page, and each of its sections as data; headers too, which may name files."""
    response = client.get(address)
    if response.status_code != 200:
        return
    yield address, response.content + repr(response.headers).encode()
    page = (response.context or {}).get("page") if response.context else None
    for section in getattr(page, "sections", {}):
        data = client.get(f"{address}{section}.{FACE}")
        if data.status_code == 200:
            yield f"{address}{section}.{FACE}", data.content + repr(data.headers).encode()


def mark(district: District, student: Student) -> str:
    """Put a mark of the student into each of their fields, and into a row of each record."""
    name = student.first_name.lower()
    text = f"mk-{name}-x"
    Student.objects.filter(pk=student.pk).update(
        **{one: f"{text} {one}" for one in ("first_name", "last_name", "home_language", "address", "phone")},
        **{one: f"{text} {one}" for one in ("disability", "sped_liaison", "counselor", "race", "lunch")},
        local_id=text,
        state_id=f"9{text}",
        email=f"{text}@home.example",
    )
    student.refresh_from_db()
    today, now = timezone.localdate(), timezone.now()
    Attendance.objects.create(student=student, day=today, kind="absence", reason=text, comment=text)
    for days in range(1, 5):
        Attendance.objects.create(student=student, day=today - timedelta(days=days), kind="absence")
    Incident.objects.create(
        student=student, occurred_at=now, has_exact_time=True, code=text, location=text, description=text
    )
    Assessment.objects.create(
        student=student, test="mcas_next_gen", subject="ELA", taken_on=today, performance_level=text
    )
    DibelsResult.objects.create(student=student, taken_on=today, benchmark="CORE", subtests=text)
    star = {"percentile": 40, "grade_equivalent": text, "total_seconds": 60}
    StarResult.objects.create(student=student, subject="math", taken_at=now, **star)
    plan = {"effective_on": today, "named_disability": text, "responsible": text}
    Plan504.objects.create(student=student, oid=text, status="1", **plan)
    Accommodation.objects.create(student=student, oid=text, plan=text, description=text)
    for kind, begins in (("iep", b"%PDF-"), ("photo", b"\x89PNG\r\n\x1a\n")):
        data = begins + text.encode()
        digest = sha256(data).hexdigest()
        store_document(settings.INSTANCE, digest, data)
        Document.objects.create(
            student=student, kind=kind, digest=digest, file_name=f"{text}.{kind}", size=len(data)
        )
    _write(district, student, text, name)
    return name


def _write(district: District, student: Student, text: str, name: str) -> None:
    now, author = timezone.now(), district.educators["rolf"]
    note = {"student": student, "author": author, "kind": "parent", "recorded_at": now, "changed_at": now}
    open_one = Note.objects.create(text=text, **note)
    NoteLink.objects.create(note=open_one, url=f"https://docs.example/{text}")
    closed = Note.objects.create(text=f"rs-{name}-x", is_restricted=True, **note)
    NoteLink.objects.create(note=closed, url=f"https://docs.example/rs-{name}-x")
    for number, one in enumerate((open_one, closed), 1):
        said = text if one is open_one else f"rs-{name}-x"
        NoteRevision.objects.create(
            note=one,
            number=number,
            text=said,
            was_restricted=one is closed,
            revised_at=now,
            revised_by=author,
        )
    NoteDraft.objects.create(student=student, educator=author, text=text, saved_at=now)
    Service.objects.create(
        student=student,
        kind="reading",
        provider=text,
        starts_on=timezone.localdate(),
        recorded_at=now,
        recorded_by=author,
    )
