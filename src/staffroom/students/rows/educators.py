"""The educators' file: who works at which school, and whose homeroom is whose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from staffroom.students.logins import normal_login
from staffroom.students.rows.declaration import FLAG, Fields, PassedOver, Reading, Source
from staffroom.students.settings import FROM_COLUMN


@dataclass(frozen=True, slots=True)
class EducatorRow:
    TABLE: ClassVar[str] = "educator"
    KEY: ClassVar[tuple[str, ...]] = ("login",)
    login: str
    email: str
    full_name: str
    state_id: str
    local_id: str
    staff_type: str
    school: str
    is_administrator: bool


@dataclass(frozen=True, slots=True)
class HomeroomRow:
    TABLE: ClassVar[str] = "homeroom"
    KEY: ClassVar[tuple[str, ...]] = ("school", "name")
    school: str
    name: str
    educator: str


def email_of(login: str, column: str, rule: str) -> str:
    """An educator's address by the rule of the settings; empty where there is none."""
    address = column if rule == FROM_COLUMN else rule.replace("{login}", login) if login else ""
    return normal_login(address)  # addresses are folded as login names are


def rows(fields: Fields, reading: Reading) -> Iterator[EducatorRow | HomeroomRow]:
    settings = reading.settings
    login = normal_login(fields["login_name"])
    email = email_of(login, fields["email"], settings.email)
    if not login or not email:
        raise PassedOver("no_login")
    school = fields["school_local_id"]
    yield EducatorRow(
        login=login,
        email=email,
        full_name=fields["full_name"],
        state_id=fields["state_id"],
        local_id=fields["local_id"],
        staff_type=fields["staff_type"],
        school=school,
        is_administrator=fields["staff_type"] in settings.administrators,
    )
    homeroom = fields["homeroom"]
    if homeroom and school and homeroom not in settings.no_homeroom:
        yield HomeroomRow(school, homeroom, login)


SOURCE = Source(
    name="educators",
    about="Educators, their schools and homerooms.",
    order=0,
    tables=(EducatorRow, HomeroomRow),
    rows=rows,
    required=("login_name", "school_local_id"),
    optional=("state_id", "local_id", "full_name", "staff_type", "homeroom", "status", "email"),
    unmarked=FLAG,
    fills={
        "state_id": "state_id",
        "local_id": "local_id",
        "full_name": "full_name",
        "staff_type": "staff_type",
    },
)
