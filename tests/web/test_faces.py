"""One page and the faces of its sections."""

from __future__ import annotations

import csv
import io

import pytest
from django.test import Client

PAGE = "/developers/components/"


def test_every_face_has_the_same_columns_and_rows(stella: Client) -> None:
    page = stella.get(PAGE)
    rows = list(csv.reader(io.StringIO(stella.get(f"{PAGE}weeks.csv").text)))
    told = stella.get(f"{PAGE}weeks.json").json()
    section = next(section for section in page.context["sections"] if section.slug == "weeks")
    names = [column.name for column in section.table.columns]
    assert rows[0] == names == [column["name"] for column in told["columns"]]
    assert len(rows) - 1 == len(section.table.rows) == len(told["results"]) == 8
    assert rows[1] == ["2026-08-03", "41", "12", "0.5125", "1500"]
    assert told["results"][7] == {
        "week": "2026-09-21",
        "active": 55,
        "played_video": 4,
        "share": 0.6875,
        "median": None,
    }


def test_a_csv_is_a_file_to_keep(stella: Client) -> None:
    response = stella.get(f"{PAGE}weeks.csv")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="staffroom-weeks.csv"'
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_formula_in_a_name_is_disarmed_in_csv_only(stella: Client) -> None:
    assert "'=Numbers and a formula" in stella.get(f"{PAGE}courses.csv").text
    assert stella.get(f"{PAGE}courses.json").json()["results"][2]["name"] == "=Numbers and a formula"


@pytest.mark.parametrize("face", ["csv", "json", "svg"])
def test_an_unknown_section_is_not_there(stella: Client, face: str) -> None:
    assert stella.get(f"{PAGE}nothing.{face}").status_code == 404


def test_a_section_without_a_chart_has_no_svg(stella: Client) -> None:
    assert stella.get(f"{PAGE}courses.svg").status_code == 404


def test_an_unknown_face_is_not_there(stella: Client) -> None:
    assert stella.get(f"{PAGE}weeks.xml").status_code == 404


@pytest.mark.parametrize("face", ["", "weeks.csv", "weeks.json", "weeks.svg"])
def test_head_answers_like_get_without_a_body(stella: Client, face: str) -> None:
    response = stella.head(f"{PAGE}{face}")
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("face", ["", "weeks.csv", "weeks.json", "weeks.svg"])
def test_faces_are_read_only(stella: Client, face: str) -> None:
    assert stella.post(f"{PAGE}{face}").status_code == 405


@pytest.mark.parametrize("face", ["", "weeks.csv", "weeks.svg"])
def test_who_is_signed_out_is_sent_to_sign_in(client: Client, db: None, face: str) -> None:
    response = client.get(f"{PAGE}{face}")
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def test_who_is_signed_out_reads_a_problem_in_json(client: Client, db: None) -> None:
    response = client.get(f"{PAGE}weeks.json")
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Sign in, or send a token.",
        "instance": f"{PAGE}weeks.json",
        "request_id": response.headers["X-Request-ID"],
    }


def test_a_missing_section_in_json_is_a_problem(stella: Client) -> None:
    response = stella.get(f"{PAGE}nothing.json")
    assert (response.status_code, response.json()["title"]) == (404, "Not Found")


def test_filters_stay_with_the_faces(stella: Client) -> None:
    page = stella.get(f"{PAGE}?from=2026-09-01&page=2").text
    assert 'href="weeks.csv?from=2026-09-01"' in page
    assert 'src="weeks.svg?from=2026-09-01"' in page
