"""A student's whole record is told, and erased for good: no table, file or later import has them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site
from django.utils import timezone
from pytest_django import Settings

from staffroom.command import Exit
from staffroom.events.rejects import read_rejects
from staffroom.students.documents import DocumentLost, read_document, store_document
from staffroom.students.erasure import documents, erase, records
from staffroom.students.importing.changes import changes_path
from staffroom.students.importing.turn import rejects_name
from staffroom.students.models import (
    Attendance,
    Document,
    Educator,
    Import,
    Note,
    NoteLink,
    NoteRevision,
    Student,
)
from tests.students.importing.district import STUDENTS, District

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

GARFIELD, RYAN = "111111111", "333333333"
ABSENCES = (
    "event_date,local_id,absence,tardy\n"
    f"2018-03-01,{GARFIELD},1,0\n2018-03-01,{RYAN},1,0\n2018-13-41,{GARFIELD},1,0\n2018-13-41,{RYAN},1,0\n"
)
PHOTO = b"\x89PNG\r\n\x1a\n of Garfield"


@pytest.fixture
def full(district: District, settings: Settings) -> District:
    """The five students; Garfield has an absence, a reject, a note that was changed, and a photo."""
    secrets = {"encryption_key": "for tests only", "tombstone_key": "for tests too"}
    settings.INSTANCE = district.instance = replace(district.instance, secrets=secrets)
    district.one("students", STUDENTS)
    district.one("attendance", ABSENCES)
    settings.INSTANCE = district.instance
    student = Student.objects.get(local_id=GARFIELD)
    vera = Educator.objects.create(login="vera", full_name="Verason, Vera")
    now = timezone.now()
    note = Note.objects.create(
        student=student, author=vera, kind="parent", text="Second", recorded_at=now, changed_at=now
    )
    NoteRevision.objects.create(
        note=note, number=1, text="First", was_restricted=False, revised_at=now, revised_by=vera
    )
    NoteLink.objects.create(note=note, url="https://docs.example/1")
    store_document(district.instance, "d1", PHOTO)
    Document.objects.create(student=student, kind="photo", digest="d1", file_name="x.PNG", size=len(PHOTO))
    return district


def everywhere(wanted: str) -> list[str]:
    """The tables of students in which a text stands."""
    found = []
    for model in apps.get_app_config("students").get_models():
        for row in model._default_manager.all():
            values = [getattr(row, field.attname) for field in row._meta.concrete_fields]
            if any(wanted in str(value) for value in values):
                found.append(model.__name__)
    return sorted(set(found))


def rejected(district: District) -> list[bytes]:
    number = Import.objects.filter(source="attendance").order_by("pk").first()
    assert number is not None
    return [one.data for one in read_rejects(district.instance.rejects, rejects_name(number.pk))]


def test_the_whole_record_is_told(full: District) -> None:
    student = Student.objects.get(local_id=GARFIELD)
    told: dict[str, Any] = json.loads(json.dumps(records(student)))
    assert told["student"]["last_name"] == "Skywalker"
    assert [(row["day"], row["kind"]) for row in told["attendance"]] == [("2018-03-01", "absence")]
    (note,) = told["notes"]
    assert (note["text"], note["revisions"][0]["text"], note["links"]) == (
        "Second",
        "First",
        ["https://docs.example/1"],
    )
    assert [(name[:6], name[-4:], data) for name, data in documents(full.instance, student)] == [
        ("photo-", ".png", PHOTO)
    ]


def test_an_erased_student_is_nowhere_and_everybody_else_is_as_before(full: District) -> None:
    assert any(GARFIELD.encode() in data for data in rejected(full))
    gone = erase(full.instance, GARFIELD)
    assert gone == {"students": 1, "documents": 1, "attendance": 1, "notes": 1, "rejects": 1}
    assert everywhere(GARFIELD) == everywhere("Skywalker") == everywhere("First") == []
    assert [RYAN.encode() in data for data in rejected(full)] == [True]
    with pytest.raises(DocumentLost):
        read_document(full.instance, "d1")
    assert Student.objects.count() == 4
    assert Attendance.objects.current().filter(student__local_id=RYAN).count() == 1


def test_no_import_brings_an_erased_student_back(full: District) -> None:
    erase(full.instance, GARFIELD)
    for source, data in (("students", STUDENTS), ("attendance", ABSENCES)):
        result = full.one(source, data + ("\n" if source == "students" else ""))
        assert result.counters.left_out["erased"] >= 1
    assert everywhere(GARFIELD) == everywhere("Skywalker") == []
    for record in Import.objects.all():
        kept = read_rejects(full.instance.rejects, rejects_name(record.pk))
        assert not [one for one in kept if GARFIELD.encode() in one.data]


def test_held_imports_are_dropped_with_what_they_hold(full: District) -> None:
    rows = "".join(f'{number},"Last{number}, First",HEA,4,Active,\n' for number in range(1, 21))
    header = STUDENTS.splitlines()[0].replace(",state_id", "")
    full.configure(held_share_pct=100.0)
    full.one("students", f"{header}\n{rows}", unmarked="keep")
    full.configure(held_share_pct=1.0)
    number = full.one("students", f"{header}\n{rows.replace(',4,', ',5,')}", unmarked="keep").number
    assert changes_path(full.instance, number).exists()
    erase(full.instance, "1")
    assert Import.objects.get(pk=number).state == "superseded"
    assert not changes_path(full.instance, number).exists()


def test_erasing_again_finds_nothing_and_keeps_the_tombstone(full: District) -> None:
    erase(full.instance, GARFIELD)
    assert erase(full.instance, GARFIELD) == {}
    assert full.one("students", STUDENTS).counters.left_out["erased"] == 1


def test_the_record_goes_into_a_new_folder_of_its_owner(
    full: District, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    from staffroom.students import erasure_commands

    monkeypatch.setattr(erasure_commands, "start_site", lambda _: None)  # the tests have started it
    call: Any = SimpleNamespace(
        instance=site.INSTANCE, options=SimpleNamespace(local_id=GARFIELD, to=str(tmp_path / "request"))
    )
    assert erasure_commands.records(call) == Exit.DONE
    folder = tmp_path / "request"
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".png"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert "Skywalker" not in capsys.readouterr().out
