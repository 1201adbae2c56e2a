"""Who was erased from the registry is nowhere in it any more, and no batch brings them back."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from staffroom.config import Instance
from staffroom.registry import erasure, students
from staffroom.registry.bodies import inflated
from staffroom.registry.models import Body, Eligibility, Held, Note, Removal, Student
from staffroom.registry.parsing import rows_of
from tests.instances import TestInstance, environment
from tests.registry.conftest import Configure, Drain, Sender, newest
from tests.registry.pupils import ADA, BRUNO, CHIARA, LAKE_DISTRICT, LAKE_SCHOOL, student

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

NOBODY: dict[str, Any] = {
    "student": None, "changed_at": None, "eligible_for": [], "set_aside": None, "errors": [], "sent": [],
}  # fmt: skip
GIFTED = {"assessment": "Gifted", "enable": ["gradeLevelWhenAssessed = 08"]}
UNKNOWN_ERASED = {"row": 1, "ssid": None, "field": None, "code": "erased"}


Keyed = Callable[..., Instance]


@pytest.fixture
def rekey(sender: Sender, configure: Configure, settings: Settings) -> Keyed:
    """The registry anew, with these settings and the secret that its tombstones are written with."""

    def rekeyed(**keys: Any) -> Instance:
        made = replace(configure(eligibility=[GIFTED], **keys), secrets={"tombstone_key": "k" * 48})
        settings.INSTANCE = made
        return made

    return rekeyed


@pytest.fixture
def keyed(rekey: Keyed) -> Instance:
    return rekey()


def bodies() -> str:
    return "\n".join(inflated(bytes(one.data)).decode() for one in Body.objects.order_by("pk"))


def everything() -> str:
    """All that the tables hold, as text."""
    tables = (Student, Held, Eligibility, Note, Removal)
    return bodies() + "".join(str(list(table.objects.values())) for table in tables)


def registered() -> list[str]:
    return sorted(Student.objects.values_list("ssid", flat=True))


def test_what_is_held_of_a_student_is_told_and_then_erased(
    keyed: Instance, sender: Sender, drain: Drain
) -> None:
    sender.send([BRUNO, ADA])
    sender.send([{**ADA, "birthDate": "30.2.2010"}])
    drain()
    held = erasure.records("CA", "1001")
    assert held["student"] == students.facts_of(Student.objects.get(ssid="1001"))
    assert held["eligible_for"] == ["Gifted"]
    assert [(one["row"], one["field"], one["code"]) for one in held["errors"]] == [
        (1, "birthDate", "bad_date")
    ]
    assert [(one["row"], one["data"]["birthDate"]) for one in held["sent"]] == [
        (2, "2010-12-10"),
        (1, "30.2.2010"),
    ]
    assert erasure.erase(keyed, "CA", "1001") == {
        "students": 1, "eligibilities": 1, "set_aside": 0, "removals": 0, "errors": 1, "rows": 2,
    }  # fmt: skip
    assert erasure.records("CA", "1001") == NOBODY
    assert "1001" not in everything()
    assert registered() == ["1002"]


def test_rows_beside_the_erased_one_keep_their_numbers(keyed: Instance, sender: Sender, drain: Drain) -> None:
    sender.send([ADA, BRUNO])
    erasure.erase(keyed, "CA", "1001")
    assert rows_of(bodies().encode()) == [(1, {"erased": True}), (2, BRUNO)]
    assert drain() == {"created": 1, "rejected": 1}
    assert registered() == ["1002"]


def test_no_later_batch_brings_them_back_and_its_faults_do_not_name_them(
    keyed: Instance, sender: Sender, drain: Drain
) -> None:
    erasure.erase(keyed, "CA", "1001")
    again = sender.send([ADA, BRUNO, {**ADA, "sex": "?"}])
    assert drain() == {"created": 1, "rejected": 2}
    assert [{**UNKNOWN_ERASED, "row": row} for row in (1, 3)] == [
        {name: error[name] for name in UNKNOWN_ERASED} for error in sender.errors(again)
    ]
    assert registered() == ["1002"]


def test_a_removal_of_somebody_erased_says_no_more_than_that(
    keyed: Instance, sender: Sender, drain: Drain
) -> None:
    erasure.erase(keyed, "CA", "1001")
    asked = sender.send([{"ssid": "1001", "stateCode": "CA"}], method="DELETE")
    assert drain() == {"rejected": 1}
    assert sender.errors(asked)[0]["code"] == "erased"


def test_the_same_id_in_another_state_is_somebody_else(keyed: Instance, sender: Sender, drain: Drain) -> None:
    erasure.erase(keyed, "NV", "1001")
    sender.send([ADA])
    assert drain() == {"created": 1}


def test_one_who_is_put_at_once_is_refused_too(keyed: Instance, sender: Sender) -> None:
    from django.test import Client as Browser

    erasure.erase(keyed, "CA", "1001")
    answer = Browser().put(
        "/api/v1/registry/CA/students/1001",
        json.dumps(ADA),
        content_type="application/json",
        headers=sender.headers(),
    )
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "The student: was erased here. Nothing was taken.",
    )
    assert registered() == []


def test_those_set_aside_and_removed_are_erased(
    rekey: Keyed, sender: Sender, drain: Drain, tmp_path: Path
) -> None:
    schools = tmp_path / "schools.csv"
    schools.write_text("state,district,institution\nCA,1,1\n")
    instance = rekey(schools_file="schools.csv", unknown_schools="hold")
    sender.send([ADA, BRUNO])
    assert drain() == {"held": 2}
    assert erasure.records("CA", "1001")["set_aside"]["firstName"] == "Ada"
    assert erasure.erase(instance, "CA", "1001")["set_aside"] == 1
    schools.write_text(f"state,district,institution\nCA,{LAKE_DISTRICT},{LAKE_SCHOOL}\n")
    drain()
    assert registered() == ["1002"]


@pytest.mark.parametrize(
    ("body", "left"),
    [
        (b"[%s, 7, null]", b'[{"erased":true},7,null]'),
        (b"\xef\xbb\xbf \n%s\n\n{not json}\n", b'{"erased": true}\n\n{not json}'),
        (b'{"ssid": "1002"}\n{oops, 1001}\n', b'{"ssid": "1002"}\n{"erased": true}'),
        (b'[{"ssid": "1001"}, oops]', b"[]"),
        (b'[{"ssid": " 1001 ", "firstName": "\xff"}]', b'[{"erased":true}]'),
        (b'[{"\\u0073sid": "\\u0031001"}]', b'[{"erased":true}]'),
        (b'[{"ssid": 1001}, {"ssid": "21001"}]', b'[{"erased":true},{"ssid":"21001"}]'),
    ],
)
def test_whatever_form_a_body_has_the_student_leaves_it(
    keyed: Instance, sender: Sender, body: bytes, left: bytes
) -> None:
    sender.send(body.replace(b"%s", json.dumps(ADA).encode()))
    assert erasure.erase(keyed, "CA", "1001")["rows"] == 1
    assert bodies().encode() == left
    assert erasure.erase(keyed, "CA", "1001")["rows"] == 0


def test_the_same_key_still_gets_the_same_answer(keyed: Instance, sender: Sender) -> None:
    headers = {"Idempotency-Key": "night-1"}
    before = sender.send([ADA, BRUNO], **headers)
    erasure.erase(keyed, "CA", "1001")
    after = sender.send([ADA, BRUNO], **headers)
    assert (after.status_code, after.json()["id"], after.json()["repeated"]) == (
        202,
        before.json()["id"],
        True,
    )
    assert newest().size == len(bytes(Body.objects.get().data))


PEOPLE = {one["ssid"]: one for one in (ADA, BRUNO, CHIARA, student("10010"))}
DEEDS = st.lists(
    st.one_of(st.just("drain"), st.just("erase"), st.lists(st.sampled_from(sorted(PEOPLE)), max_size=4)),
    max_size=8,
)


@pytest.mark.django_db(databases=["default", "audit", "registry"], transaction=True)
@hypothesis_settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(deeds=DEEDS)
def test_in_whatever_order_it_happens_only_the_others_are_there(
    keyed: Instance, sender: Sender, drain: Drain, deeds: list[Any]
) -> None:
    for table in (Student, Note, Body):
        table.objects.all().delete()
    sent: set[str] = set()
    do: dict[str, Callable[[], object]] = {
        "drain": drain,
        "erase": lambda: erasure.erase(keyed, "CA", "1001"),
    }
    for deed in [*deeds, "erase", "drain"]:
        if isinstance(deed, str):
            do[deed]()
        else:
            sender.send([PEOPLE[one] for one in deed])
            sent |= set(deed)
    assert registered() == sorted(sent - {"1001"})
    assert erasure.records("CA", "1001") == NOBODY


ERASING = """
import sys
from pathlib import Path
from staffroom.accounts.start import start_site
from staffroom.config import load_instance
instance = load_instance(Path(sys.argv[1]))
start_site(instance)
from staffroom.registry import draining, erasure
from staffroom.registry.models import Kind, Student
from staffroom.registry.bodies import deflated
from staffroom.registry.bodies import Taken
from staffroom.registry.receiving import Letter, acknowledge
from staffroom.tally import Silent
from tests.registry.pupils import BRUNO, student
import json
def send(*rows):
    acknowledge(Letter(1, "CA", Kind.UPSERT, Taken(deflated(json.dumps(rows).encode()), b"")))
    draining.drain(instance, Silent())
send(student("777123777"), BRUNO)
print(sorted(Student.objects.values_list("ssid", flat=True)))
print(erasure.erase(instance, "CA", "777123777")["rows"])
send(student("777123777"))
print(sorted(Student.objects.values_list("ssid", flat=True)))
"""


def test_on_either_database_they_are_gone_for_good_and_from_the_file_too(either: TestInstance) -> None:
    either.add_settings("[registry]\nenabled = true\n")
    done = subprocess.run(
        [sys.executable, "-c", ERASING, str(either.root)], env=environment(), capture_output=True, text=True
    )
    assert (done.stdout.splitlines(), done.returncode) == (
        ["['1002', '777123777']", "1", "['1002']"],
        0,
    ), done.stderr
    for path in (either.root / "database").glob("registry.sqlite3*"):
        data = path.read_bytes()
        assert b"777123777" not in data
