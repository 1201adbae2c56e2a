"""Who may sign in to the demo: one person for each way of seeing the site."""

from __future__ import annotations

from staffroom.demo.district.cast import DISTRICT_CAST
from staffroom.demo.parts import Part
from staffroom.demo.people import ADMINISTRATOR, EMAIL_DOMAIN, TEAM, Account, TeamMember

PASSWORD = "eleven-fish-and-a-lake"  # noqa: S105 - printed on the terminal; it opens nothing but the demo
RESEARCHER = "researcher"


def _member(username: str) -> TeamMember:
    return next(member for member in TEAM if member.account.username == username)


def _part(account: Account, sees: str, *, language: str = "") -> Part:
    """Somebody who teaches: on the site they have the courses that they teach in the LMS."""
    courses = tuple((role, key) for role, key in _member(account.username).roles)
    name = f"{account.first_name} {account.last_name}"
    return Part(account.email, name, sees, courses, account is ADMINISTRATOR, language)


CAST = (
    _part(ADMINISTRATOR, "every course, people, runs, deliveries"),
    _part(
        _member("tobias.fennimarch").account,
        "one course: The Night Sky from Your Window (not its evening term, whose key begins alike)",
    ),
    _part(
        _member("ines.maravela").account,
        "three courses, one with four learners; pages in Spanish",
        language="es",
    ),
    Part(
        f"noor.sandpiper@{EMAIL_DOMAIN}",
        "Noor Sandpiper",
        "two courses, as a researcher",
        (
            (RESEARCHER, "Tarnwater/STAT100/2026"),
            (RESEARCHER, "course-v1:Tarnwater+MAPS220+2026_T1"),
        ),
    ),
    Part(f"una.greenleaf@{EMAIL_DOMAIN}", "Una Greenleaf", "nothing yet: no role"),
    *DISTRICT_CAST,
)
