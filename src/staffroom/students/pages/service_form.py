"""The form in which a service is recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from staffroom.metrics.declaration import msg
from staffroom.web.words import say

ENDS_BEFORE = msg("It ends before it begins.")
EXPECTED = msg("Where this is past already, the service counts as ended then.")
LAST_FIRST = msg("“Last, First”, or empty where nobody is named.")


class Day(forms.DateInput):
    """A field for a day as browsers draw it; its value is ISO whatever the language."""

    input_type = "date"

    def format_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value


class NewService(forms.Form):
    """``providers`` are offered as one types; another name may be written."""

    provider = forms.CharField(required=False, max_length=200)
    starts_on = forms.DateField(widget=Day)
    expected_to_end_on = forms.DateField(widget=Day, required=False)
    field_order = ("kind", "provider", "starts_on", "expected_to_end_on")

    def __init__(self, *args: Any, kinds: Mapping[str, str], providers: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(label=say(msg("Service")), choices=list(kinds.items()))
        self.providers = providers
        for name, label, help_text in (
            ("provider", msg("Given by"), LAST_FIRST),
            ("starts_on", msg("From"), ""),
            ("expected_to_end_on", msg("Expected to end"), EXPECTED),
        ):
            self.fields[name].label = say(label)
            self.fields[name].help_text = say(help_text)
        self.fields["provider"].widget.attrs["list"] = "providers"
        self.order_fields(self.field_order)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("starts_on"), said.get("expected_to_end_on")
        if begins and ends and ends < begins:
            self.add_error("expected_to_end_on", say(ENDS_BEFORE))
        return said
