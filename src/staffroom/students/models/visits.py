"""When educators were on their home page: what is newer than that is new to them."""

from __future__ import annotations

from django.db import models

from staffroom.students.models.people import Educator


class HomeVisit(models.Model):
    """``seen_at`` is when the page was last seen, ``before_at`` when the visit before this one ended."""

    educator = models.OneToOneField(
        Educator, on_delete=models.CASCADE, primary_key=True, related_name="home_visit"
    )
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True)
    """Null on the first visit: nothing is new to who sees all for the first time."""

    def __str__(self) -> str:
        return f"home visit of educator {self.educator_id}"
