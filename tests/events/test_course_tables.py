"""The course tables: the newest usable exports, each row typed or set aside."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.events.catalogue import Store
from staffroom.events.course_tables import COURSE_TABLES, SCHEMA_VERSION
from staffroom.events.rejects import read_rejects
from staffroom.tally import Counts
from tests.events.deliveries import catalogue, deliver, deliveries, line, make_instance, table, take

USERS = "id,username,email,first_name,last_name,is_staff,is_superuser,is_active,date_joined\n"
ANA = '1,ana,ana@example.org,Ana,Lee,0,0,1,"2024-01-01 10:00:00"\n'
COURSE = "course-v1:A+B+C"
ENROLMENTS = "user_id,course_id,created,is_active,mode\n"


def export(school: Instance, name: str, text: str) -> Path:
    path = school.root / "exports" / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    return path


def block(kind: str, name: str) -> str:
    return f"block-v1:A+B+C+type@{kind}+block@{name}"


def structure(**more: Any) -> dict[str, Any]:
    children = {
        ("course", "course"): [("chapter", "c1"), ("chapter", "c2"), ("chapter", "gone")],
        ("chapter", "c1"): [("sequential", "s1")],
        ("chapter", "c2"): [("sequential", "s2"), ("course", "course")],  # a cycle
        ("sequential", "s1"): [("vertical", "v1"), ("vertical", "v2")],
        ("sequential", "s2"): [("vertical", "v3"), ("vertical", "v1")],  # met before
        ("vertical", "v1"): [("video", "x1")],
        ("vertical", "v2"): [("vertical", "inner")],
        ("vertical", "inner"): [],
        ("vertical", "v3"): [],
        ("video", "x1"): [],
        ("html", "orphan"): [],
    }
    blocks = {
        block(*one): {
            "id": block(*one), "block_id": one[1], "type": one[0], "display_name": f" {one[1].upper()} ",
            "lms_web_url": f"https://h/{one[1]}", "children": [block(*child) for child in below],
        }
        for one, below in children.items()
    }  # fmt: skip
    return {"root": block("course", "course"), "blocks": blocks, **more}


def test_people_are_typed_rows_and_bad_ones_are_set_aside(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    rows = (
        ANA,
        '2,bob,,"Bo\nb",,True,0,1,2024-01-01T10:00:00-05:00\n',
        "3,eve,,,,0,true,f,\n",
        "x,,\n",
        ",q,,,,0,0,0,\n",
        "4,d,,,,maybe,0,0,\n",
        "5,e,,,,0,0,0,31/12/2024\n",
        ANA.replace("Lee", "Li"),
    )
    export(school, "auth_user-20240110.csv", USERS + "".join(rows))
    assert take(school) == Counts(read=8, kept=3, repeated=1, skipped=4)
    ten = datetime(2024, 1, 1, 10, tzinfo=UTC)
    names = COURSE_TABLES["people"][0].names
    assert [tuple(row[name] for name in names) for row in table(school, "people")] == [
        ("openedx", "1", "ana", "ana@example.org", "Ana Li", False, True, ten),
        ("openedx", "2", "bob", "", "Bo\nb", True, True, ten.replace(hour=15)),
        ("openedx", "3", "eve", "", "", True, False, None),
    ]
    (entry,) = deliveries(school).values()
    assert [(one.line, one.reason, one.data) for one in read_rejects(school.rejects, entry.digest)] == [
        (6, "wrong_columns", b"x,,"),
        (7, "no_learner", b",q,,,,0,0,0,"),
        (8, "not_a_flag", b"4,d,,,,maybe,0,0,"),
        (9, "impossible_time", b"5,e,,,,0,0,0,31/12/2024"),
    ]


def test_enrolments_and_teams(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    export(
        school, "student_courseenrollment-20240110.csv.gz",
        f"id,user_id,course_id,created,is_active,mode\n9,1, {COURSE} ,2024-01-01,1,audit\n8,1,bad,,1,audit\n",
    )  # fmt: skip
    export(
        school, "student_courseaccessrole-20240110.csv",
        f"id,user_id,org,course_id,role\n1,2,A,{COURSE},staff\n2,2,A,,staff\n3,2,A,{COURSE},\n4,2,A,A/B/C,beta_testers\n5,2,,,x\n",
    )  # fmt: skip
    assert take(school) == Counts(read=7, kept=4, repeated=0, skipped=3)
    assert table(school, "enrolments") == [
        {
            "course_id": COURSE, "learner_id": "1", "source": "openedx", "mode": "audit", "is_active": True,
            "enrolled_at": datetime(2024, 1, 1, tzinfo=UTC),
            "enrolled_on": date(2024, 1, 1), "exported_on": date(2024, 1, 10),
        }
    ]  # fmt: skip
    assert [tuple(row.values()) for row in table(school, "course_team")] == [
        ("A/B/C", "2", "openedx", "beta_testers", None),
        (COURSE, "2", "openedx", "staff", None),
        (None, "2", "openedx", "staff", "A"),
    ]
    assert [(row["course_id"], row["name"]) for row in table(school, "courses")] == [
        ("A/B/C", None),
        (COURSE, None),
    ]


def test_an_enrolment_has_the_institutions_day_and_the_date_of_its_export(tmp_path: Path) -> None:
    school = make_instance(tmp_path, zone="America/Santiago")
    times = ("2024-01-05 02:59:59", "2024-01-05 03:00:00", "", "1970-01-01", "2100-01-01")
    text = ENROLMENTS + "".join(f"{n},{COURSE},{time},1,audit\n" for n, time in enumerate(times, 1))
    for name in ("20240110", "20240111"):  # the same content a day later
        export(school, f"student_courseenrollment-{name}.csv", text)
        take(school)
    assert [
        tuple(row[name] for name in ("enrolled_on", "exported_on")) for row in table(school, "enrolments")
    ] == [
        (date(2024, 1, 4), date(2024, 1, 11)),
        (date(2024, 1, 5), date(2024, 1, 11)),
        (None, date(2024, 1, 11)),
    ]
    (entry,) = deliveries(school).values()
    assert [(one.line, one.reason) for one in read_rejects(school.rejects, entry.digest)] == [
        (5, "impossible_time"),
        (6, "impossible_time"),
    ]


def test_a_table_of_an_older_form_is_made_from_its_exports_again(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    export(school, "auth_user-20240110.csv", USERS + ANA)
    take(school)
    store, current = Store(school.store), catalogue(school)
    older = replace(current.tables["people"], schema_version=SCHEMA_VERSION - 1)
    with store.writing():
        store.publish(current.with_tables({"people": older}))
    assert take(school) == Counts()
    assert catalogue(school).tables["people"].schema_version == SCHEMA_VERSION


def test_a_structure_is_a_row_a_block_in_the_order_of_the_course(tmp_path: Path) -> None:
    school = make_instance(tmp_path, zone="America/Santiago")
    dates = {"start": "2024-03-01T02:00:00Z", "end": "2024-07-01"}
    export(school, "course_blocks-A_B_C-20240110.json", json.dumps(structure(**dates)))
    assert take(school) == Counts(read=11, kept=10, repeated=0, skipped=1)
    shown = (
        "ordinal",
        "depth",
        "name",
        "block_type",
        "section_number",
        "subsection_number",
        "unit_number",
        "unit_count",
    )
    assert [tuple(row[name] for name in shown) for row in table(school, "course_blocks")] == [
        (0, 0, "COURSE", "course", None, None, None, None),
        (1, 1, "C1", "chapter", 1, None, None, None),
        (2, 2, "S1", "sequential", 1, 1, None, 2),
        (3, 3, "V1", "vertical", 1, 1, 1, 2),
        (4, 4, "X1", "video", 1, 1, 1, 2),
        (5, 3, "V2", "vertical", 1, 1, 2, 2),
        (6, 4, "INNER", "vertical", 1, 1, 2, 2),
        (7, 1, "C2", "chapter", 2, None, None, None),
        (8, 2, "S2", "sequential", 2, 1, None, 1),
        (9, 3, "V3", "vertical", 2, 1, 1, 1),
    ]
    video = table(school, "course_blocks")[4]
    ids = ("course_id", "source", "parent_id", "section_id", "subsection_id", "unit_id", "url")
    assert tuple(video[name] for name in ids) == (
        COURSE, "openedx", block("vertical", "v1"), block("chapter", "c1"), block("sequential", "s1"),
        block("vertical", "v1"), "https://h/x1",
    )  # fmt: skip
    assert table(school, "courses") == [
        {"course_id": COURSE, "source": "openedx", "name": "COURSE",
         "starts_on": date(2024, 2, 29), "ends_on": date(2024, 6, 30)}
    ]  # fmt: skip
    (entry,) = deliveries(school).values()
    assert [one.reason for one in read_rejects(school.rejects, entry.digest)] == ["not_reached"]


def test_the_newest_export_is_told_by_its_name_not_its_arrival(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    export(school, "auth_user-20240110.csv", USERS + ANA)
    take(school)
    export(school, "auth_user-20240109.csv", USERS)
    assert take(school) == Counts()
    assert len(table(school, "people")) == 1
    export(school, "auth_user-20240111.csv", USERS)
    assert take(school) == Counts()
    assert table(school, "people") == []
    assert catalogue(school).tables["people"].through == "2024-01-11"


def test_an_export_that_cannot_be_used_is_passed_over_for_the_one_before(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    export(school, "auth_user-20240110.csv", USERS + ANA)
    export(school, "auth_user-20240111.csv", "id,username\n1,ana\n")
    export(school, "auth_user-20240112.csv", "")
    cut = export(school, "auth_user-20240113.csv.gz", USERS + ANA * 500)
    cut.write_bytes(cut.read_bytes()[:-20])
    for day, text in ((11, '{"root": 3'), (12, "[]"), (13, '{"root": "x", "blocks": {"x": {}}}'), (14, "{}")):
        export(school, f"course_blocks-A_B_C-202401{day}.json", text)
    export(school, "course_blocks-A_B_C-20240109.json", json.dumps(structure()))
    for counts in (Counts(12, 11, 0, 1), Counts()):
        assert take(school) == counts
        assert [row["username"] for row in table(school, "people")] == ["ana"]
        assert len(table(school, "course_blocks")) == 10
    states = {
        name.partition("-2024")[2]: one.state for name, one in deliveries(school).items() if one.problem
    }
    assert states == {
        "0111.csv": "damaged", "0112.csv": "empty", "0113.csv.gz": "damaged",
        "0111.json": "damaged", "0112.json": "damaged", "0113.json": "damaged", "0114.json": "damaged",
    }  # fmt: skip


def test_tables_whose_exports_are_the_same_are_not_written_again(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    export(school, "auth_user-20240110.csv", USERS + ANA)
    dated = structure(start="2024-03-01")
    export(school, "course_blocks-A_B_C-20240110.json", json.dumps(dated))
    take(school)
    before = catalogue(school)
    assert take(school) == Counts()
    assert catalogue(school) == before
    export(
        school,
        "student_courseenrollment-20240110.csv",
        ENROLMENTS + "1,X/Y/Z,,1,audit\n",
    )
    assert take(school) == Counts(1, 1, 0, 0)
    after = catalogue(school).tables
    assert {name for name in after if after[name] != before.tables.get(name)} == {"courses", "enrolments"}
    assert [(row["course_id"], row["starts_on"]) for row in table(school, "courses")] == [
        ("X/Y/Z", None),
        (COURSE, date(2024, 3, 1)),
    ]


def test_exports_do_not_depend_on_the_order_in_which_they_come(tmp_path: Path) -> None:
    texts = {
        "auth_user-20240110.csv": USERS + ANA,
        "auth_user-20240111.csv": USERS + ANA.replace("Ana", "Anna"),
        "course_blocks-A_B_C-20240110.json": json.dumps(structure()),
        "course_blocks-other-20240109.json": json.dumps(structure(start="2024-03-01")),  # of the same course
        "student_courseenrollment-20240110.csv": f"{ENROLMENTS}1,{COURSE},,1,audit\n",
    }
    found = []
    for number, names in enumerate((sorted(texts), sorted(texts, reverse=True))):
        school = make_instance(tmp_path / str(number))
        for name in names:
            export(school, name, texts[name])
            take(school)
        found.append(
            {name: table(school, name) for name in ("people", "courses", "course_blocks", "enrolments")}
        )
    assert found[0] == found[1]
    assert [row["name"] for row in found[0]["people"]] == ["Anna Lee"]


def test_a_damaged_export_of_the_first_night_is_told_beside_its_logs(tmp_path: Path) -> None:
    school = make_instance(tmp_path)
    export(school, "auth_user-20240105.csv", "id,nothing\n1,2\n")
    deliver(school, "tracking.log-20240105", [line(1)])
    take(school)
    assert {one.name: one.state for one in deliveries(school).values()} == {
        "auth_user-20240105.csv": "damaged",
        "tracking.log-20240105": "taken",
    }
