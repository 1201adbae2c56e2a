"""The forms by which administrators manage people, courses and tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staffroom.accounts.models import CourseRole, Person
from staffroom.accounts.models.person import normal_email
from staffroom.accounts.settings import LONGEST_TOKEN_DAYS
from staffroom.events.keys import CourseKey, parse_course_key


class PersonForm(forms.Form):
    """Who somebody is, in which language they read, and whether they administer."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("As the browser asks")), *settings.LANGUAGES]
    )
    is_administrator = forms.BooleanField(
        label=_("Administrator"),
        required=False,
        help_text=_("Sees every course and manages people."),
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_email(self) -> str:
        email = normal_email(self.cleaned_data["email"])
        taken = Person.objects.filter(email=email)
        if self.person is not None:
            taken = taken.exclude(pk=self.person.pk)
        if taken.exists():
            raise ValidationError(gettext("Somebody has this address already."))
        return email


class NewPersonForm(PersonForm):
    """A new person, with a first password where they sign in by password."""

    password = forms.CharField(
        label=_("First password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("They can change it. Without one they cannot sign in by password."),
    )

    def clean_password(self) -> str:
        return _strong(self.cleaned_data["password"], None)


class ExistingPersonForm(PersonForm):
    """A person who is there, and may be made inactive."""

    is_active = forms.BooleanField(
        label=_("Active"),
        required=False,
        help_text=_("Who is not active cannot sign in, and their tokens do not work."),
    )


class PasswordForm(forms.Form):
    """A new password for somebody who lost theirs."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Their open sessions end."),
    )

    def __init__(self, *args: Any, person: Person | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        return _strong(self.cleaned_data["password"], self.person)


class CourseForm(forms.Form):
    """A role in exactly one course."""

    course = forms.CharField(
        label=_("Course key"),
        max_length=255,
        widget=forms.TextInput(attrs={"list": "known-courses", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The whole key, such as course-v1:Lake+BIO+2024."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[
            (CourseRole.Role.STAFF.value, _("staff")),
            (CourseRole.Role.INSTRUCTOR.value, _("instructor")),
            (CourseRole.Role.RESEARCHER.value, _("researcher")),
        ],
        help_text=_("All roles open the same pages; the word says why."),
    )

    def clean_course(self) -> CourseKey:
        key = parse_course_key(self.cleaned_data["course"])
        if key is None:
            raise ValidationError(gettext("This is not a course key. Write it whole."))
        return key


class CourseStaffForm(CourseForm):
    """A role in exactly one course, for the person with this address."""

    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    field_order = ("email", "course", "role")

    def clean_email(self) -> str:
        email = normal_email(self.cleaned_data["email"])
        if not Person.objects.filter(email=email).exists():
            raise ValidationError(gettext("Nobody has this address. Add the person first."))
        return email


class TokenForm(forms.Form):
    """A token in somebody's name."""

    name = forms.CharField(
        label=_("What it is for"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    days = forms.IntegerField(label=_("Good for so many days"), min_value=1, max_value=LONGEST_TOKEN_DAYS)


def _strong(password: str, person: Person | None) -> str:
    if password:
        validate_password(password, person)
    return password
