"""What administrators do with people: make them, change them, end them, and give them courses."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from staffroom.accounts.models import CourseRole, Person, RegistryRole
from staffroom.accounts.models.person import normal_email
from staffroom.errors import PermanentError, UnknownName
from staffroom.events.keys import CourseKey, parse_course_key


class LastAdministrator(PermanentError):
    """Without this administrator nobody could manage people."""


class PersonRefused(PermanentError):
    """An address, a password or a role that cannot be taken."""


def create_person(
    email: str, *, name: str, password: str | None = None, administrator: bool = False, language: str = ""
) -> Person:
    """A new person, active at once; without ``password`` they cannot sign in by password.

    Raises PersonRefused for an address that is none or is taken, or a password that is too weak.
    """
    email = normal_email(email)
    _check_email(email)
    person = Person(
        email=email, name=name.strip() or email, language=language, is_administrator=administrator
    )
    set_password(person, password, save=False)
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        raise PersonRefused(email, "is already the address of a person.") from None
    return person


def find_person(email: str) -> Person:
    """The person with this address. Raises UnknownName."""
    try:
        return Person.objects.get_by_natural_key(email)
    except Person.DoesNotExist:
        raise UnknownName(
            normal_email(email), "is nobody's address.", next_step="See 'staffroom accounts list'."
        ) from None


def set_password(person: Person, password: str | None, *, save: bool = True) -> None:
    """Set or, with None, take away a password. Raises PersonRefused for one that is too weak."""
    if password is None:
        person.set_unusable_password()
    else:
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise PersonRefused("the password", " ".join(error.messages)) from None
        person.set_password(password)
    if save:
        person.save(update_fields=["password"])


def set_administrator(person: Person, administrator: bool) -> None:
    """Raises LastAdministrator where nobody else could manage people."""
    _change(person, is_administrator=administrator)


def set_active(person: Person, active: bool) -> None:
    """Deactivating ends tokens at once and sessions at their next request, for good: who is active again
    needs new ones. Raises LastAdministrator."""
    _change(person, is_active=active)


def change_person(
    person: Person, *, email: str, name: str, language: str, is_administrator: bool, is_active: bool
) -> None:
    """Change all of a person's details at once, or none. Raises LastAdministrator, PersonRefused."""
    email = normal_email(email)
    _check_email(email)
    values = {"email": email, "name": name.strip(), "language": language}
    try:
        _change(person, **values, is_administrator=is_administrator, is_active=is_active)
    except IntegrityError:
        raise PersonRefused(email, "is already the address of a person.") from None


def give_course(person: Person, course: str, role: str = CourseRole.Role.STAFF) -> CourseRole:
    """A role in exactly this course. Raises PersonRefused for what is no course key or no role."""
    key = _course_key(course)
    if role not in CourseRole.Role.values:
        raise PersonRefused(f"role {role!r}", f"is not one of {', '.join(CourseRole.Role.values)}.")
    given, _ = CourseRole.objects.update_or_create(person=person, course_id=key, defaults={"role": role})
    return given


def take_course(person: Person, course: str) -> bool:
    """Take a course from ``person``; False where they did not have it."""
    deleted, _ = CourseRole.objects.filter(person=person, course_id=course.strip()).delete()
    return deleted > 0


def give_registry(person: Person, state: str) -> RegistryRole:
    """Open the registry of a state to ``person``."""
    return RegistryRole.objects.get_or_create(person=person, state=state)[0]


def take_registry(person: Person, state: str) -> bool:
    """Close the registry of a state to ``person``; False where it was closed."""
    deleted, _ = RegistryRole.objects.filter(person=person, state=state).delete()
    return deleted > 0


def _change(person: Person, **values: str | bool) -> None:
    with transaction.atomic():
        managing = Person.objects.select_for_update().filter(is_administrator=True, is_active=True)
        others = [other.pk for other in managing if other.pk != person.pk]
        person.refresh_from_db()
        managed = person.is_administrator and person.is_active
        for name, value in values.items():
            setattr(person, name, value)
        if managed and not (person.is_administrator and person.is_active) and not others:
            person.refresh_from_db()
            raise LastAdministrator(
                f"person {person.pk}",
                "is the last administrator.",
                happened="Nothing was changed.",
                next_step="Make somebody else an administrator first.",
            )
        person.save(update_fields=list(values))
        if not person.is_active:
            person.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _check_email(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError:
        raise PersonRefused(repr(email), "is not an e-mail address.") from None


def _course_key(text: str) -> CourseKey:
    key = parse_course_key(text)
    if key is None:
        raise PersonRefused(
            repr(text),
            "is not a course key.",
            next_step="Write it whole, such as course-v1:Lake+BIO+2024.",
        )
    return key
