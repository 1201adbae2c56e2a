"""What the demo's operator writes into staffroom.toml so that the district's exports are imported."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomlkit

from staffroom.demo.district.schools import SCHOOLS

FOLDER = "deliveries/sis"
FILES: tuple[dict[str, Any], ...] = (
    *(
        {"source": name, "file": f"{name}.csv"}
        for name in ("educators", "courses_sections", "educator_sections")
    ),
    {"source": "students", "file": "students.csv"},
    {"source": "student_sections", "file": "student_sections.csv"},
    {"source": "attendance", "file": "attendance.csv"},
    {"source": "behavior", "file": "behavior.csv", "encoding": "cp1252"},
    {"source": "grades", "file": "grades.csv"},
    {"source": "assessments", "file": "assessments.csv"},
    {"source": "star_reading", "file": "star.zip", "member": "SR_v2.csv"},
    {"source": "star_math", "file": "star.zip", "member": "SM_v2.csv"},
    {"source": "ed_plans", "file": "ed_plans.csv"},
    {"source": "ed_plan_accommodations", "file": "ed_plan_accommodations.csv"},
    {"source": "iep_documents", "file": "student-documents.zip"},
    {"source": "photos", "file": "photos.zip"},
)


def set_up(settings: Path) -> None:
    """Name the system of origin, its schools and its files."""
    document = tomlkit.parse(settings.read_text("utf-8"))
    sources = document["sources"]
    sources.append(tomlkit.item({"name": "sis", "kind": "sis", "exports": FOLDER}))
    section = document["students"]
    section["counselor"] = "before_comma"
    section["schools"] = _tables(
        {"local_id": school.local_id, "name": school.name, "kind": school.kind} for school in SCHOOLS
    )
    section["files"] = _tables(FILES)
    settings.write_text(tomlkit.dumps(document), "utf-8")


def _tables(rows: Any) -> Any:
    made = tomlkit.aot()
    for row in rows:
        made.append(tomlkit.item(row))
    return made
