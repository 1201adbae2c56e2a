"""Project leads decide on a held import: a worker applies what they approve, what they refuse is dropped."""

from __future__ import annotations

from argparse import Namespace
from html import unescape

import pytest
from django.test import Client

from staffroom.accounts import people
from staffroom.accounts.models import View
from staffroom.command import Call
from staffroom.jobs.models import Run
from staffroom.students import commands
from staffroom.students.importing.run import import_lock
from staffroom.students.models import Educator, Student
from staffroom.students.models.imports import Import
from tests.students.district import an_educator
from tests.students.importing.district import District, table
from tests.students.importing.test_held import students
from tests.students.importing.test_import_pages import signed_in

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

LOOKED = {"looked": "yes"}


@pytest.fixture
def ursula() -> Educator:
    """A project lead."""
    return an_educator("ursula", sets_access=True, districtwide=True)


@pytest.fixture
def lead(ursula: Educator) -> Client:
    return signed_in(ursula.person)


@pytest.fixture
def held(district: District) -> int:
    """Twelve students of grade 4 were imported; a file that moves all of them to 5 is held."""
    district.one("students", students(*["4"] * 12))
    return district.one("students", students(*["5"] * 12)).number


def approve(client: Client, number: int, **sent: str) -> int:
    return client.post(f"/students/imports/{number}/approve", sent).status_code


def refuse(client: Client, number: int, **sent: str) -> int:
    return client.post(f"/students/imports/{number}/refuse", sent).status_code


def page(client: Client, number: int) -> str:
    return unescape(client.get(f"/students/imports/{number}/").content.decode())


def decided(number: int) -> tuple[str, int | None]:
    found = Import.objects.get(pk=number)
    return found.state, found.decided_by


def test_nobody_else_decides(held: int, lead: Client) -> None:
    others = [
        an_educator("lorna", districtwide=True, schoolwide=True).person,
        people.create_person("ada@lake.example", name="Ada", administrator=True),
    ]
    for other in others:
        assert approve(signed_in(other), held, **LOOKED) == 404
        assert refuse(signed_in(other), held, **LOOKED) == 404
    assert approve(signed_in(None), held, **LOOKED) == 302
    assert lead.get(f"/students/imports/{held}/approve").status_code == 405
    assert (decided(held), Run.objects.count()) == (("held", None), 0)


def test_a_project_lead_who_sees_as_another_decides_nothing(held: int, lead: Client) -> None:
    other = an_educator("vera")
    lead.post(f"/students/access/{other.pk}/view-as/")
    assert (approve(lead, held, **LOOKED), Run.objects.count()) == (404, 0)


def test_a_form_of_another_site_decides_nothing(held: int, ursula: Educator) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert ursula.person is not None
    strict.force_login(ursula.person, backend="staffroom.site.sign_in.Backend")
    assert refuse(strict, held, **LOOKED) == 400
    assert decided(held) == ("held", None)


def test_who_has_not_looked_decides_nothing(held: int, lead: Client) -> None:
    assert (approve(lead, held), refuse(lead, held)) == (302, 302)
    assert "say first that you have looked" in page(lead, held)
    assert (decided(held), Run.objects.count()) == (("held", None), 0)


def test_what_is_approved_waits_for_a_worker_who_applies_it(
    district: District, held: int, lead: Client, ursula: Educator
) -> None:
    (district.instance.root / "staffroom.toml").write_text(TOML, "utf-8")
    assert approve(lead, held, **LOOKED) == 302
    assert approve(lead, held, **LOOKED) == 302  # a second click asks for nothing more
    run = Run.objects.get()
    assert (run.name, run.arguments, run.lane) == ("students approve", {"import": held}, "students")
    assert table(Student, "grade") == [("4",)] * 12
    response = lead.get(f"/students/imports/{held}/")
    assert "Somebody approved it; it waits for a worker." in response.text
    assert "Apply exactly this" not in response.text
    assert response["Refresh"] == "3"
    options = Namespace(instance=district.instance.root, number=held, run=str(run.pk), json=False, quiet=True)
    assert commands.approve(Call(options)) == 0  # as the worker's child does
    Run.objects.update(state="done")
    assert (decided(held), table(Student, "grade")) == (("done", ursula.person_id), [("5",)] * 12)
    after = lead.get(f"/students/imports/{held}/")
    assert "approved by Ursula" in after.text
    assert "Refresh" not in after
    assert [view.what for view in View.objects.filter(what__contains="approve")] == [
        f"students/imports/{held}/approve"
    ]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("WorldChanged", "what it was compared with has changed since"),
        ("ImportBusy", "while another import was under way"),
        ("OSError", "The error was OSError."),
    ],
)
def test_an_approval_that_failed_says_why_and_can_be_given_again(
    held: int, lead: Client, problem: str, said: str
) -> None:
    approve(lead, held, **LOOKED)
    Run.objects.update(state="failed", problem=problem)
    assert said in page(lead, held)
    approve(lead, held, **LOOKED)
    assert sorted(Run.objects.values_list("state", flat=True)) == ["failed", "queued"]


def test_what_is_refused_is_dropped_at_once(held: int, lead: Client, ursula: Educator) -> None:
    assert refuse(lead, held, **LOOKED) == 302
    assert (decided(held), table(Student, "grade")) == (("refused", ursula.person_id), [("4",)] * 12)
    assert "refused by Ursula" in page(lead, held)
    assert [view.what for view in View.objects.filter(what__contains="refuse")] == [
        f"students/imports/{held}/refuse"
    ]


def test_while_an_import_is_under_way_nothing_is_refused(district: District, held: int, lead: Client) -> None:
    with import_lock(district.instance):
        refuse(lead, held, **LOOKED)
    assert "an import is under way just now" in page(lead, held)
    assert decided(held) == ("held", None)


def test_what_waits_no_more_is_not_decided_again(held: int, lead: Client) -> None:
    refuse(lead, held, **LOOKED)
    approve(lead, held, **LOOKED)
    refuse(lead, held, **LOOKED)
    assert "this import waits for nobody any more" in page(lead, held)
    assert Run.objects.count() == 0


TOML = """
[students]
email = "{login}@k12.example.org"
[[students.schools]]
local_id = "HEA"
name = "Healey"
"""
