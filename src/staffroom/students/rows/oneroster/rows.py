"""Rows of OneRoster files become the typed rows of our own sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from staffroom.students.logins import normal_login
from staffroom.students.rows.declaration import Fault, Fields, PassedOver
from staffroom.students.rows.educators import EducatorRow, HomeroomRow, email_of
from staffroom.students.rows.oneroster.bundle import HOMEROOM, RACES, Bundle, homeroom_name
from staffroom.students.rows.sections import TERMS, AttendsRow, CourseRow, SectionKey, SectionRow, TeachesRow
from staffroom.students.rows.students import ACTIVE, FILLS, StudentRow
from staffroom.students.rows.values import grade_of, parsed_day, whole_or_none

INACTIVE = "Inactive"
STUDENT = "student"
STAFF = {
    "teacher": "Teacher",
    "aide": "Aide",
    "counselor": "Counselor",
    "administrator": "Administrator",
    "principal": "Administrator",
    "siteadministrator": "Administrator",
    "districtadministrator": "District administrator",
}
"""Roles of educators, as staff types."""
TOLD = frozenset(("homeroom", "primary_phone", "primary_email"))
TOLD_BY_DEMOGRAPHICS = frozenset(("date_of_birth", "gender", "race", "hispanic_latino"))
DAY = ("%Y-%m-%d",)


@dataclass(frozen=True, slots=True)
class Format:
    """How one source is read: the file whose rows it takes, and what becomes of each."""

    file: str
    rows: Callable[[Fields, Bundle], Iterator[Any]]


def role_of(user: Fields, bundle: Bundle) -> tuple[str, str]:
    """(role, code of the school) by version 1.2, else by 1.1."""
    found = bundle.roles.get(user["sourcedId"])
    role, org = (found["role"], found["orgSourcedId"]) if found is not None else (user["role"], "")
    org = org or user["primaryOrgSourcedId"] or user["orgSourcedIds"].split(",")[0].strip()
    return role.lower().replace(" ", ""), bundle.schools.get(org, org)


def local_id_of(user: Fields) -> str:
    return user["identifier"] or user["sourcedId"]


def educators(user: Fields, bundle: Bundle) -> Iterator[EducatorRow]:
    role, school = role_of(user, bundle)
    if role not in STAFF:
        raise PassedOver("role")
    settings = bundle.reading.settings
    login = normal_login(user["username"])
    email = email_of(login, user["email"], settings.email)
    if not login or not email:
        raise PassedOver("no_login")
    yield EducatorRow(
        login=login,
        email=email,
        full_name=f"{user['familyName']}, {user['givenName']}",
        state_id="",
        local_id=local_id_of(user),
        staff_type=STAFF[role],
        school=school,
        is_administrator=STAFF[role] in settings.administrators,
    )


def students(user: Fields, bundle: Bundle) -> Iterator[StudentRow]:
    role, school = role_of(user, bundle)
    if role != STUDENT:
        raise PassedOver("role")
    settings, local_id = bundle.reading.settings, local_id_of(user)
    grade = grade_of(user["grades"].split(",")[0].strip())
    grade = settings.values.get("grade", {}).get(grade, grade)
    if grade not in settings.grades:
        raise Fault("grade" if grade else "blank", "grades", local_id)
    if not user["givenName"] or not user["familyName"]:
        raise Fault("name", "familyName", local_id)
    about = bundle.demographics.get(user["sourcedId"], Fields())
    is_enabled = user["enabledUser"].lower() not in ("false", "0")
    told: dict[str, Any] = {
        "born_on": parsed_day(about["birthDate"], DAY) if about["birthDate"] else None,
        "gender": about["sex"],
        "race": race_of(about),
        "is_hispanic": _yes(about["hispanicOrLatinoEthnicity"]),
        "homeroom": bundle.student_homerooms.get(user["sourcedId"], "") if is_enabled else "",
        "phone": user["phone"] or user["sms"],
        "email": user["email"],
    }
    unsaid: dict[str, Any] = {
        name: None if name.endswith("_on") else "" for name in FILLS if name not in told
    }
    yield StudentRow(
        local_id=local_id,
        first_name=user["givenName"],
        last_name=user["familyName"],
        school=school,
        grade=grade,
        enrollment_status=ACTIVE if is_enabled else INACTIVE,
        **told,
        **unsaid,
    )


def race_of(about: Fields) -> str:
    """One race's name; several, or none that is named, are what the file says of more than one."""
    named = [title for column, title in RACES.items() if _yes(about[column])]
    if len(named) > 1 or _yes(about["demographicRaceTwoOrMoreRaces"]):
        return "Two or more races"
    return named[0] if named else ""


def courses_sections(a_class: Fields, bundle: Bundle) -> Iterator[CourseRow | SectionRow | HomeroomRow]:
    if a_class["classType"].lower() == HOMEROOM:
        raise PassedOver("nothing")
    key = section_of(a_class, bundle)
    course = bundle.courses.get(a_class["courseSourcedId"], Fields())
    yield CourseRow(key.school, key.course, course["title"] or a_class["title"])
    yield SectionRow(
        (key.school, key.course), key.number, key.term, key.year, a_class["periods"], a_class["location"]
    )


