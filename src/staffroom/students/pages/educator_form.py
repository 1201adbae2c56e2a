"""The form by which a project lead changes what is granted to one educator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from staffroom.metrics.declaration import msg
from staffroom.students.grades import GRADES
from staffroom.students.granting import FLAGS, GRADE_LEVELS, ONLY
from staffroom.students.labels import LABEL_KEYS
from staffroom.students.models import Educator, Grants
from staffroom.students.pages.words import MEANINGS, TITLES
from staffroom.web.words import say

CHANGEABLE = tuple(flag for flag in FLAGS if flag != "sets_access")
"""Who is a project lead is decided on the command line."""
CHANGED_MEANWHILE = msg("Somebody changed this meanwhile. What you see now is how it stands; try again.")
LEADS_A_SCHOOL = msg("Leads a school, and cannot be narrowed to some of its students.")


class GrantsForm(forms.Form):
    """Flags, grades and labels; ``seen`` is the last change that whoever fills the form has seen."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, educator: Educator, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.educator = educator
        for name in CHANGEABLE:
            self.fields[name] = _flag(name)
        self.fields[GRADE_LEVELS] = forms.CharField(
            label=say(TITLES[GRADE_LEVELS]),
            help_text=say(MEANINGS[GRADE_LEVELS]),
            required=False,
            max_length=100,
        )
        for key in LABEL_KEYS:
            self.fields[f"label:{key}"] = _flag(f"label:{key}")

    @property
    def grants(self) -> dict[str, object]:
        """What ``granting.change_grants`` is to set."""
        return {name: self.cleaned_data[name] for name in (*CHANGEABLE, GRADE_LEVELS)}

    @property
    def labels(self) -> dict[str, bool]:
        return {key: self.cleaned_data[f"label:{key}"] for key in LABEL_KEYS}

    def clean_grade_levels(self) -> list[str]:
        named = [grade for grade in re.split(r"[\s,;]+", self.cleaned_data[GRADE_LEVELS].upper()) if grade]
        for grade in named:
            if grade not in GRADES:
                raise ValidationError(
                    gettext("“{grade}” is not a grade. Known are {grades}.").format(
                        grade=grade, grades=", ".join(GRADES)
                    )
                )
        return list(dict.fromkeys(named))

    def clean(self) -> dict[str, Any]:
        asked: dict[str, Any] = super().clean() or {}
        for name in ONLY:
            if asked.get(name) and self.educator.is_administrator and not self.initial[name]:
                self.add_error(name, say(LEADS_A_SCHOOL))
        return asked


def initial(educator: Educator, grants: Grants, seen: int) -> Mapping[str, Any]:
    """How the form stands before anybody touches it."""
    held = {label.key for label in educator.labels.all()}
    return {
        "seen": seen,
        **{name: getattr(grants, name) for name in CHANGEABLE},
        GRADE_LEVELS: ", ".join(grants.grade_levels),
        **{f"label:{key}": key in held for key in LABEL_KEYS},
    }


def _flag(name: str) -> forms.BooleanField:
    return forms.BooleanField(label=say(TITLES[name]), help_text=say(MEANINGS[name]), required=False)
