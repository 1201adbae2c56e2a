"""Seeing as another: a project lead is shown what another educator sees, until they stop or sign out.

Which educator that is stands in the session; whether it may still be so is asked at each request. Beginning
and end are in the audit trail.
"""

from __future__ import annotations

from django.http import HttpRequest

from staffroom.accounts import trail
from staffroom.accounts.access import active
from staffroom.accounts.models import Person
from staffroom.errors import PermanentError
from staffroom.students.access import Rules, ViewingAs, educator_of, rules_now, sets_access
from staffroom.students.models import Educator

KEY = "students_viewing_as"
"""In the session: the ids of the project lead and of the educator."""


class ViewingRefused(PermanentError):
    """Nobody may see as this educator now."""


def viewer_of(request: HttpRequest) -> object:
    """Whom a page has to ask ``access`` for: the person who signed in, or what they see as another."""
    person = active(request.user)
    held = request.session.get(KEY)
    if person is None or held is None:
        return request.user
    viewing = _viewing(person, held)
    if viewing is None or not educator_of(viewing):
        stop_viewing(request)
        return request.user
    return viewing


def start_viewing(request: HttpRequest, educator: Educator, *, rules: Rules | None = None) -> ViewingAs:
    """From now on ``request``'s person sees as ``educator``. Raises ViewingRefused, changing nothing."""
    rules = rules or rules_now()
    person = active(request.user)
    if person is None or not rules.settings.view_as or not sets_access(person, rules=rules):
        raise ViewingRefused("seeing as another", "is for project leads, where the settings allow it.")
    if KEY in request.session:
        raise ViewingRefused("seeing as another", "has begun already.", next_step="Stop it first.")
    viewing = ViewingAs(person, educator)
    if educator.person_id == person.pk:
        raise ViewingRefused(str(educator), "is yourself.")
    if educator_of(viewing, rules=rules) is None:
        raise ViewingRefused(str(educator), "is no longer there.")
    trail.record_act(person, f"students/access/view-as/start educator {educator.pk}")
    request.session[KEY] = [person.pk, educator.pk]
    return viewing


def stop_viewing(request: HttpRequest) -> None:
    """Nothing where nobody sees as another."""
    held = request.session.pop(KEY, None)
    person = active(request.user)
    if held is not None and person is not None and held[0] == person.pk:
        trail.record_act(person, f"students/access/view-as/stop educator {held[1]}")


def _viewing(person: Person, held: list[int]) -> ViewingAs | None:
    lead_id, educator_id = held
    educator = Educator.objects.filter(pk=educator_id).first() if lead_id == person.pk else None
    return ViewingAs(person, educator) if educator else None
