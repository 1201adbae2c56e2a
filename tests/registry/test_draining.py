"""What becomes of the rows of batches: created, updated, unchanged, removed, held, superseded or rejected."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from staffroom.registry import students
from staffroom.registry.models import Batch, Body, Eligibility, Held, Removal, Student
from tests.registry.conftest import Configure, Drain, Sender, newest
from tests.registry.pupils import ADA, BRUNO, CHIARA, LAKE_DISTRICT, LAKE_SCHOOL, student

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])


def registered() -> dict[str, str]:
    """First names by id."""
    return {one.ssid: str(students.facts_of(one)["firstName"]) for one in Student.objects.all()}


def test_new_students_are_created_and_the_same_ones_are_unchanged(sender: Sender, drain: Drain) -> None:
    sender.send([ADA, BRUNO, CHIARA])
    assert drain() == {"created": 3}
    sender.send([CHIARA, ADA, BRUNO])
    assert drain() == {"unchanged": 3}
    assert registered() == {"1001": "Ada", "1002": "Bruno", "1003": "Chiara"}


def test_a_student_who_changed_is_updated(sender: Sender, drain: Drain) -> None:
    sender.send([ADA, BRUNO])
    drain()
    sender.send([{**ADA, "firstName": "Augusta"}, BRUNO])
    assert drain() == {"updated": 1, "unchanged": 1}
    assert registered() == {"1001": "Augusta", "1002": "Bruno"}


def test_the_order_of_keys_and_blanks_around_values_are_no_change(sender: Sender, drain: Drain) -> None:
    sender.send([ADA])
    drain()
    sender.send([dict(reversed([*ADA.items()])) | {"firstName": " Ada ", "middleName": None}])
    assert drain() == {"unchanged": 1}


def test_one_bad_date_does_not_touch_its_neighbours(sender: Sender, drain: Drain) -> None:
    answer = sender.send([ADA, {**BRUNO, "birthDate": "30.2.2010"}, CHIARA])
    assert drain() == {"created": 2, "rejected": 1}
    assert sender.errors(answer) == [
        {
            "row": 2,
            "ssid": "1002",
            "field": "birthDate",
            "code": "bad_date",
            "message": "It has to be a day that there is, as yyyy-MM-dd.",
        }
    ]


def test_the_status_tells_what_became_of_each_row(sender: Sender, drain: Drain) -> None:
    answer = sender.send([ADA, {**BRUNO, "sex": None}])
    before = sender.status(answer)
    assert (before["standing"], before["final"], before["submitted"]) == ("queued", False, None)
    drain()
    after = sender.status(answer)
    del after["submitted_at"], after["updated_at"], after["id"], after["errors"]
    assert after == {
        "state": "CA",
        "kind": "upsert",
        "standing": "done",
        "final": True,
        "submitted": 2,
        "processed": 2,
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "removed": 0,
        "held": 0,
        "superseded": 0,
        "rejected": 1,
        "errors_kept": 1,
    }


def test_of_two_rows_with_the_same_student_the_later_good_one_is_taken(sender: Sender, drain: Drain) -> None:
    rows = [ADA, {**ADA, "firstName": "Augusta"}, BRUNO, {**ADA, "firstName": "Nobody", "sex": "?"}]
    answer = sender.send(rows)
    assert drain() == {"created": 2, "superseded": 1, "rejected": 1}
    assert registered() == {"1001": "Augusta", "1002": "Bruno"}
    assert [(error["row"], error["code"]) for error in sender.errors(answer)] == [
        (1, "duplicate"),
        (4, "bad_sex"),
    ]
    assert (
        sender.errors(answer)[0]["message"] == "Row 2 of this batch has the same student; that row was taken."
    )


def test_of_two_batches_with_the_same_student_the_later_one_wins(sender: Sender, drain: Drain) -> None:
    sender.send([ADA])
    sender.send([{**ADA, "firstName": "Augusta"}])
    assert drain() == {"created": 1, "updated": 1}
    assert registered() == {"1001": "Augusta"}


def test_rows_may_come_one_a_line(sender: Sender, drain: Drain) -> None:
    lines = [json.dumps(ADA), "", "{not json", json.dumps(BRUNO), json.dumps([CHIARA])]
    answer = sender.send("\r\n".join(lines).encode() + b"\r\n{}\n")
    assert drain() == {"created": 2, "rejected": 3}
    assert [(error["row"], error["code"]) for error in sender.errors(answer)][:2] == [
        (3, "not_json"),
        (5, "not_an_object"),
    ]
    assert {error["row"] for error in sender.errors(answer)[2:]} == {6}


def test_what_is_no_json_at_all_fails_as_a_whole(sender: Sender, drain: Drain) -> None:
    answer = sender.send(b'[{"ssid": "1001"}, oops]')
    assert drain() == {}
    assert (sender.status(answer)["standing"], sender.status(answer)["final"]) == ("failed", True)
    assert sender.errors(answer) == [
        {
            "row": 0,
            "ssid": None,
            "field": None,
            "code": "not_json",
            "message": "The body: is not JSON at character 20.",
        }
    ]


def test_deep_nesting_is_no_way_in(sender: Sender, drain: Drain) -> None:
    for body in (b"[" * 100_000 + b"]" * 100_000, b"[" + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"]"):
        answer = sender.send(body)
        assert drain() == {}
        assert sender.status(answer)["standing"] == "failed"


def test_a_letter_that_is_no_utf_8_costs_its_row_alone(sender: Sender, drain: Drain) -> None:
    body = json.dumps([ADA, {**BRUNO, "lastName": "B?cker"}], ensure_ascii=False).replace(
        "B?cker", "B\xe4cker"
    )
    answer = sender.send(body.encode("latin-1"))
    assert drain() == {"created": 1, "rejected": 1}
    assert [(error["row"], error["field"]) for error in sender.errors(answer)] == [(2, "lastName")]


def test_a_lone_surrogate_and_a_number_that_is_none_cost_their_rows_alone(
    sender: Sender, drain: Drain
) -> None:
    rows = [ADA, {**BRUNO, "lastName": "\ud800"}, {**CHIARA, "birthDate": float("nan")}]
    answer = sender.send(json.dumps(rows).encode())
    assert drain() == {"created": 1, "rejected": 2}
    assert [(error["row"], error["code"]) for error in sender.errors(answer)] == [
        (2, "bad_name"),
        (3, "wrong_type"),
    ]


def test_an_empty_list_is_a_batch_of_nothing(sender: Sender, drain: Drain) -> None:
    answer = sender.send([])
    assert drain() == {}
    assert (sender.status(answer)["standing"], sender.status(answer)["submitted"]) == ("done", 0)


def test_errors_beyond_the_setting_are_counted_but_not_kept(
    configure: Configure, sender: Sender, drain: Drain
) -> None:
    configure(errors_kept=3)
    answer = sender.send([{**ADA, "ssid": f"{number}", "sex": ""} for number in range(10)])
    assert drain() == {"rejected": 10}
    assert [error["row"] for error in sender.errors(answer)] == [1, 2, 3]


def test_students_can_be_removed_in_a_batch(sender: Sender, drain: Drain) -> None:
    sender.send([ADA, BRUNO])
    drain()
    rows = [
        {"ssid": "1001", "stateCode": "CA"},
        {"ssid": "7777", "stateCode": "CA"},
        {"ssid": "1002", "stateCode": "NV"},
        {"ssid": None, "stateCode": "CA"},
        "1002",
    ]
    answer = sender.send(rows, method="DELETE")
    assert drain() == {"removed": 1, "rejected": 4}
    assert registered() == {"1002": "Bruno"}
    assert [(error["row"], error["code"]) for error in sender.errors(answer)] == [
        (2, "not_registered"),
        (3, "wrong_state"),
        (4, "bad_code"),
        (5, "not_an_object"),
    ]


def test_what_is_put_now_stays_whatever_older_batches_say(sender: Sender, drain: Drain) -> None:
    sender.send([ADA, BRUNO])
    newer = {**ADA, "firstName": "Augusta"}
    put(sender, newer)
    remove_now(sender, "1001")
    assert registered() == {}
    put(sender, newer)
    assert drain() == {"created": 1, "superseded": 1}
    assert registered() == {"1001": "Augusta", "1002": "Bruno"}


def test_a_student_removed_now_does_not_come_back_from_older_batches(sender: Sender, drain: Drain) -> None:
    put(sender, ADA)
    sender.send([ADA, BRUNO])
    remove_now(sender, "1001")
    assert Removal.objects.count() == 1
    assert drain() == {"created": 1, "superseded": 1}
    assert (registered(), Removal.objects.count()) == ({"1002": "Bruno"}, 0)


def put(sender: Sender, row: dict[str, Any]) -> None:
    from django.test import Client

    path = f"/api/v1/registry/CA/students/{row['ssid']}"
    answer = Client().put(path, row, content_type="application/json", headers=sender.headers())
    assert answer.status_code in (201, 204), answer.content


def remove_now(sender: Sender, ssid: str) -> None:
    from django.test import Client

    answer = Client().delete(f"/api/v1/registry/CA/students/{ssid}", headers=sender.headers())
    assert answer.status_code == 204


SCHOOLS = f"state,district,institution\nCA,{LAKE_DISTRICT},{LAKE_SCHOOL}\nCA,0200000,02000000000001\n"
ELSEWHERE = student("1009", "Edda", institutionIdentifier="99999999999999", districtIdentifier="")


def with_schools(configure: Configure, tmp_path: Path, policy: str, schools: str = SCHOOLS) -> None:
    (tmp_path / "schools.csv").write_text(schools, "utf-8")
    configure(schools_file="schools.csv", unknown_schools=policy)


def test_without_a_list_every_school_is_known(sender: Sender, drain: Drain) -> None:
    sender.send([ELSEWHERE])
    assert drain() == {"created": 1}


def test_unknown_schools_can_be_rejected(
    configure: Configure, tmp_path: Path, sender: Sender, drain: Drain
) -> None:
    with_schools(configure, tmp_path, "reject")
    rows = [
        ADA,
        ELSEWHERE,
        {**BRUNO, "districtIdentifier": "0777777"},
        {**CHIARA, "districtIdentifier": "0200000"},
    ]
    answer = sender.send(rows)
    assert drain() == {"created": 1, "rejected": 3}
    assert [(error["row"], error["field"], error["code"]) for error in sender.errors(answer)] == [
        (2, "institutionIdentifier", "unknown_institution"),
        (3, "districtIdentifier", "unknown_district"),
        (4, "districtIdentifier", "wrong_district"),
    ]


def test_unknown_schools_can_be_accepted(
    configure: Configure, tmp_path: Path, sender: Sender, drain: Drain
) -> None:
    with_schools(configure, tmp_path, "accept")
    sender.send([ADA, ELSEWHERE])
    assert drain() == {"created": 2}


def test_students_held_are_registered_once_their_school_is_known(
    configure: Configure, tmp_path: Path, sender: Sender, drain: Drain
) -> None:
    with_schools(configure, tmp_path, "hold")
    answer = sender.send([ADA, ELSEWHERE])
    assert drain() == {"created": 1, "held": 1}
    assert (registered(), Held.objects.count()) == ({"1001": "Ada"}, 1)
    with_schools(configure, tmp_path, "hold", f"{SCHOOLS}CA,0999999,99999999999999\n")
    assert drain() == {}
    assert (registered(), Held.objects.count()) == ({"1001": "Ada", "1009": "Edda"}, 0)
    status = sender.status(answer)
    assert (status["created"], status["held"], status["processed"]) == (2, 0, 2)
    found = students.find_student("CA", "1009")
    assert found is not None and students.facts_of(found)["districtIdentifier"] == "0999999"


def test_a_district_filled_in_from_the_school_compares_equal_the_next_night(
    configure: Configure, tmp_path: Path, sender: Sender, drain: Drain
) -> None:
    with_schools(configure, tmp_path, "reject")
    for expected in ({"created": 1}, {"unchanged": 1}):
        sender.send([{**ADA, "districtIdentifier": ""}])
        assert drain() == expected


MATH = {
    "assessment": "Mathematics 8",
    "states": ["CA"],
    "enable": ["gradeLevelWhenAssessed = 08", "birthDate >= 2010-09-01"],
    "disable": ["lepStatus = true", "firstEntryDateIntoUsSchool > 2025-08-01"],
}


def eligible() -> list[tuple[str, str]]:
    return sorted(Eligibility.objects.values_list("ssid", "assessment"))


def test_rules_say_who_is_eligible(configure: Configure, sender: Sender, drain: Drain) -> None:
    configure(eligibility=[MATH, {"assessment": "Nothing enables this", "disable": ["asian = true"]}])
    arrived = {"firstEntryDateIntoUsSchool": "2025-09-01"}
    sender.send(
        [
            ADA,
            CHIARA,
            student("1", birthDate="2010-08-31"),
            student("2", birthDate=""),
            student("3", lepStatus=True),
            student("4", **arrived),
            student("5", lepStatus=True, **arrived),
        ]
    )
    drain()
    assert eligible() == [("1001", "Mathematics 8"), ("3", "Mathematics 8"), ("4", "Mathematics 8")]


def test_only_changed_students_are_judged_again(configure: Configure, sender: Sender, drain: Drain) -> None:
    configure(eligibility=[MATH])
    sender.send([ADA, {**BRUNO, "gradeLevelWhenAssessed": "08"}])
    drain()
    Eligibility.objects.all().delete()
    sender.send([ADA, {**BRUNO, "gradeLevelWhenAssessed": "08", "firstName": "Benno"}])
    assert drain() == {"unchanged": 1, "updated": 1}
    assert eligible() == [("1002", "Mathematics 8")]
    sender.send([{"ssid": "1002", "stateCode": "CA"}], method="DELETE")
    drain()
    assert eligible() == []


def test_a_large_batch_is_written_in_parts(sender: Sender, drain: Drain) -> None:
    rows = [student(f"{number:06}") for number in range(4500)]
    sender.send([*rows, rows[0], {**rows[1], "sex": ""}])
    assert drain() == {"created": 4500, "superseded": 1, "rejected": 1}
    batch = newest()
    assert (batch.submitted, batch.next_row, batch.processed, Student.objects.count()) == (4502,) * 3 + (
        4500,
    )


def test_the_bytes_are_kept_as_they_came(sender: Sender, drain: Drain) -> None:
    packed = gzip.compress(json.dumps([ADA]).encode())
    sender.send(packed, **{"Content-Encoding": "gzip"})
    sender.send(json.dumps([ADA]).encode())
    first, second = Batch.objects.order_by("id")
    assert bytes(Body.objects.get(batch=first).data) == packed
    assert bytes(first.digest) == bytes(second.digest)
    drain()
    assert Body.objects.count() == 2
