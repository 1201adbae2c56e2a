"""The files of 504 plans and of their accommodations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from staffroom.students.rows.declaration import REMOVE, Fields, PassedOver, Reading, Source
from staffroom.students.rows.values import clean_day, day_or_none, instant_of_milliseconds, needed

STATES = {"0": "draft", "1": "active", "2": "previous", "3": "rejected", "4": "discarded"}
OTHER_FIELDS = tuple(f"{number:03}" for number in range(1, 15) if number not in (6, 7))


@dataclass(frozen=True, slots=True)
class PlanRow:
    TABLE: ClassVar[str] = "plan_504"
    KEY: ClassVar[tuple[str, ...]] = ("oid",)
    oid: str
    student: str
    status: str
    """The code of the SIS, see STATES."""
    effective_on: date
    review_on: date | None
    last_meeting_on: date | None
    district_signed_on: date | None
    parent_signed_on: date | None
    ends_on: date | None
    changed_at: datetime | None
    named_disability: str
    responsible: str
    details: dict[str, str]
    """The other fields of the form that say something, by their numbers."""


@dataclass(frozen=True, slots=True)
class AccommodationRow:
    TABLE: ClassVar[str] = "accommodation"
    KEY: ClassVar[tuple[str, ...]] = ("oid",)
    oid: str
    plan: str
    student: str
    description: str
    given_by: str
    """The SIS's ``iac_field``: who or where."""
    changed_at: datetime | None


def plans(fields: Fields, reading: Reading) -> Iterator[PlanRow]:
    local_id = needed(fields, "student_local_id")
    if not fields["sep_fieldd_006"]:
        raise PassedOver("nothing")
    yield PlanRow(
        oid=needed(fields, "sep_oid", spares=local_id),
        student=local_id,
        status=fields["sep_status"],
        effective_on=clean_day(fields, "sep_effective_date", reading, spares=local_id),
        review_on=day_or_none(fields, "sep_review_date", reading),
        last_meeting_on=day_or_none(fields, "sep_last_meeting_date", reading),
        district_signed_on=day_or_none(fields, "sep_district_signed_date", reading),
        parent_signed_on=day_or_none(fields, "sep_parent_signed_date", reading),
        ends_on=day_or_none(fields, "sep_end_date", reading),
        changed_at=instant_of_milliseconds(fields["sep_last_modified"]),
        named_disability=fields["sep_fieldd_006"],
        responsible=fields["sep_fieldd_007"],
        details={number: text for number in OTHER_FIELDS if (text := fields[f"sep_fieldd_{number}"])},
    )


def accommodations(fields: Fields, reading: Reading) -> Iterator[AccommodationRow]:  # noqa: ARG001 - as Source asks
    local_id = needed(fields, "student_local_id")
    yield AccommodationRow(
        oid=needed(fields, "iac_oid", spares=local_id),
        plan=needed(fields, "iac_sep_oid", spares=local_id),
        student=local_id,
        description=fields["iac_description"],
        given_by=fields["iac_field"],
        changed_at=instant_of_milliseconds(fields["iac_last_modified"]),
    )


PLANS = Source(
    name="ed_plans",
    about="504 plans.",
    order=7,
    tables=(PlanRow,),
    rows=plans,
    required=(
        "student_local_id",
        "sep_oid",
        "sep_status",
        "sep_effective_date",
        "sep_fieldd_006",
        "sep_fieldd_007",
    ),
    optional=(
        "student_state_id",
        "school_local_id",
        "sep_grade_level",
        "sep_review_date",
        "sep_last_meeting_date",
        "sep_district_signed_date",
        "sep_parent_signed_date",
        "sep_end_date",
        "sep_last_modified",
        *(f"sep_fieldd_{number}" for number in OTHER_FIELDS),
    ),
    unmarked=REMOVE,
)

ACCOMMODATIONS = Source(
    name="ed_plan_accommodations",
    about="Accommodations of 504 plans.",
    order=8,
    tables=(AccommodationRow,),
    rows=accommodations,
    required=("student_local_id", "iac_oid", "iac_sep_oid", "iac_description"),
    optional=(
        "student_state_id",
        "school_local_id",
        "iac_content_area",
        "iac_category",
        "iac_type",
        "iac_field",
        "iac_last_modified",
        "iac_name",
    ),
    unmarked=REMOVE,
)
