"""Who may send and read, what is refused and how, and the interface that older loaders know."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from staffroom.accounts import people, tokens
from staffroom.accounts.models import View
from staffroom.accounts.trail import unpacked
from staffroom.config import Instance
from staffroom.registry import clients
from staffroom.registry.models import AccessToken, Batch, Body
from tests.cast import Cast
from tests.registry.conftest import Configure, Drain, Sender, new_sender, newest
from tests.registry.pupils import ADA, BRUNO, student

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

BATCH = "/api/v1/registry/CA/students/batch"


def test_nothing_answers_unless_it_is_enabled(configure: Configure, sender: Sender) -> None:
    configure(enabled=False)
    for path in ("/api/v1/registry/CA/students/1001", "/rest/external/student/CA/1001"):
        assert sender.get(path).status_code == 404
    assert sender.send([ADA]).status_code == 404
    for path in ("/auth/oauth2/access_token", "/api/v1/registry/token"):
        assert Client().post(path, grant(sender)).status_code == 404
    assert not Batch.objects.exists()


def test_without_a_good_token_nobody_gets_in(sender: Sender) -> None:
    AccessToken.objects.update(expires_at=timezone.now())
    for headers in ({}, {"Authorization": "Bearer nonsense"}, sender.headers()):
        answer = Client().post(BATCH, "[]", content_type="application/json", headers=headers)
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == 'Bearer error="invalid_token"'
        assert answer["Content-Type"] == "application/problem+json"
    assert not Batch.objects.exists()


def test_a_batch_is_acknowledged_with_the_address_of_its_status(sender: Sender) -> None:
    answer = sender.send([ADA])
    assert answer.status_code == 202
    batch = newest()
    assert answer["Location"] == f"http://testserver/api/v1/registry/batches/{batch.key}"
    assert answer.json() == {"id": batch.key, "status": answer["Location"], "repeated": False}


def test_other_states_and_what_is_no_state_are_not_there(sender: Sender) -> None:
    assert [sender.send([ADA], state).status_code for state in ("NV", "TX", "XX", "ca")] == [404] * 4


def test_a_client_that_may_only_read_cannot_send_and_the_other_way_round(
    registry: Instance, drain: Drain
) -> None:
    loader, reader = new_sender("sends", "CA", scopes=("send",)), new_sender("reads", "CA", scopes=("read",))
    assert (loader.send([ADA]).status_code, reader.send([BRUNO]).status_code) == (202, 404)
    drain()
    path = "/api/v1/registry/CA/students/1001"
    assert (loader.get(path).status_code, reader.get(path).status_code) == (404, 200)


def test_anothers_batch_is_not_there(sender: Sender) -> None:
    answer = sender.send([ADA])
    other = new_sender("other", "CA")
    assert sender.get(answer.json()["status"]).status_code == 200
    assert other.get(answer.json()["status"]).status_code == 404
    assert other.get(f"{answer.json()['status']}/errors").status_code == 404
    assert other.get(f"/rest/external/student/batch/{newest().key}").status_code == 404
    assert other.get(f"/api/v1/registry/batches/{'0' * 32}").status_code == 404


def test_a_client_that_was_ended_is_out_at_once(sender: Sender) -> None:
    clients.end_client(sender.client.client_id)
    assert sender.send([ADA]).status_code == 401


BAD_BODIES = [b"", b"   ", b"7", b'"students"', b"<html>", b"[1", b'{"a": 1}]', b"\xff\xfe[", b"null"]


@pytest.mark.parametrize("body", BAD_BODIES)
def test_what_is_no_list_is_refused_before_it_is_taken(sender: Sender, body: bytes) -> None:
    answer = sender.send(body)
    assert (answer.status_code, Batch.objects.count()) == (400, 0)
    assert answer.json()["detail"] == (
        "The body: is neither a JSON array nor lines of JSON objects. Send [{…}, …], or one {…} a line."
    )


def test_gzip_that_is_none_or_is_cut_off_is_refused(sender: Sender) -> None:
    whole = gzip.compress(json.dumps([ADA] * 50).encode())
    for body, what in (
        (b"[]" * 20, "is not gzip."),
        (whole[:-9], "is cut off."),
        (whole[:5], "is cut off."),
        (whole + b"x" * 20, "is not gzip."),
    ):
        answer = sender.send(body, **{"Content-Encoding": "gzip"})
        assert (answer.status_code, answer.json()["detail"]) == (400, f"The body: {what}")
    assert not Batch.objects.exists()


def test_gzip_of_several_members_is_one_body(sender: Sender, drain: Drain) -> None:
    text = json.dumps([ADA, BRUNO]).encode()
    body = gzip.compress(text[:100]) + gzip.compress(b"") + gzip.compress(text[100:])
    assert sender.send(body, **{"Content-Encoding": "gzip"}).status_code == 202
    assert drain() == {"created": 2}


def test_other_encodings_are_refused(sender: Sender) -> None:
    assert sender.send(b"[]", **{"Content-Encoding": "br"}).status_code == 415


def test_sizes_are_limited_compressed_and_inflated(configure: Configure, sender: Sender) -> None:
    configure(body_mb=1, inflated_mb=2)
    large = json.dumps([student(str(number), "x" * 700) for number in range(1000)]).encode()
    assert sender.send(large).status_code == 413
    bomb = gzip.compress(b"[" + b" " * 400_000_000 + b"]")
    assert len(bomb) < 1_000_000
    answer = sender.send(bomb, **{"Content-Encoding": "gzip"})
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body: is larger than 2 MB when inflated."
    assert not Batch.objects.exists()


def test_a_flood_of_tiny_values_is_limited_too(configure: Configure, sender: Sender) -> None:
    configure(batch_students=100)
    answer = sender.send(b"[" + b"{}," * 5000 + b"{}]")
    assert answer.status_code == 413
    assert answer.json()["detail"] == "The body: holds more values than 100 students have."


def test_a_field_of_ten_megabytes_costs_its_row_alone(sender: Sender, drain: Drain) -> None:
    answer = sender.send([ADA, {**BRUNO, "lastName": "x" * 10_000_000}])
    assert (answer.status_code, drain()) == (202, {"created": 1, "rejected": 1})
    assert [(error["row"], error["code"]) for error in sender.errors(answer)] == [(2, "bad_name")]


def test_the_same_key_with_the_same_body_gets_the_same_answer(sender: Sender, drain: Drain) -> None:
    first = sender.send([ADA], **{"Idempotency-Key": "night-1"})
    drain()
    again = sender.send(json.dumps([ADA]).encode(), **{"Idempotency-Key": "night-1"})
    assert (again.status_code, Batch.objects.count()) == (202, 1)
    assert again.json() == {**first.json(), "repeated": True}


def test_the_same_key_with_another_body_is_a_conflict(sender: Sender) -> None:
    sender.send([ADA], **{"Idempotency-Key": "night-1"})
    answer = sender.send([BRUNO], **{"Idempotency-Key": "night-1"})
    assert (answer.status_code, Batch.objects.count(), Body.objects.count()) == (409, 1, 1)
    assert sender.send([ADA], method="DELETE", **{"Idempotency-Key": "night-1"}).status_code == 409
    other = new_sender("other", "CA")
    assert other.send([BRUNO], **{"Idempotency-Key": "night-1"}).status_code == 202
    assert sender.send([ADA], **{"Idempotency-Key": "k" * 201}).status_code == 400


def test_past_the_high_water_mark_senders_are_told_to_come_later(
    configure: Configure, sender: Sender, drain: Drain, monkeypatch: pytest.MonkeyPatch
) -> None:
    from staffroom.registry import receiving

    monkeypatch.setattr(receiving, "_queue", receiving._Queue())
    monkeypatch.setattr(receiving, "LOOK_AGAIN_SECONDS", 0.0)
    configure(queue_batches=2, retry_after_seconds=7)
    answers = [sender.send([student(str(number))]) for number in range(3)]
    assert [answer.status_code for answer in answers] == [202, 202, 429]
    assert answers[2]["Retry-After"] == "7"
    assert answers[2].json()["detail"] == (
        "the queue: is full. Nothing was taken. Send it again after 7 seconds."
    )
    assert drain() == {"created": 2}
    assert sender.send([student("3")]).status_code == 202


def test_one_student_is_registered_read_and_removed(sender: Sender) -> None:
    path = "/api/v1/registry/CA/students/1001"

    def put(row: Any) -> Any:
        return Client().put(path, row, content_type="application/json", headers=sender.headers())

    assert sender.get(path).status_code == 404
    created = put(ADA)
    assert (created.status_code, created["Location"]) == (201, f"http://testserver{path}")
    assert put({**ADA, "firstName": "Augusta"}).status_code == 204
    assert sender.get(path).json() == {
        **ADA,
        **{name: None for name, value in ADA.items() if value == ""},
        "firstName": "Augusta",
    }
    assert Client().delete(path, headers=sender.headers()).status_code == 204
    assert Client().delete(path, headers=sender.headers()).status_code == 404
    assert sender.get(path).status_code == 404


def test_one_student_with_faults_is_refused_with_all_of_them(sender: Sender) -> None:
    path = "/api/v1/registry/CA/students/1001"
    bad = {**ADA, "birthDate": "soon", "asian": None}
    answer = Client().put(path, bad, content_type="application/json", headers=sender.headers())
    assert answer.status_code == 422
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        ("birthDate", "bad_date"),
        ("asian", "required"),
    ]
    other = Client().put(path, BRUNO, content_type="application/json", headers=sender.headers())
    assert (other.status_code, other.json()["errors"][0]["code"]) == (422, "wrong_ssid")
    nothing = Client().put(path, "[]", content_type="application/json", headers=sender.headers())
    assert nothing.status_code == 400
    assert not Batch.objects.exists()


def test_each_read_of_a_student_is_in_the_trail(sender: Sender, drain: Drain) -> None:
    answer = sender.send([ADA, {**BRUNO, "sex": ""}])
    drain()
    sender.get("/api/v1/registry/CA/students/1001")
    sender.get(answer.json()["status"])
    sender.get(f"{answer.json()['status']}/errors")
    views = [(view.client, view.what, unpacked(view.learners)) for view in View.objects.order_by("id")]
    assert views == [
        ("loader", "registry/student.json", [("registry/CA", "1001")]),
        ("loader", "registry/errors.json", [("registry/CA", "1002")]),
    ]


def test_errors_are_told_page_by_page(sender: Sender, drain: Drain) -> None:
    answer = sender.send([{**ADA, "ssid": str(number), "sex": ""} for number in range(5)])
    drain()
    url = f"{answer.json()['status']}/errors?limit=2"
    seen = []
    while url:
        page = sender.get(url).json()
        assert page["count"] == 5
        seen.append([error["row"] for error in page["results"]])
        url = page["next"]
    assert seen == [[1, 2], [3, 4], [5]]
    for wrong in ("limit=0", "limit=x", "offset=-1", "limit=99999"):
        assert sender.get(f"{answer.json()['status']}/errors?{wrong}").status_code == 400


def test_a_registrar_reads_with_a_token_of_their_own(sender: Sender, cast: Cast, drain: Drain) -> None:
    answer = sender.send([ADA])
    drain()
    people.give_registry(cast.nora, "CA")
    paths = ("/api/v1/registry/CA/students/1001", answer.json()["status"])
    for person, expected in ((cast.nora, 200), (cast.ada, 404), (cast.stella, 404)):
        _, secret = tokens.issue_token(person, "reads", days=1)
        headers = {"Authorization": f"Bearer {secret}"}
        assert [Client().get(path, headers=headers).status_code for path in paths] == [expected] * 2
        assert Client().post(BATCH, "[]", content_type="application/json", headers=headers).status_code == 404


def grant(sender: Sender, kind: str = "password", **more: str) -> dict[str, str]:
    asked = {
        "grant_type": kind,
        "client_id": sender.client.client_id,
        "client_secret": sender.secret,
    }
    if kind == "password":
        asked |= {"username": sender.client.username, "password": sender.password}
    return {**asked, **more}


def ask(form: dict[str, str], **headers: str) -> Any:
    return Client().post("/auth/oauth2/access_token?realm=/sbac", form_text(form), FORM, headers=headers)


FORM = "application/x-www-form-urlencoded"


def form_text(form: dict[str, str]) -> str:
    from urllib.parse import urlencode

    return urlencode(form)


@pytest.mark.parametrize("kind", ["password", "client_credentials"])
def test_a_client_gets_a_token_that_ends(configure: Configure, sender: Sender, kind: str) -> None:
    configure(token_seconds=90)
    answer = ask(grant(sender, kind))
    assert answer.status_code == 200, answer.content
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 90, "read send")
    assert answer["Cache-Control"] == "no-store"
    assert not AccessToken.objects.filter(digest=told["access_token"]).exists()
    token = AccessToken.objects.latest("id")
    assert token.digest == clients.digest(told["access_token"])
    assert 80 < (token.expires_at - timezone.now()).total_seconds() <= 90
    headers = {"Authorization": f"Bearer {told['access_token']}"}
    assert Client().post(BATCH, "[]", content_type="application/json", headers=headers).status_code == 202


def test_a_client_may_name_itself_by_http_basic(sender: Sender) -> None:
    pair = base64.b64encode(f"{sender.client.client_id}:{sender.secret}".encode()).decode()
    answer = ask({"grant_type": "client_credentials", "scope": "read"}, Authorization=f"Basic {pair}")
    assert (answer.status_code, answer.json()["scope"]) == (200, "read")


WRONG = [
    ({"client_secret": "wrong"}, 401, "invalid_client"),
    ({"client_id": "wrong"}, 401, "invalid_client"),
    ({"password": "wrong"}, 400, "invalid_grant"),
    ({"username": "wröng"}, 400, "invalid_grant"),
    ({"grant_type": "refresh_token"}, 400, "unsupported_grant_type"),
    ({"scope": "everything"}, 400, "invalid_scope"),
    ({"password": ""}, 400, "invalid_request"),
]


@pytest.mark.parametrize(("change", "status", "error"), WRONG)
def test_wrong_credentials_get_no_token(
    sender: Sender, change: dict[str, str], status: int, error: str
) -> None:
    before = AccessToken.objects.count()
    answer = ask(grant(sender, **change))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert AccessToken.objects.count() == before


def test_the_token_endpoint_answers_posts_only(sender: Sender) -> None:
    assert Client().get("/api/v1/registry/token").status_code == 405


def test_the_password_of_one_client_opens_no_other(sender: Sender) -> None:
    other = new_sender("other", "CA")
    asked = grant(sender, username=other.client.username, password=other.password)
    assert ask(asked).json()["error"] == "invalid_grant"


def test_the_loader_of_old_finds_what_it_knows(sender: Sender, drain: Drain) -> None:
    def send(method: str, rows: Any) -> Any:
        return Client().generic(
            method,
            "/rest/external/student/CA/batch",
            json.dumps(rows),
            content_type="application/json",
            headers=sender.headers(),
        )

    answer = send("POST", [{**ADA, "firstName": "Adah"}, ADA, {**BRUNO, "sex": "", "birthDate": "soon"}])
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer["Location"] == f"http://testserver/rest/external/student/batch/{newest().key}"
    assert sender.get(answer["Location"]).json()["percentComplete"] == 0
    drain()
    told = sender.get(answer["Location"]).json()
    assert (told.pop("submittedDate"), told.pop("updatedDate")) != (None, None)
    assert told == {
        "id": newest().key,
        "upsert": True,
        "numSubmitted": 3,
        "numProcessed": 3,
        "numSuccess": 2,
        "exceptions": [
            {
                "ssid": "1002",
                "errorMessage": (
                    "birthDate: It has to be a day that there is, as yyyy-MM-dd.; sex: It may not be empty."
                ),
            }
        ],
        "numExceptions": 1,
        "percentComplete": 1.0,
        "submittedBy": "loader",
        "stateCode": "CA",
    }
    removed = send("DELETE", [{"ssid": "1001", "stateCode": "CA"}])
    assert drain() == {"removed": 1}
    assert sender.get(removed["Location"]).json()["upsert"] is False


def test_single_students_in_the_old_interface(sender: Sender) -> None:
    def post(row: Any) -> Any:
        path = "/rest/external/student/CA"
        return Client().post(path, row, content_type="application/json", headers=sender.headers())

    first = post(ADA)
    assert (first.status_code, first["Location"]) == (201, "http://testserver/rest/external/student/CA/1001")
    assert post({**ADA, "lastName": "King"}).status_code == 204
    assert sender.get(first["Location"]).json()["lastName"] == "King"
    assert post({**ADA, "stateAbbreviation": "NV"}).status_code == 422
    assert Client().delete(first["Location"], headers=sender.headers()).status_code == 204
    assert sender.get(first["Location"]).status_code == 404
