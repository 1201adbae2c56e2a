"""The LMS exports agree with each other and with the log."""

from __future__ import annotations

import csv
import gzip
import io
import json
from pathlib import Path

from staffroom.demo.changes import change_lines
from tests.demo.conftest import Delivered


def table(path: Path) -> list[dict[str, str]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    return list(csv.DictReader(io.StringIO(text)))


def blocks(delivered: Delivered) -> int:
    outlines = delivered.exports.glob("course_blocks-*.json")
    return sum(len(json.loads(path.read_text())["blocks"]) for path in outlines)


def test_the_exports_are_named_by_table_and_date(delivered: Delivered) -> None:
    assert sorted(path.name for path in delivered.exports.iterdir()) == [
        "auth_user-20260914.csv",
        "auth_user-20260928.csv",
        "course_blocks-Tarnwater_ASTR101_2026-20260928.json",
        "course_blocks-Tarnwater_ASTR101_2026_T1-20260928.json",
        "course_blocks-Tarnwater_BREAD110_2026_T1-20260928.json",
        "course_blocks-Tarnwater_CLIMA205_2026_T1-20260928.json",
        "course_blocks-Tarnwater_ORGAN300_2026_T1-20260928.json",
        "course_blocks-Tarnwater_STAT100_2026-20260928.json",
        "student_courseaccessrole-20260928.csv",
        "student_courseenrollment-20260928.csv.gz",
    ]


def test_every_enrolment_and_role_is_of_a_known_account(delivered: Delivered) -> None:
    accounts = {row["id"] for row in table(delivered.exports / "auth_user-20260928.csv")}
    enrolled = table(delivered.exports / "student_courseenrollment-20260928.csv.gz")
    roles = table(delivered.exports / "student_courseaccessrole-20260928.csv")
    assert {row["user_id"] for row in enrolled} | {row["user_id"] for row in roles} <= accounts
    assert len(accounts) + len(enrolled) + len(roles) + blocks(delivered) == delivered.manifest.export_rows


def test_the_last_change_in_the_log_is_the_state_that_is_exported(delivered: Delivered) -> None:
    exported = {
        (row["user_id"], row["course_id"]): (row["is_active"], row["mode"])
        for row in table(delivered.exports / "student_courseenrollment-20260928.csv.gz")
    }
    logged = {}
    for enrolment in delivered.university.enrolments:
        last = json.loads(change_lines(delivered.university.seed, enrolment)[-1][1])
        active = "0" if last["event_type"].endswith(".deactivated") else "1"
        payload = last["event"]
        logged[str(payload["user_id"]), payload["course_id"]] = (active, payload["mode"])
    assert logged == exported


def test_outlines_are_trees_of_sections_subsections_units_and_blocks(delivered: Delivered) -> None:
    below = {"course": {"chapter"}, "chapter": {"sequential"}, "sequential": {"vertical"}}
    for path in delivered.exports.glob("course_blocks-*.json"):
        outline = json.loads(path.read_text())
        blocks = outline["blocks"]
        children = [child for block in blocks.values() for child in block.get("children", ())]
        assert sorted([outline["root"], *children]) == sorted(blocks)
        for block in blocks.values():
            kinds = {blocks[child]["type"] for child in block.get("children", ())}
            assert kinds <= below.get(block["type"], {"html", "video", "problem"})
