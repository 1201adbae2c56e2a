"""Notes are written, changed and protected: who may, who may not, and what nobody loses."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from staffroom.students.models import Grants, Label, Note, NoteDraft
from tests.students.district import District
from tests.students.pages.visitors import seen, signed_in, text_of

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

SECRET = "seen crying behind the boathouse"
LINK = "https://docs.example/plan-7"


@pytest.fixture
def jonas(district: District) -> Client:
    """The homeroom teacher of Mira and Anton; he reads no restricted notes."""
    return signed_in(district.person("jonas"))


@pytest.fixture
def selma(district: District) -> Client:
    """Sees all of Lake High, and restricted notes."""
    Grants.objects.filter(educator=district.educators["selma"]).update(reads_restricted_notes=True)
    return signed_in(district.person("selma"))


def notes_page(district: District, name: str = "mira") -> str:
    return f"/students/{district.students[name].pk}/notes/"


def write(client: Client, district: District, text: str, **more: str) -> Note:
    values = {"key": str(uuid4()), "kind": "parent", "text": text, "links": "", **more}
    response = client.post(notes_page(district), values)
    assert response.status_code == 302, response.context["form"].errors
    return Note.objects.latest("pk")


def test_a_note_is_there_for_those_who_see_the_student(district: District, jonas: Client) -> None:
    note = write(jonas, district, "Called home.\nThey were glad.", links=LINK)
    assert (note.kind, note.author, note.is_restricted) == ("parent", district.educators["jonas"], False)
    rows = signed_in(district.person("selma")).get(f"{notes_page(district)}notes.json").json()["results"]
    assert [(row["kind"], row["author"], row["text"], row["links"]) for row in rows] == [
        ("parent", "Jonasson, Jonas", "Called home.\nThey were glad.", LINK)
    ]
    for login in ("vera", "hilda", "sven"):
        stranger = signed_in(district.person(login))
        for address in (notes_page(district), f"{notes_page(district)}{note.pk}/"):
            assert stranger.get(address).status_code == 404, login
            assert stranger.post(address, {"text": "x"}).status_code == 404, login


def test_what_is_restricted_stands_nowhere_but_where_it_is_asked_for(
    district: District, jonas: Client, selma: Client
) -> None:
    note = write(selma, district, SECRET, is_restricted="on", links=LINK)
    assert note.is_restricted
    own = f"{notes_page(district)}{note.pk}/"
    everywhere = [
        notes_page(district),
        f"{notes_page(district)}notes.csv",
        f"{notes_page(district)}notes.json",
        f"/students/{note.student_id}/",
        own,
        "/students/notes/",
        "/students/notes/notes.csv",
    ]
    for client in (jonas, selma):
        for address in everywhere:
            page = text_of(client, address)
            assert SECRET not in page, address
            assert LINK not in page, address
    assert jonas.get(f"{own}revisions.csv").status_code == 404
    assert jonas.post(f"{own}restricted").status_code == 404
    assert selma.get(f"{own}restricted").status_code == 405
    revealed = selma.post(f"{own}restricted")
    assert SECRET in revealed.content.decode()
    assert (f"students/note/{note.pk}/restricted.html", ["1003"]) in seen()


def test_who_may_not_read_restricted_notes_writes_none(district: District, jonas: Client) -> None:
    assert "is_restricted" not in jonas.get(notes_page(district)).context["form"].fields
    assert not write(jonas, district, "An open word", is_restricted="on").is_restricted


def test_a_note_is_changed_by_its_author_alone_and_what_it_said_is_kept(
    district: District, jonas: Client, selma: Client
) -> None:
    note = write(jonas, district, "First")
    own = f"{notes_page(district)}{note.pk}/"
    assert selma.post(own, {"text": "Mine", "links": "", "seen": 0}).status_code == 404
    jonas.post(own, {"text": "Second", "links": "", "seen": 0})
    jonas.post(own, {"text": "Third", "links": LINK, "seen": 1})
    changed = Note.objects.get(pk=note.pk)
    assert (changed.text, changed.recorded_at) == ("Third", note.recorded_at)
    rows = selma.get(f"{own}revisions.json").json()["results"]
    assert [(row["number"], row["text"], row["by"]) for row in rows] == [
        (1, "First", "Jonasson, Jonas"),
        (2, "Second", "Jonasson, Jonas"),
    ]


def test_of_two_windows_that_change_one_note_the_second_is_told_and_loses_nothing(
    district: District, jonas: Client
) -> None:
    note = write(jonas, district, "As it was")
    own = f"{notes_page(district)}{note.pk}/"
    jonas.post(own, {"text": "From the first window", "links": "", "seen": 0})
    answer = jonas.post(own, {"text": "From the second window", "links": "", "seen": 0})
    page = answer.content.decode()
    assert "Somebody changed this note meanwhile" in page
    assert "From the first window" in page
    assert "From the second window" in page
    assert Note.objects.get(pk=note.pk).text == "From the first window"
    again = {"text": "From the second window", "links": "", "seen": answer.context["form"]["seen"].value()}
    assert jonas.post(own, again).status_code == 302
    assert Note.objects.get(pk=note.pk).text == "From the second window"


def test_holders_of_the_label_mark_a_note_as_restricted_and_its_history_with_it(
    district: District, jonas: Client, selma: Client
) -> None:
    note = write(jonas, district, SECRET)
    own = f"{notes_page(district)}{note.pk}/"
    jonas.post(own, {"text": f"{SECRET} again", "links": "", "seen": 0})
    assert jonas.post(f"{own}mark").status_code == 404
    assert selma.post(f"{own}mark").status_code == 404
    Label.objects.create(educator=district.educators["selma"], key="marks_notes_restricted")
    assert selma.post(f"{own}mark").status_code == 302
    assert SECRET not in text_of(jonas, own)
    assert jonas.post(own, {"text": "undone", "links": "", "seen": 2}).status_code == 404
    assert Note.objects.get(pk=note.pk).revisions.count() == 2


def test_a_draft_survives_a_closed_browser_and_is_seen_by_nobody_else(
    district: District, jonas: Client, selma: Client
) -> None:
    key = str(uuid4())
    draft = {"key": key, "kind": "parent", "text": f"half a thought: {SECRET}", "links": ""}
    assert jonas.post(f"{notes_page(district)}draft", draft).status_code == 204
    again = signed_in(district.person("jonas")).get(notes_page(district))
    assert again.context["form"]["text"].value() == f"half a thought: {SECRET}"
    assert "You began this note before" in again.content.decode()
    assert SECRET not in text_of(selma, notes_page(district))
    write(jonas, district, "A whole thought", key=key)
    assert NoteDraft.objects.count() == 0


def test_a_note_that_is_too_long_is_not_taken_and_comes_back_whole(district: District, jonas: Client) -> None:
    endless = "<script>alert(1)</script>" * 40_000
    values = {"key": str(uuid4()), "kind": "parent", "text": endless, "links": ""}
    answer = jonas.post(notes_page(district), values)
    assert Note.objects.count() == 0
    assert answer.context["form"]["text"].value() == endless
    assert "<script>alert" not in answer.content.decode()
    assert "longer than 50000 characters" in answer.content.decode()


def test_links_are_addresses_of_the_web(district: District, jonas: Client) -> None:
    values = {"key": str(uuid4()), "kind": "parent", "text": "See", "links": "javascript:alert(1)"}
    assert jonas.post(notes_page(district), values).status_code == 200
    assert Note.objects.count() == 0


def test_who_sees_as_another_never_writes(district: District) -> None:
    lead = signed_in(district.person("ursula"))
    lead.post(f"/students/access/{district.educators['vera'].pk}/view-as/")
    page = lead.get(notes_page(district, "gwen"))
    assert page.context["form"] is None
    values = {"key": str(uuid4()), "kind": "parent", "text": "As Vera", "links": ""}
    assert lead.post(notes_page(district, "gwen"), values).status_code == 404
    assert lead.post(f"{notes_page(district, 'gwen')}draft", values).status_code == 404
    assert (Note.objects.count(), NoteDraft.objects.count()) == (0, 0)


def test_transition_notes_are_written_by_holders_of_their_label(district: District, jonas: Client) -> None:
    kinds = jonas.get(notes_page(district)).context["form"].fields["kind"].choices
    assert "transition" not in dict(kinds)
    Label.objects.create(educator=district.educators["jonas"], key="writes_transition_notes")
    assert write(jonas, district, "Likes rowing", kind="transition").kind == "transition"


def test_older_notes_are_shown_when_asked_for(district: District, jonas: Client) -> None:
    note = write(jonas, district, "Long ago")
    Note.objects.filter(pk=note.pk).update(recorded_at=datetime(2019, 5, 1, tzinfo=UTC))
    assert "Long ago" not in text_of(jonas, notes_page(district))
    assert "Long ago" in text_of(jonas, f"{notes_page(district)}?whole=1")


def test_my_notes_are_those_about_students_whom_i_still_see(district: District, jonas: Client) -> None:
    write(jonas, district, "About Mira")
    assert "About Mira" in text_of(jonas, "/students/notes/")
    assert "About Mira" not in text_of(signed_in(district.person("selma")), "/students/notes/")
    mira = district.students["mira"]
    mira.homeroom = None
    mira.save()
    assert "About Mira" not in text_of(jonas, "/students/notes/")


def test_a_list_of_notes_asks_the_database_as_often_for_three_as_for_one(
    district: District, jonas: Client
) -> None:
    asked = []
    for more in (1, 2):
        for number in range(more):
            write(jonas, district, f"Note {number}", links=LINK)
        with CaptureQueriesContext(connection) as queries:
            jonas.get(notes_page(district))
        asked.append(len(queries))
    assert asked[0] == asked[1]
