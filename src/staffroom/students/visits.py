"""When an educator last looked at their home page, so that it can say what is new since then."""

from __future__ import annotations

from datetime import datetime, timedelta

from staffroom.students.models import Educator, HomeVisit

VISIT_ENDS = timedelta(minutes=30)
"""Who comes back later begins another visit."""


def last_visit(educator: Educator, now: datetime, *, is_themselves: bool) -> datetime | None:
    """When the educator's visit before this one ended; None where this is their first.

    Notes that they are here now, unless somebody else only sees as they do.
    """
    held = HomeVisit.objects.filter(educator=educator).first()
    if not is_themselves:
        return held.seen_at if held else None
    if held is None:
        HomeVisit.objects.get_or_create(educator=educator, defaults={"seen_at": now})
        return None
    if now - held.seen_at > VISIT_ENDS:
        held.before_at = held.seen_at
    held.seen_at = now
    held.save()
    return held.before_at
