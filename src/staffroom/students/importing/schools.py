"""The schools of the settings become those of the database."""

from __future__ import annotations

from django.db import transaction

from staffroom.students.models import School
from staffroom.students.settings import SchoolSettings, StudentsSettings


def changed_schools(settings: StudentsSettings) -> list[tuple[School, SchoolSettings]]:
    """Schools that are new or differ from their settings; new ones have no number."""
    stored = {school.local_id.lower(): school for school in School.objects.all()}
    found = []
    for wanted in settings.schools:
        school = stored.get(wanted.local_id.lower()) or School(local_id=wanted.local_id)
        if (school.name, school.kind, school.slug) != (wanted.name, wanted.kind, wanted.slug):
            found.append((school, wanted))
    return found


def write_schools(settings: StudentsSettings) -> int:
    """Make the database say what the settings say; schools that they no longer name stay. Returns how many
    changed."""
    changed = changed_schools(settings)
    if changed:
        with transaction.atomic():
            for school, wanted in changed:
                school.name, school.kind, school.slug = wanted.name, wanted.kind, wanted.slug
                school.save()
    return len(changed)
