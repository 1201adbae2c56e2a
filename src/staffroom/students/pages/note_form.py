"""The forms in which notes are written and changed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from staffroom.metrics.declaration import msg
from staffroom.students.models import Note, NoteDraft
from staffroom.students.writing_notes import Written
from staffroom.web.words import say

MOST_LINKS = 10
NO_ADDRESS = msg("“{line}” is not an address that begins with https:// or http://.")
TOO_LONG = msg("This is longer than {most} characters. Shorten it, or attach it as a link; nothing is lost.")
TOO_MANY = msg("A note has {most} links at most.")
TEXT = msg("Note")
LINKS = msg("Links")
ONE_A_LINE = msg("To documents that belong to it, one a line.")
RESTRICTED = msg("Restricted")
WHO_READS = msg("Only educators who may read restricted notes will read it. This cannot be undone on a page.")

_is_address = URLValidator(schemes=["http", "https"])


class NoteText(forms.Form):
    """The text of a note and its links."""

    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 8}), strip=False)
    links = forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def __init__(self, *args: Any, longest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.longest = longest
        self.fields["text"].label = say(TEXT)
        self.fields["links"].label = say(LINKS)
        self.fields["links"].help_text = say(ONE_A_LINE)

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\0", "").strip()
        if len(text) > self.longest:
            raise ValidationError(say(TOO_LONG, most=self.longest))
        if not text:
            raise ValidationError(forms.Field.default_error_messages["required"], code="required")
        return text

    def clean_links(self) -> list[str]:
        lines = [line.strip() for line in str(self.cleaned_data["links"]).splitlines() if line.strip()]
        if len(lines) > MOST_LINKS:
            raise ValidationError(say(TOO_MANY, most=MOST_LINKS))
        for line in lines:
            try:
                _is_address(line)
            except ValidationError:
                raise ValidationError(say(NO_ADDRESS, line=line[:80])) from None
        return list(dict.fromkeys(lines))


class NewNote(NoteText):
    """A note that is being written; ``key`` tells its draft from that of another window."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("key", "kind", "text", "links", "is_restricted")

    def __init__(self, *args: Any, kinds: Mapping[str, str], may_restrict: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"] = forms.ChoiceField(label=say(msg("Kind")), choices=list(kinds.items()))
        if may_restrict:
            self.fields["is_restricted"] = forms.BooleanField(
                label=say(RESTRICTED), help_text=say(WHO_READS), required=False
            )
        self.order_fields(self.field_order)

    @property
    def written(self) -> Written:
        said = self.cleaned_data
        return Written(said["kind"], said["text"], bool(said.get("is_restricted")), said["links"])


class ChangedNote(NoteText):
    """A note that is being changed; ``seen`` is how often it had been when it was shown."""

    seen = forms.IntegerField(widget=forms.HiddenInput)


def begun(draft: NoteDraft | None) -> Mapping[str, Any]:
    """How the form stands: as it was left, or empty."""
    if draft is None:
        return {"key": uuid.uuid4()}
    return {
        "key": draft.key,
        "kind": draft.kind,
        "text": draft.text,
        "links": draft.links,
        "is_restricted": draft.is_restricted,
    }


def as_it_stands(note: Note, seen: int) -> Mapping[str, Any]:
    links = "\n".join(link.url for link in note.links.all())
    return {"text": note.text, "links": links, "seen": seen}
