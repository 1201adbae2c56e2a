"""Rows of the loader that were set aside: who looks at them is in the audit trail."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from staffroom.accounts.models import View
from staffroom.accounts.trail import unpacked
from staffroom.config import Instance
from staffroom.web.paging import ROWS_A_PAGE
from tests.cast import Cast
from tests.loader.conftest import receiver, started_receiver
from tests.loader.files import student
from tests.loader.receiver import Receiver
from tests.operations.pages.loader import set_up
from tests.operations.pages.test_loader import sent
from tests.operations.pages.test_pages import table, text

__all__ = ["receiver", "started_receiver"]

pytestmark = pytest.mark.django_db(databases=["default", "audit"])

HOSTILE = "<script>alert(1)</script>"


def views() -> list[tuple[str, list[str]]]:
    return [
        (view.what, [f"{source}/{name}" for source, name in unpacked(view.learners)])
        for view in View.objects.order_by("id")
    ]


def test_they_are_shown_with_row_student_and_reason_and_the_trail_says_to_whom(
    lake: Instance, cast: Cast, ada: Client, receiver: Receiver
) -> None:
    set_up(lake, receiver, student(1), {**student(2), "FirstName": "a^b"}, {**student(3), "Sex": "?"})
    name = sent(lake, ada)
    url = reverse("loader-run", args=[name])
    ada.get(reverse("loader"))
    assert views() == []
    page = text(ada, url)
    assert "2 rows were set aside." in page
    assert "more or fewer fields than the header" in page
    shown = ["loader/2000000002", "loader/2000000003"]
    assert views() == [(f"operations/loader/{name}/aside.html", shown)]
    rows = table(ada, f"{url}aside.csv")
    assert [(row["row"], row["student"], row["reason"]) for row in rows] == [
        ("3", "2000000002", "fields"),
        ("4", "2000000003", "refused"),
    ]
    assert views()[1:] == [(f"operations/loader/{name}/aside.csv", shown)]
    assert set(View.objects.values_list("person_id", flat=True)) == {cast.ada.pk}


def test_other_sections_of_the_page_are_no_view_of_students(
    lake: Instance, ada: Client, receiver: Receiver
) -> None:
    set_up(lake, receiver, {**student(2), "FirstName": "a^b"})
    url = reverse("loader-run", args=[sent(lake, ada)])
    for section in ("sent.csv", "outcome.json"):
        assert ada.get(f"{url}{section}").status_code == 200
    assert views() == []


def test_the_report_is_taken_whole_and_noted(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1), {**student(2), "FirstName": "a^b"})
    name = sent(lake, ada)
    answer = ada.get(reverse("loader-report", args=[name]))
    report = json.loads(b"".join(answer))
    assert [(row["row"], row["id"]) for row in report["rows"]] == [(3, "2000000002")]
    assert views() == [(f"operations/loader/{name}/report", ["loader/2000000002"])]


def test_many_come_in_pages_and_the_trail_names_those_of_the_page(
    lake: Instance, ada: Client, receiver: Receiver
) -> None:
    set_up(lake, receiver, *({**student(n), "FirstName": "a^b"} for n in range(ROWS_A_PAGE + 3)), student(99))
    url = reverse("loader-run", args=[sent(lake, ada)])
    page = text(ada, f"{url}?page=2")
    assert page.count("more or fewer fields than the header") == 3 + 1
    assert views()[0][1] == [f"loader/{2_000_000_000 + n}" for n in range(ROWS_A_PAGE, ROWS_A_PAGE + 3)]
    assert len(table(ada, f"{url}aside.csv?page=2")) == ROWS_A_PAGE + 3


def test_hostile_ids_and_rows_are_text(lake: Instance, ada: Client, receiver: Receiver) -> None:
    bad = {**student(1), "FirstName": "a^b"}
    set_up(
        lake, receiver, {**bad, "SSID": HOSTILE}, {**bad, "SSID": "=cmd()"}, {**bad, "SSID": ""}, student(2)
    )
    url = reverse("loader-run", args=[sent(lake, ada)])
    page = text(ada, url)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert HOSTILE not in page
    assert [row["student"] for row in table(ada, f"{url}aside.csv")] == [HOSTILE, "'=cmd()", ""]


def test_a_run_that_is_not_there_is_not_there(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1))
    sent(lake, ada)
    (lake.root / "loader/runs/nothing-1").mkdir()
    for name in ("nothing-1", "..", "%2e%2e", "..%2f..%2fsecrets", "runs"):
        for face in ("", "report/", "aside.csv"):
            assert ada.get(f"/loader/runs/{name}/{face}").status_code == 404, (name, face)


def test_a_folder_that_is_no_run_is_left_out(lake: Instance, ada: Client, receiver: Receiver) -> None:
    set_up(lake, receiver, student(1))
    sent(lake, ada)
    for name, facts in (("a-1", "{"), ("b-1", "[]"), ("c-1", '{"file": 7}')):
        (lake.root / "loader/runs" / name).mkdir()
        (lake.root / "loader/runs" / name / "run.json").write_text(facts)
    files = [row["file"] for row in table(ada, f"{reverse('loader')}runs.csv")]
    assert files == ["students.csv", "7"]
    assert "students.csv is done" in text(ada, reverse("loader"))
