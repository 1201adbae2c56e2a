"""Who may be made, changed and ended."""

from __future__ import annotations

import pytest
from django.contrib.auth.backends import ModelBackend

from staffroom.accounts import people
from staffroom.accounts.models import CourseRole, Person
from staffroom.accounts.people import LastAdministrator, PersonRefused
from staffroom.errors import UnknownName
from tests.cast import LAKE, LAKE_T1, PASSWORD, Cast

pytestmark = pytest.mark.django_db


def test_an_address_is_one_person_in_upper_and_lower_case() -> None:
    people.create_person("Ada@Lake.Example", name="Ada")
    with pytest.raises(PersonRefused) as refused:
        people.create_person(" ada@LAKE.example ", name="Another")
    assert str(refused.value) == "ada@lake.example: is already the address of a person."
    assert people.find_person("ADA@lake.example").name == "Ada"
    assert Person.objects.count() == 1


def test_what_is_no_address_is_refused() -> None:
    with pytest.raises(PersonRefused):
        people.create_person("ada", name="Ada")
    assert Person.objects.count() == 0


def test_a_weak_password_is_refused_and_nobody_is_made() -> None:
    with pytest.raises(PersonRefused):
        people.create_person("ada@lake.example", name="Ada", password="short")
    assert Person.objects.count() == 0


def test_without_a_password_nobody_signs_in_by_password() -> None:
    person = people.create_person("ada@lake.example", name="Ada")
    assert not person.has_usable_password()
    people.set_password(person, PASSWORD)
    assert Person.objects.get().check_password(PASSWORD)


def test_a_person_without_a_name_is_called_by_their_address() -> None:
    assert people.create_person("ada@lake.example", name=" ").name == "ada@lake.example"


def test_a_person_is_a_number_to_logs() -> None:
    person = people.create_person("ada@lake.example", name="Ada")
    assert str(person) == f"person {person.pk}"


def test_the_last_administrator_stays(cast: Cast) -> None:
    with pytest.raises(LastAdministrator):
        people.set_administrator(cast.ada, False)
    with pytest.raises(LastAdministrator):
        people.set_active(cast.ada, False)
    assert Person.objects.get(pk=cast.ada.pk).is_administrator
    assert cast.ada.is_active


def test_the_last_but_one_administrator_may_go(cast: Cast) -> None:
    people.set_administrator(cast.nora, True)
    people.set_active(cast.ada, False)
    with pytest.raises(LastAdministrator):
        people.set_administrator(cast.nora, False)
    assert list(Person.objects.filter(is_administrator=True, is_active=True)) == [cast.nora]


def test_an_inactive_person_cannot_authenticate(cast: Cast) -> None:
    people.set_password(cast.ivan, PASSWORD)
    people.set_password(cast.nora, PASSWORD)
    backend = ModelBackend()
    assert backend.authenticate(None, username="NORA@lake.example", password=PASSWORD) == cast.nora
    assert backend.authenticate(None, username="ivan@lake.example", password=PASSWORD) is None


def test_a_course_is_given_by_its_whole_key(cast: Cast) -> None:
    people.give_course(cast.nora, f" {LAKE_T1}\n", "instructor")
    assert list(cast.nora.course_roles.values_list("course_id", "role")) == [(LAKE_T1, "instructor")]


def test_a_second_role_in_a_course_replaces_the_first(cast: Cast) -> None:
    people.give_course(cast.stella, LAKE, "researcher")
    assert list(cast.stella.course_roles.values_list("course_id", "role")) == [(LAKE, "researcher")]


@pytest.mark.parametrize("text", ["", "BIO", "course-v1:Lake+BIO", "course-v1:Lake+BIO+2024 extra"])
def test_what_is_no_course_key_is_refused(cast: Cast, text: str) -> None:
    with pytest.raises(PersonRefused):
        people.give_course(cast.nora, text)
    assert not cast.nora.course_roles.exists()


def test_an_unknown_role_is_refused(cast: Cast) -> None:
    with pytest.raises(PersonRefused):
        people.give_course(cast.nora, LAKE, "owner")


def test_taking_a_course_takes_that_course_only(cast: Cast) -> None:
    people.give_course(cast.stella, LAKE_T1)
    assert people.take_course(cast.stella, LAKE) is True
    assert people.take_course(cast.stella, LAKE) is False
    assert list(CourseRole.objects.filter(person=cast.stella).values_list("course_id", flat=True)) == [
        LAKE_T1
    ]


def test_an_unknown_address_is_an_error_with_the_next_step() -> None:
    with pytest.raises(UnknownName) as unknown:
        people.find_person("nobody@lake.example")
    assert str(unknown.value) == "nobody@lake.example: is nobody's address. See 'staffroom accounts list'."
