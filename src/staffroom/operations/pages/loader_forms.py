"""The loader's settings as forms, one a section, drawn from the dataclass that the section must fit."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import escape

from staffroom.config import Instance
from staffroom.config_changes import Change, change_settings
from staffroom.errors import SettingsError
from staffroom.intake.servers.settings import S3Settings, SftpSettings
from staffroom.loader.settings import ApiSettings, LoaderSettings, check_api, loader_settings
from staffroom.metrics.declaration import msg
from staffroom.operations.init import KEYS
from staffroom.operations.pages.loader_titles import CHOICES, PATHS, REFUSALS, SECRETS, TITLES
from staffroom.operations.sections import default_of, meanings, plain
from staffroom.web.words import say

AS_IT_IS = "\x1fas it is"
"""The choice that leaves the name of a secret alone without showing it."""

NOT_A_SECRETS_NAME = msg("as it is now (not set)")
NO_SECRET = msg("none")
NOT_SET = msg("{name} (not set)")
OUTSIDE = msg("On this page, only what lies inside the instance's folder can be named.")
CONTROLS = msg("It holds characters that no setting has.")
LONGEST = 500


@dataclasses.dataclass(frozen=True, slots=True)
class Group:
    """``[name]`` of staffroom.toml, shown as one form."""

    name: str
    shape: type[Any]
    title: str
    question: str

    @property
    def slug(self) -> str:
        return self.name.replace(".", "-")


GROUPS = (
    Group("loader", LoaderSettings, msg("File and rows"), msg("Which file is sent, and how is it read?")),
    Group("loader.api", ApiSettings, msg("Registration API"), msg("Where do students go, and who signs in?")),
    Group("loader.sftp", SftpSettings, msg("SFTP server"), msg("From which server does the file come?")),
    Group("loader.s3", S3Settings, msg("S3 store"), msg("From which store does the file come?")),
)


def values_of(instance: Instance, group: Group) -> dict[str, Any]:
    """The settings of a group as they are: those of the file, else their defaults."""
    section: Any = instance.sections
    for name in group.name.split("."):
        section = section.get(name, {}) if isinstance(section, Mapping) else {}
    written = section if isinstance(section, Mapping) else {}
    return {item.name: written.get(item.name, _default(item)) for item in _items(group.shape)}


def _default(item: dataclasses.Field[Any]) -> Any:
    """The default; the empty text for what has to be given."""
    default = default_of(item)
    return "" if default is dataclasses.MISSING else default


def _items(shape: type[Any]) -> list[dataclasses.Field[Any]]:
    """The settings of a section, without the sections inside it."""
    return [item for item in dataclasses.fields(shape) if item.name in TITLES]


class GroupForm(forms.Form):
    """The settings of one group. ``save`` writes what was changed, or says why it cannot be."""

    def __init__(self, instance: Instance, group: Group, data: Mapping[str, Any] | None = None) -> None:
        self.instance, self.group = instance, group
        self.before = values_of(instance, group)
        initial = {name: self._shown(name, value) for name, value in self.before.items()}
        super().__init__(data, initial=initial, auto_id=f"{group.slug}-%s")
        hints, said = get_type_hints(group.shape), meanings(group.shape)
        for item in _items(group.shape):
            self.fields[item.name] = self._field(item.name, hints[item.name], said.get(item.name, ""))

    def _shown(self, name: str, value: Any) -> Any:
        return AS_IT_IS if name in SECRETS and value not in self._names(name) else value

    def _names(self, name: str) -> list[str]:
        """Names that may be chosen: secrets that are set and the default one; never a key of the site."""
        default = next(_default(item) for item in _items(self.group.shape) if item.name == name)
        own = [known for known in self.instance.secrets if known not in KEYS and known != default]
        return ["", *([default] if default else []), *sorted(own)]

    def _field(self, name: str, kind: Any, meaning: str) -> forms.Field:
        help_text = escape(say(plain(meaning)))
        common: dict[str, Any] = {"label": say(TITLES[name]), "help_text": help_text, "required": False}
        if name in SECRETS:
            return forms.ChoiceField(**common, choices=self._secret_choices(name))
        if name in CHOICES:
            return forms.ChoiceField(
                **common, choices=[(value, say(title)) for value, title in CHOICES[name].items()]
            )
        if kind is bool:
            return forms.BooleanField(**common)
        if kind is int:
            return forms.IntegerField(**{**common, "required": True})
        if kind is float:
            return forms.FloatField(**{**common, "required": True}, widget=_number())
        return forms.CharField(
            **common,
            max_length=LONGEST,
            widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        )

    def _secret_choices(self, name: str) -> list[tuple[str, str]]:
        names = self._names(name)
        choices = [
            (known, known if known in self.instance.secrets else say(NOT_SET, name=known))
            for known in names[1:]
        ]
        choices.insert(0, ("", say(NO_SECRET)))
        if self.before[name] not in names:
            choices.insert(0, (AS_IT_IS, say(NOT_A_SECRETS_NAME)))
        return choices

    def clean(self) -> dict[str, Any]:
        for name, value in list(self.changed_values().items()):
            if isinstance(value, str) and not value.isprintable():
                self.add_error(name, ValidationError(say(CONTROLS)))
            elif name in PATHS and not self._is_inside(value):
                self.add_error(name, ValidationError(say(OUTSIDE)))
        return self.cleaned_data

    def _is_inside(self, text: str) -> bool:
        if text.startswith("~"):
            return False
        return self.instance.path(text).resolve().is_relative_to(self.instance.root.resolve())

    def changed_values(self) -> dict[str, Any]:
        """What the form says otherwise than the file."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if value != AS_IT_IS and value != self.before[name]
        }

    def save(self, *, by: str) -> list[Change]:
        """Write what was changed; returns it. What the loader itself refuses becomes an error of the form."""
        values = self.changed_values()
        if not values:
            return []
        try:
            return change_settings(self.instance.root, self.group.name, values, by=by, check=check)
        except SettingsError as error:
            self._refuse(error)
            return []

    def _refuse(self, error: SettingsError) -> None:
        """Beside the setting that the error names, else above the form."""
        name = error.place.rsplit(" ", 1)[-1]
        text = (
            say(REFUSALS[name]) if name in REFUSALS else f"{name}: {error.problem} {error.next_step}".strip()
        )
        self.add_error(name if name in self.fields else None, ValidationError(text))


def check(instance: Instance) -> None:
    """What a run would begin with. Raises SettingsError."""
    settings = loader_settings(instance)
    if settings.api.url:
        check_api(settings.api)


def _number() -> forms.NumberInput:
    return forms.NumberInput({"step": "any"})
