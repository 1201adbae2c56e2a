"""How the imports of students know again whom somebody has erased."""

from __future__ import annotations

from typing import Any

KIND = "student"
"""What local ids are filed under in the list of tombstones."""


def student_of(row: Any) -> str:
    """The local id of the student whom a row of an export is about; empty where it is about none."""
    return str(getattr(row, "local_id" if row.TABLE == "student" else "student", ""))
