"""What the documentation says of access is what the code does."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

from staffroom.students.access import Denial, Reason
from staffroom.students.access_settings import AccessSettings
from staffroom.students.granting import FLAGS
from staffroom.students.labels import HOUSEMASTER

TEXT = (Path(__file__).parents[2] / "docs/administrators/student-access.md").read_text("utf-8")


def test_the_table_gives_each_reason_in_its_order() -> None:
    rows = re.findall(r"^\| \d+ \|.*\| (?:yes|no), `(\w+)` \|$", TEXT, flags=re.M)
    assert [row for row in rows if row in list(Reason)] == list(Reason)
    assert [row for row in rows if row in list(Denial)] == [
        one for one in Denial if one != Denial.NOT_PRESENT
    ]
    assert len(rows) == 10


def test_it_names_only_grants_and_settings_that_exist() -> None:
    known = {field.name for field in dataclasses.fields(AccessSettings)} | set(FLAGS)
    known |= {str(one) for one in (*Reason, *Denial)} | {HOUSEMASTER, "explain", "only_"}
    named = set(re.findall(r"`([a-z_]+)(?: = \w+)?`", TEXT))
    assert named - known == set()


def test_it_names_every_setting() -> None:
    missing = {field.name for field in dataclasses.fields(AccessSettings) if f"`{field.name}" not in TEXT}
    assert missing == set()
