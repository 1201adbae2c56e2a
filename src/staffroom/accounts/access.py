"""Who somebody is to Staffroom; what they may see of a room is answered by that room's ``access``."""

from __future__ import annotations

from staffroom.accounts.models import CourseRole, Person, RegistryRole
from staffroom.events.keys import CourseKey


def active(viewer: object) -> Person | None:
    """``viewer`` as a person who may see anything at all; None for the signed-out and the deactivated."""
    return viewer if isinstance(viewer, Person) and viewer.is_active else None


def is_administrator(viewer: object) -> bool:
    person = active(viewer)
    return person is not None and person.is_administrator


def course_roles(viewer: object) -> dict[CourseKey, str]:
    """The role of ``viewer`` in each course that names them, by exact key."""
    person = active(viewer)
    if person is None:
        return {}
    rows = CourseRole.objects.filter(person=person).values_list("course_id", "role")
    return {CourseKey(course_id): role for course_id, role in rows}


def registry_states(viewer: object) -> frozenset[str]:
    """The states into whose registry ``viewer`` may look; being an administrator opens none."""
    person = active(viewer)
    if person is None:
        return frozenset()
    return frozenset(RegistryRole.objects.filter(person=person).values_list("state", flat=True))
