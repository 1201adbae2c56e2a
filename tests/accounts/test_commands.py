"""``staffroom accounts …`` as an operator types it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from staffroom.accounts import tokens
from staffroom.accounts.models import Person, Token
from staffroom.cli import main
from tests.cast import LAKE, LAKE_T1, PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "staffroom.toml").write_text('[institution]\nname = "Lake"\n', "utf-8")
    return str(tmp_path)


def run(folder: str, *words: str) -> int:
    return main(["accounts", *words, "--instance", folder])


def test_the_first_administrator_is_made_with_a_password_from_standard_input(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    words = ("create", "Ada@lake.example", "--name", "Ada", "--administrator", "--password-stdin")
    assert run(folder, *words) == 0
    assert capsys.readouterr().out == "ada@lake.example is now an administrator.\n"
    person = Person.objects.get()
    assert (person.name, person.is_administrator) == ("Ada", True)
    assert person.check_password(PASSWORD)


def test_the_password_may_be_a_secret(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFFROOM_SECRET_ACCOUNT_PASSWORD", PASSWORD)
    assert run(folder, "create", "ada@lake.example") == 0
    assert Person.objects.get().check_password(PASSWORD)


def test_without_a_terminal_or_a_password_nobody_is_made(
    folder: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert run(folder, "create", "ada@lake.example") == 2
    assert "--password-stdin" in capsys.readouterr().err
    assert Person.objects.count() == 0


def test_a_taken_address_fails_in_a_sentence(
    folder: str, cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STAFFROOM_SECRET_ACCOUNT_PASSWORD", PASSWORD)
    assert run(folder, "create", "ADA@lake.example") == 1
    assert capsys.readouterr().err == ("staffroom: ada@lake.example: is already the address of a person.\n")


def test_people_are_listed_with_roles_and_courses(
    folder: str, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "ada@lake.example\tAda Administrator\tadministrator\tactive\t-",
        f"ivan@lake.example\tIvan Inactive\t-\tinactive\tstaff of {LAKE}",
        "nora@lake.example\tNora Norole\t-\tactive\t-",
        f"ruth@lake.example\tRuth Run\t-\tactive\tstaff of {LAKE_T1}",
        f"stella@lake.example\tStella Staff\t-\tactive\tstaff of {LAKE}",
    ]


def test_a_course_is_given_and_taken(folder: str, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "course-staff", "add", "nora@lake.example", LAKE, "--role", "instructor") == 0
    assert run(folder, "course-staff", "remove", "nora@lake.example", LAKE) == 0
    assert run(folder, "course-staff", "remove", "nora@lake.example", LAKE) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"nora@lake.example is instructor of {LAKE}.",
        f"nora@lake.example no longer has {LAKE}.",
        f"nora@lake.example did not have {LAKE}.",
    ]


def test_a_part_of_a_key_is_refused(folder: str, cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(folder, "course-staff", "add", "nora@lake.example", "course-v1:Lake+BIO") == 1
    assert "is not a course key" in capsys.readouterr().err
    assert not cast.nora.course_roles.exists()


def test_a_token_is_issued_listed_and_revoked(
    folder: str, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "token", "issue", "stella@lake.example", "--name", "report", "--days", "7") == 0
    secret = capsys.readouterr().out.strip()
    token = Token.objects.get()
    assert run(folder, "token", "list") == 0
    listed = capsys.readouterr().out
    assert listed == f"{token.pk}\tstella@lake.example\treport\tgood\tnever used\n"
    assert tokens.holder(secret) == token
    assert run(folder, "token", "revoke", str(token.pk)) == 0
    assert tokens.holder(secret) is None
    assert run(folder, "token", "revoke", "stella@lake.example") == 2


@pytest.mark.parametrize("days", ["0", "-1", "99999999999"])
def test_a_token_for_days_that_cannot_be_is_not_issued(
    folder: str, cast: Cast, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    with pytest.raises(SystemExit):
        run(folder, "token", "issue", "stella@lake.example", "--name", "report", "--days", days)
    assert f"argument --days: {days} is not from 1 to 3650." in capsys.readouterr().err
    assert not Token.objects.exists()


def test_the_last_administrator_cannot_be_deactivated(
    folder: str, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(folder, "deactivate", "ada@lake.example") == 1
    assert "is the last administrator" in capsys.readouterr().err
    assert run(folder, "deactivate", "nora@lake.example", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "person": "nora@lake.example",
        "name": "Nora Norole",
        "administrator": False,
        "active": False,
    }
    assert run(folder, "deactivate", "nora@lake.example", "--undo") == 0
    assert Person.objects.get(email="nora@lake.example").is_active


def test_a_password_is_changed(folder: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("another long phrase\n"))
    assert run(folder, "password", "nora@lake.example", "--password-stdin") == 0
    assert Person.objects.get(email="nora@lake.example").check_password("another long phrase")
