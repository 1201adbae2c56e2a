"""The registry's pages: for registrars of the state alone, and each look at students in the trail."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from staffroom.accounts import people
from staffroom.accounts.models import Person, View
from staffroom.accounts.trail import unpacked
from staffroom.config import Instance
from tests.cast import Cast
from tests.registry.conftest import Configure, Drain, Sender, new_sender, newest
from tests.registry.pupils import ADA, BRUNO, CHIARA, student

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

LEARNED = {"assessment": "Mathematics 8", "enable": ["gradeLevelWhenAssessed = 08"]}
OF_NEVADA = student("2001", "Nadia", "Nevada", stateAbbreviation="NV")

Open = Callable[..., Any]


@pytest.fixture
def filled(configure: Configure, sender: Sender, cast: Cast, drain: Drain) -> str:
    """A registry with three Californians, one fault and a Nevadan; the name of California's batch.

    Nora is a registrar of California, Ruth of Nevada.
    """
    configure(eligibility=[LEARNED])
    sender.send([ADA, BRUNO, CHIARA, student("1004", sex="")])
    key = newest().key
    new_sender("nevada", "NV").send([OF_NEVADA], "NV")
    assert drain() == {"created": 4, "rejected": 1}
    people.give_registry(cast.nora, "CA")
    people.give_registry(cast.ruth, "NV")
    return key


def looking(person: Person | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def addresses(key: str) -> list[str]:
    pages = ("", "batches/", f"batches/{key}/", "eligibility/", "CA/1001/")
    faces = ("students.csv", "batches/batches.json", f"batches/{key}/errors.csv", "CA/1001/record.json")
    return [f"/registry/{path}" for path in (*pages, *faces)]


def test_a_registrar_sees_every_page_of_their_state(filled: str, cast: Cast) -> None:
    nora = looking(cast.nora)
    assert {path: nora.get(path).status_code for path in addresses(filled)} == dict.fromkeys(
        addresses(filled), 200
    )


def test_nobody_else_finds_anything_not_even_an_administrator(filled: str, cast: Cast) -> None:
    for person in (cast.ada, cast.stella):
        client = looking(person)
        assert [client.get(path).status_code for path in addresses(filled)] == [404] * len(addresses(filled))
        assert b"/registry/" not in client.get("/profile/").content
    assert looking(None).get("/registry/").status_code == 302
    assert looking(None).get("/registry/students.json").status_code == 401


def test_a_registrar_of_another_state_finds_nothing_of_this_one(filled: str, cast: Cast) -> None:
    ruth = looking(cast.ruth)
    assert [row["ssid"] for row in ruth.get("/registry/students.json").json()["results"]] == ["2001"]
    assert len(ruth.get("/registry/batches/batches.json").json()["results"]) == 1
    hidden = (f"/registry/batches/{filled}/", "/registry/CA/1001/", f"/registry/batches/{filled}/errors.csv")
    assert [ruth.get(path).status_code for path in hidden] == [404] * 3
    assert b"Mathematics" in ruth.get("/registry/eligibility/").content


def test_with_the_registry_closed_a_registrar_finds_nothing(
    filled: str, cast: Cast, configure: Configure
) -> None:
    configure(enabled=False)
    nora = looking(cast.nora)
    assert [nora.get(path).status_code for path in addresses(filled)] == [404] * len(addresses(filled))
    assert b"/registry/" not in nora.get("/profile/").content


def test_the_way_there_stands_on_a_registrars_pages(filled: str, cast: Cast) -> None:
    assert b'href="/registry/"' in looking(cast.nora).get("/profile/").content


def found(client: Client, **query: str) -> list[str]:
    rows = client.get("/registry/students.json", query).json()["results"]
    return [row["ssid"] for row in rows]


def test_students_are_found_by_the_beginning_of_id_or_name_and_by_school(filled: str, cast: Cast) -> None:
    nora = looking(cast.nora)
    assert found(nora) == ["1001", "1002", "1003"]
    assert found(nora, who="100") == ["1001", "1002", "1003"]
    assert found(nora, who="1002") == ["1002"]
    assert found(nora, who="BÄCK") == ["1002"]
    assert found(nora, who="lovelace, a") == ["1001"]
    assert found(nora, who="ovelace") == []
    assert found(nora, school=BRUNO["institutionIdentifier"]) == ["1001", "1002", "1003"]
    assert found(nora, school="1") == []
    for hostile in ("%", "_", "' OR 1=1 --", "\x00", "\U0010ffff" * 50):
        assert found(nora, who=hostile) in ([], ["1001", "1002", "1003"])


def test_each_look_is_in_the_trail_with_whom_it_named(filled: str, cast: Cast) -> None:
    nora = looking(cast.nora)
    nora.get("/registry/students.csv?who=1001")
    nora.get("/registry/CA/1002/record.json")
    nora.get(f"/registry/batches/{filled}/errors.csv")
    nora.get("/registry/eligibility/students.json", {"assessment": "Mathematics 8"})
    nora.get("/registry/batches/")
    assert [
        (view.person_id, view.what, [ssid for _, ssid in unpacked(view.learners)])
        for view in View.objects.order_by("id")
    ] == [
        (cast.nora.pk, "registry/students/students.csv", ["1001"]),
        (cast.nora.pk, "registry/student/record.json", ["1002"]),
        (cast.nora.pk, "registry/batch/errors.csv", ["1004"]),
        (cast.nora.pk, "registry/eligibility/students.json", ["1001", "1002"]),
    ]


def test_a_look_that_cannot_be_noted_shows_nothing(
    filled: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    def full(*_: Any, **__: Any) -> None:
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(View.objects, "create", full)
    client = Client(raise_request_exception=False)
    client.force_login(cast.nora)
    answer = client.get("/registry/CA/1001/")
    assert (answer.status_code, b"Lovelace" in answer.content) == (500, False)


def test_csv_and_json_hold_raw_values(filled: str, cast: Cast) -> None:
    nora = looking(cast.nora)
    rows = list(
        csv.DictReader(io.StringIO(nora.get(f"/registry/batches/{filled}/errors.csv").content.decode()))
    )
    assert rows == [
        {
            "row": "4",
            "ssid": "1004",
            "field": "sex",
            "code": "required",
            "message": "It may not be empty.",
        }
    ]
    (batch,) = nora.get("/registry/batches/batches.json").json()["results"]
    assert {name: batch[name] for name in ("standing", "sender", "kind", "submitted", "created")} == {
        "standing": "done",
        "sender": "loader",
        "kind": "upsert",
        "submitted": 4,
        "created": 3,
    }


def test_one_student_is_shown_with_all_that_is_known(filled: str, cast: Cast) -> None:
    page = looking(cast.nora).get("/registry/CA/1001/").content.decode()
    for text in ("Lovelace", "2010-12-10", "gradeLevelWhenAssessed", "Mathematics 8"):
        assert text in page
    assert looking(cast.nora).get("/registry/CA/7777/").status_code == 404
    assert looking(cast.nora).get("/registry/XX/1001/").status_code == 404


def test_eligible_students_are_counted_and_shown(filled: str, cast: Cast) -> None:
    nora = looking(cast.nora)
    (row,) = nora.get("/registry/eligibility/assessments.json").json()["results"]
    assert row == {
        "assessment": "Mathematics 8",
        "state": "CA",
        "students": 2,
        "enable": "gradeLevelWhenAssessed = 08",
        "disable": "",
    }
    assert nora.get("/registry/eligibility/students.json").json()["results"] == []


def test_pages_speak_spanish(filled: str, cast: Cast) -> None:
    nora = looking(cast.nora)
    cast.nora.language = "es"
    cast.nora.save()
    assert "Estudiantes" in nora.get("/registry/").content.decode()
    assert "vacío, aunque es obligatorio" in nora.get(f"/registry/batches/{filled}/").content.decode()


@pytest.mark.parametrize("path", ["/registry/", "/registry/batches/"])
def test_three_rows_cost_as_many_queries_as_one(
    registry: Instance, sender: Sender, cast: Cast, drain: Drain, path: str
) -> None:
    people.give_registry(cast.nora, "CA")
    nora = looking(cast.nora)
    nora.get(path)  # the session is written once a minute
    counts = []
    for rows in ([ADA], [BRUNO], [CHIARA]):
        sender.send(rows)
        drain()
        with (
            CaptureQueriesContext(connections["registry"]) as asked,
            CaptureQueriesContext(connections["default"]) as site,
        ):
            nora.get(path)
        counts.append((len(asked), len(site)))
    assert counts[0] == counts[1] == counts[2]
