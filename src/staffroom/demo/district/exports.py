"""The files that the demo's student information system leaves every night, with the dirt of real ones."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from staffroom.demo.district.documents import iep_pdf, portrait_png
from staffroom.demo.district.pupils import Pupil, demo_pupils
from staffroom.demo.district.records import (
    Row,
    assessment_rows,
    attendance_rows,
    behavior_rows,
    grade_of,
    sections_of,
    star_rows,
)
from staffroom.demo.district.schools import TERM, Calendar
from staffroom.demo.district.staff import DemoEducator, DemoSection, demo_educators, demo_sections
from staffroom.students.rows.documents import folded

UNKNOWN_PUPIL = "999999"
"""Rows of somebody who is in no students' file, as happens when a student moves away."""
EVERY_NTH_PHOTO = 3
IMPOSSIBLE_DAY = "2025-02-30"


@dataclass(frozen=True)
class DemoDistrict:
    """Everything follows from the seed and the last day."""

    seed: int
    last_day: date

    @cached_property
    def calendar(self) -> Calendar:
        return Calendar(self.last_day)

    @cached_property
    def educators(self) -> tuple[DemoEducator, ...]:
        return demo_educators(self.seed)

    @cached_property
    def sections(self) -> tuple[DemoSection, ...]:
        return demo_sections(self.educators)

    @cached_property
    def pupils(self) -> tuple[Pupil, ...]:
        return demo_pupils(self.seed, self.calendar)


