"""Who may see which courses, and why. Closed by default; keys are compared whole.

Whoever may see a course may see its learners: that is what a role in a course means. Each such view is
in the audit trail.
"""

from __future__ import annotations

from staffroom.accounts.access import course_roles, is_administrator
from staffroom.events.keys import CourseKey
from staffroom.metrics.scope import Courses, Everything


def courses_for(viewer: object) -> Courses | Everything:
    """The rows that ``viewer`` may read; an empty set of courses for the signed-out and the inactive."""
    if is_administrator(viewer):
        return Everything()
    return Courses(frozenset(course_roles(viewer)))


def why_visible(viewer: object, course: CourseKey) -> str | None:
    """The role by which ``viewer`` sees ``course``: administrator, staff, instructor, researcher; or None."""
    if is_administrator(viewer):
        return "administrator"
    return course_roles(viewer).get(course)


def course_only(course: CourseKey) -> Courses:
    """The rows of one course, once ``why_visible`` has given a reason."""
    return Courses(frozenset({course}))


def names_of_learners() -> Everything:
    """For the names of learners whose ids were read within a course.

    ``people`` is a table of the institution, not of a course, so it is asked for the ids of a page only.
    """
    return Everything()