def section_of(a_class: Fields, bundle: Bundle, *, spares: str = "") -> SectionKey:
    """The section that a class is. Raises Fault where its terms are not told."""
    course = bundle.courses.get(a_class["courseSourcedId"], Fields())
    term, year = term_of(a_class["termSourcedIds"], bundle, spares)
    return SectionKey(
        bundle.schools.get(a_class["schoolSourcedId"], a_class["schoolSourcedId"]),
        course["courseCode"] or a_class["courseSourcedId"],
        a_class["classCode"] or a_class["sourcedId"],
        term,
        year,
    )


def term_of(ids: str, bundle: Bundle, spares: str) -> tuple[str, int]:
    """The term in our words, and the year in which its school year ends.

    A title such as Q1 or S2 says it; else a semester or quarter is counted among those of its school year,
    and whatever covers a year, or several terms, is FY.
    """
    sessions = [bundle.sessions[one.strip()] for one in ids.split(",") if one.strip() in bundle.sessions]
    if not sessions:
        raise Fault("value", "termSourcedIds", spares)
    first = min(sessions, key=lambda one: one["startDate"])
    year = whole_or_none(first["schoolYear"]) or whole_or_none(_year_of(first, bundle)["schoolYear"])
    year = year or whole_or_none(first["endDate"][:4])
    if year is None:
        raise Fault("number", "schoolYear", spares)
    if len(sessions) > 1 or first["type"].lower() == "schoolyear":
        return "FY", year
    if first["title"].upper() in TERMS:
        return first["title"].upper(), year
    like = [
        one
        for one in bundle.sessions.values()
        if one["type"] == first["type"] and one["parentSourcedId"] == first["parentSourcedId"]
    ]
    place = 1 + sorted(one["startDate"] for one in like).index(first["startDate"])
    term = f"{'S' if len(like) <= 2 else 'Q'}{place}"
    if term not in TERMS:
        raise Fault("value", "termSourcedIds", spares)
    return term, year


def educator_sections(enrollment: Fields, bundle: Bundle) -> Iterator[TeachesRow]:
    user = _enrolled(enrollment, bundle, "teacher")
    login = normal_login(user["username"])
    yield TeachesRow(login, section_of(_class_of(enrollment, bundle, login), bundle, spares=login))


def student_sections(enrollment: Fields, bundle: Bundle) -> Iterator[AttendsRow]:
    local_id = local_id_of(_enrolled(enrollment, bundle, STUDENT))
    yield AttendsRow(local_id, section_of(_class_of(enrollment, bundle, local_id), bundle, spares=local_id))


def homerooms(enrollment: Fields, bundle: Bundle) -> Iterator[HomeroomRow]:
    """Homerooms and whose they are, from the classes of that type and their teachers."""
    a_class = bundle.homeroom_of(enrollment)
    user = bundle.users.get(enrollment["userSourcedId"])
    if a_class is None or user is None or enrollment["role"].lower() != "teacher":
        raise PassedOver("nothing")
    school = bundle.schools.get(a_class["schoolSourcedId"], a_class["schoolSourcedId"])
    yield HomeroomRow(school, homeroom_name(a_class), normal_login(user["username"]))


def _enrolled(enrollment: Fields, bundle: Bundle, role: str) -> Fields:
    """Who is enrolled in that role now. Raises Fault or PassedOver."""
    if enrollment["role"].lower() != role:
        raise PassedOver("role")
    ends = parsed_day(enrollment["endDate"], DAY) if enrollment["endDate"] else None
    if ends is not None and ends < bundle.reading.today:
        raise PassedOver("old")
    user = bundle.users.get(enrollment["userSourcedId"])
    if user is None:
        raise Fault("unknown_student" if role == STUDENT else "unknown_educator", "userSourcedId", "")
    return user


def _class_of(enrollment: Fields, bundle: Bundle, spares: str) -> Fields:
    a_class = bundle.classes.get(enrollment["classSourcedId"])
    if a_class is None:
        raise Fault("unknown_section", "classSourcedId", spares)
    if a_class["classType"].lower() == HOMEROOM:
        raise PassedOver("nothing")
    return a_class


def _year_of(session: Fields, bundle: Bundle) -> Fields:
    """The school year above a term, by its parents."""
    for _ in range(5):
        parent = bundle.sessions.get(session["parentSourcedId"])
        if parent is None:
            break
        session = parent
    return session


def _yes(text: str) -> bool | None:
    return None if not text else text.lower() in ("true", "1", "yes")


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "educators": Format("users", educators),
        "students": Format("users", students),
        "courses_sections": Format("classes", courses_sections),
        "educator_sections": Format("enrollments", educator_sections),
        "student_sections": Format("enrollments", student_sections),
    }
)
"""The sources that OneRoster files give."""