def write_exports(district: DemoDistrict, folder: Path) -> int:
    """Write every file into ``folder``; returns how many rows and documents a reader counts in them.

    An educator without a login name is in the file, and read by nobody.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seed, pupils, calendar = district.seed, district.pupils, district.calendar
    enrolled = [pupil for pupil in pupils if pupil.is_enrolled]
    attendance = list(attendance_rows(seed, pupils, calendar))
    files: dict[str, Iterable[Row]] = {
        "educators": map(_educator, district.educators),
        "students": map(_student, pupils),
        "courses_sections": (_section(one, calendar) for one in district.sections),
        "educator_sections": (_taught(one, calendar) for one in district.sections),
        "attendance": [*attendance, *_dirt(attendance)],
        "behavior": behavior_rows(seed, pupils, calendar),
        "assessments": assessment_rows(seed, pupils, calendar),
        **_plans(enrolled),
    }
    written = sum(_write(folder / f"{name}.csv", rows) for name, rows in files.items())
    written += _write_sections(folder, district, enrolled)
    written += _write_star(folder, district) + _write_documents(folder, enrolled, calendar)
    return written - sum(not one.login for one in district.educators)


def _educator(one: DemoEducator) -> Row:
    return {
        "state_id": "NULL",
        "local_id": "NULL",
        "full_name": one.full_name,
        "staff_type": one.staff_type,
        "homeroom": one.homeroom,
        "status": "Active",
        "login_name": one.login,
        "school_local_id": one.school.local_id if one.school else "",
        "email": one.email,
    }


def _student(pupil: Pupil) -> Row:
    return {
        "state_id": f"99{pupil.local_id}",
        "local_id": pupil.local_id,
        "full_name": pupil.full_name,
        "school_local_id": pupil.school.local_id,
        "grade": pupil.grade if pupil.grade == "KF" else pupil.grade.zfill(2),
        "enrollment_status": "Active" if pupil.is_enrolled else "Withdrawn",
        "homeroom": pupil.homeroom,
        "date_of_birth": pupil.born_on.isoformat(),
        **pupil.facts,
    }


def _section(one: DemoSection, calendar: Calendar) -> Row:
    return {
        **_key(one, calendar),
        "course_description": one.title,
        "section_schedule": one.schedule,
        "section_room_number": one.room,
    }


def _taught(one: DemoSection, calendar: Calendar) -> Row:
    return {"login_name": one.teacher.login, **_key(one, calendar)}


def _key(one: DemoSection, calendar: Calendar) -> Row:
    return {
        "course_number": one.course,
        "school_local_id": "LHS",
        "section_number": one.number,
        "term_local_id": TERM,
        "district_school_year": str(calendar.year),
    }


def _write_sections(folder: Path, district: DemoDistrict, pupils: Sequence[Pupil]) -> int:
    attended = [
        (pupil, one) for pupil in pupils for one in sections_of(district.seed, pupil, district.sections)
    ]
    _write(
        folder / "student_sections.csv",
        ({"local_id": pupil.local_id, **_key(one, district.calendar)} for pupil, one in attended),
    )
    with (folder / "grades.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)  # this file has no header
        for pupil, one in attended:
            number, letter = grade_of(district.seed, pupil, one)
            writer.writerow([one.number, pupil.local_id, "LHS", one.course, TERM, f"{number} {letter}"])
    return 2 * len(attended)


def _dirt(rows: Sequence[Row]) -> list[Row]:
    """Rows that come twice, rows of somebody unknown, and days that never were."""
    return [
        *rows[:40],
        *({**row, "local_id": UNKNOWN_PUPIL} for row in rows[40:60]),
        *({**row, "event_date": IMPOSSIBLE_DAY} for row in rows[60:63]),
    ]


def _write_star(folder: Path, district: DemoDistrict) -> int:
    written = 0
    with zipfile.ZipFile(folder / "star.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for member, subject in (("SR_v2.csv", "reading"), ("SM_v2.csv", "math")):
            rows = list(star_rows(district.seed, district.pupils, district.calendar, subject))
            archive.writestr(member, _csv(rows))
            written += len(rows)
    return written


def _plans(pupils: Sequence[Pupil]) -> dict[str, Iterable[Row]]:
    planned = [pupil for pupil in pupils if pupil.facts["plan_504"] == "504"]
    grants = tuple(enumerate(("Extra time on tests", "A seat near the door")))
    return {
        "ed_plans": (
            {
                "student_local_id": pupil.local_id,
                "sep_oid": f"plan-{pupil.local_id}",
                "sep_status": "1",
                "sep_effective_date": "2025-09-15",
                "sep_review_date": "2026-09-15",
                "sep_fieldd_006": "Health disability",
                "sep_fieldd_007": "School nurse, homeroom teacher",
            }
            for pupil in planned
        ),
        "ed_plan_accommodations": (
            {
                "student_local_id": pupil.local_id,
                "iac_oid": f"grant-{pupil.local_id}-{number}",
                "iac_sep_oid": f"plan-{pupil.local_id}",
                "iac_description": text,
                "iac_field": "All teachers",
            }
            for pupil in planned
            for number, text in grants
        ),
    }


def _write_documents(folder: Path, pupils: Sequence[Pupil], calendar: Calendar) -> int:
    begins = calendar.year_begins.isoformat()
    plans = {
        f"{one.local_id}_IEPAtAGlance_{folded(one.first_name)}_{folded(one.last_name)}.pdf": one.local_id
        for one in pupils
        if one.facts["program_assigned"] == "Sp Ed" and folded(one.last_name).isascii()
    }
    with zipfile.ZipFile(folder / "student-documents.zip", "w") as archive:
        for name, local_id in plans.items():
            archive.writestr(name, iep_pdf(local_id, begins))
    shown = pupils[::EVERY_NTH_PHOTO]
    with zipfile.ZipFile(folder / "photos.zip", "w") as archive:
        for number, pupil in enumerate(shown):
            archive.writestr(f"{pupil.local_id}.png", portrait_png(number))
    return len(plans) + len(shown)


def _write(path: Path, rows: Iterable[Row]) -> int:
    """Texts of incidents are Windows-1252, with quotes escaped as MySQL does and not doubled."""
    every = list(rows)
    text, encoding = _csv(every), "utf-8"
    if path.stem == "behavior":
        text, encoding = text.replace('\\""', '\\"'), "cp1252"
    path.write_bytes(text.encode(encoding, "replace"))
    return len(every)


def _csv(every: list[Row]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(
        out, list(every[0]) if every else [], quoting=csv.QUOTE_ALL, lineterminator="\r\n"
    )
    writer.writeheader()
    writer.writerows(every)
    return out.getvalue()
