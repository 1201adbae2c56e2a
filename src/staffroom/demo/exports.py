"""The LMS's own tables and course outlines, exported as files: accounts, enrolments, roles, blocks."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from staffroom.demo.courses import Block, Course
from staffroom.demo.pen import LMS
from staffroom.demo.people import TEAM, TEST_ACCOUNT, Account
from staffroom.demo.term import as_datetime
from staffroom.demo.university import University

ACCOUNT_COLUMNS = (
    "id", "username", "email", "first_name", "last_name", "is_staff", "is_superuser", "is_active",
    "date_joined",
)  # fmt: skip
ENROLMENT_COLUMNS = ("id", "user_id", "course_id", "created", "is_active", "mode")
ROLE_COLUMNS = ("id", "user_id", "org", "course_id", "role")


def write_exports(university: University, folder: Path) -> int:
    """Write all exports to ``folder``; returns how many rows and blocks the newest of each hold."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = [*(member.account for member in TEAM), TEST_ACCOUNT, *university.learners]
    days = university.term.delivery_days
    before, latest = days[6], days[-1]  # of accounts there is an older export too: the newer one must win
    half = len(accounts) // 2
    _write_table(folder, "auth_user", before, ACCOUNT_COLUMNS, map(_account_row, accounts[:half]))
    rows = _write_table(folder, "auth_user", latest, ACCOUNT_COLUMNS, map(_account_row, accounts))
    enrolments = _enrolment_rows(university)
    rows += _write_table(
        folder, "student_courseenrollment", latest, ENROLMENT_COLUMNS, enrolments, packed=True
    )
    rows += _write_table(folder, "student_courseaccessrole", latest, ROLE_COLUMNS, _role_rows())
    for course in university.courses:
        if course.structure:
            name = f"course_blocks-{file_safe(course.key)}-{latest:%Y%m%d}.json"
            outline = blocks_json(course)
            (folder / name).write_text(json.dumps(outline, indent=1), "utf-8")
            rows += len(outline["blocks"])
    return rows


def blocks_json(course: Course) -> dict[str, Any]:
    """The course's outline as the LMS's blocks API gives it: a flat map of blocks with their children."""
    blocks: dict[str, Any] = {}

    def add(block: Block, children: Sequence[Block]) -> None:
        url = f"{LMS}/courses/{course.key}/jump_to/{block.key}"
        blocks[block.key] = {
            "id": block.key,
            "block_id": block.short,
            "lms_web_url": url,
            "legacy_web_url": f"{url}?experience=legacy",
            "student_view_url": f"{LMS}/xblock/{block.key}",
            "type": block.kind,
            "display_name": block.name,
            **({"children": [child.key for child in children]} if children else {}),
        }

    add(course.root, [section.block for section in course.sections])
    for section in course.sections:
        add(section.block, [subsection.block for subsection in section.subsections])
        for subsection in section.subsections:
            add(subsection.block, [unit.block for unit in subsection.units])
            for unit in subsection.units:
                add(unit.block, unit.parts)
                for part in unit.parts:
                    add(part, ())
    return {"root": course.root.key, "blocks": blocks}


def file_safe(course_id: str) -> str:
    """A course key as part of a file's name: organisation, number and run, joined by low lines."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", course_id.removeprefix("course-v1:"))


def _account_row(account: Account) -> Sequence[object]:
    return (
        account.user_id,
        account.username,
        account.email,
        account.first_name,
        account.last_name,
        int(account.is_staff),
        int(account.is_superuser),
        int(account.is_active),
        _exported(account.joined_at),
    )


def _enrolment_rows(university: University) -> Iterable[Sequence[object]]:
    for enrolment in university.enrolments:
        yield (
            enrolment.number,
            enrolment.account.user_id,
            enrolment.course.key,
            _exported(as_datetime(enrolment.history.joined_at)),
            int(enrolment.history.is_active),
            enrolment.history.mode,
        )


def _role_rows() -> Iterable[Sequence[object]]:
    roles = [(member.account, role, key) for member in TEAM for role, key in member.roles]
    for number, (account, role, key) in enumerate(roles, start=1):
        yield number, account.user_id, "Tarnwater", key, role


def _write_table(
    folder: Path,
    table: str,
    exported_on: date,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    packed: bool = False,
) -> int:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    data = text.getvalue().encode()
    name = f"{table}-{exported_on:%Y%m%d}.csv"
    if packed:
        (folder / f"{name}.gz").write_bytes(gzip.compress(data, 6, mtime=0))
    else:
        (folder / name).write_bytes(data)
    return count


def _exported(at: datetime) -> str:
    """An instant as MySQL exports it: UTC, without saying so."""
    return at.strftime("%Y-%m-%d %H:%M:%S.%f")
