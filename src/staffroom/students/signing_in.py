"""Educators are joined to the people who sign in; the account of an educator who is gone ends.

Called at the end of each import of educators. Accounts know nothing of educators: this room tells them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from staffroom.accounts import people
from staffroom.accounts.models import Person
from staffroom.accounts.models.person import normal_email
from staffroom.students.access_settings import AccessSettings
from staffroom.students.models import Educator


@dataclass(slots=True)
class Settled:
    """How many were joined to an account, made one, closed and opened again; and what could not be done.

    ``shared`` are the login names of educators who share one address: nobody signs in for any of them.
    ``kept`` are the login names of those who are gone, and are the last administrator of the instance.
    """

    joined: int = 0
    made: int = 0
    closed: int = 0
    opened: int = 0
    shared: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)


def settle_accounts(settings: AccessSettings) -> Settled:
    """Bring accounts into line with the educators as they are now. Running it twice changes nothing more."""
    settled = Settled()
    with transaction.atomic():
        educators = list(
            Educator.objects.select_for_update(of=("self",)).select_related("person").order_by("pk")
        )
        owners = _owners(educators, settings, settled)
        if settings.makes_accounts:
            settled.made = _make_accounts(owners, settings)
        closed_before = {one.person_id for one in educators if one.person_id and one.closed_at}
        settled.joined = _join(educators, owners)
        for educator in owners.values():
            _open_or_close(educator, settings, closed_before, settled)
    return settled


def _is_present(educator: Educator, settings: AccessSettings) -> bool:
    return educator.missing_since is None or educator.login in settings.kept_logins


def _owners(educators: list[Educator], settings: AccessSettings, settled: Settled) -> dict[str, Educator]:
    """The one educator of each address: the one who is present, else the one who went last."""
    sharing: dict[str, list[Educator]] = defaultdict(list)
    for educator in educators:
        if educator.email:
            sharing[normal_email(educator.email)].append(educator)
    owners = {}
    for email, those in sharing.items():
        present = [one for one in those if _is_present(one, settings)]
        if len(present) > 1:
            settled.shared += sorted(one.login for one in present)
        elif present:
            owners[email] = present[0]
        else:
            owners[email] = max(those, key=lambda one: (one.missing_since or timezone.now(), one.pk))
    return owners


def _make_accounts(owners: dict[str, Educator], settings: AccessSettings) -> int:
    known = set(Person.objects.filter(email__in=list(owners)).values_list("email", flat=True))
    made = 0
    for email, educator in owners.items():
        if email not in known and _is_present(educator, settings):
            people.create_person(email, name=educator.full_name)
            made += 1
    return made


def _join(educators: list[Educator], owners: dict[str, Educator]) -> int:
    """Each account belongs to the owner of its address and to nobody else; returns how many are new."""
    accounts = {person.email: person for person in Person.objects.filter(email__in=list(owners))}
    wanted = {educator.pk: accounts.get(email) for email, educator in owners.items()}
    changed = [one for one in educators if one.person != wanted.get(one.pk)]
    Educator.objects.filter(pk__in=[one.pk for one in changed]).update(person=None, closed_at=None)
    joined = 0
    for educator in changed:
        educator.person = wanted.get(educator.pk)
        if educator.person:
            educator.save(update_fields=["person"])
            joined += 1
    return joined


def _open_or_close(
    educator: Educator, settings: AccessSettings, closed_before: set[int], settled: Settled
) -> None:
    person = educator.person
    if person is None:
        return
    if not _is_present(educator, settings):
        _close(educator, person, settled)
    elif person.pk in closed_before:
        people.set_active(person, True)
        settled.opened += 1
        Educator.objects.filter(person=person).update(closed_at=None)


def _close(educator: Educator, person: Person, settled: Settled) -> None:
    if not person.is_active:
        return
    try:
        people.set_active(person, False)
    except people.LastAdministrator:
        settled.kept.append(educator.login)
        return
    settled.closed += 1
    Educator.objects.filter(pk=educator.pk).update(closed_at=timezone.now())
