"""Why a section has nothing to show: each cause has its own words and its own next step."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from staffroom.metrics.declaration import msg
from staffroom.web.words import say


class Cause(StrEnum):
    NOTHING_IMPORTED = "nothing_imported"
    FILTER_TOO_NARROW = "filter_too_narrow"
    NO_PERMISSION = "no_permission"
    SOURCE_FAILED = "source_failed"
    NOTHING_KEPT = "nothing_kept"
    NOTHING_WRONG = "nothing_wrong"


_HEADINGS = {
    Cause.NOTHING_IMPORTED: msg("Nothing has been imported yet"),
    Cause.FILTER_TOO_NARROW: msg("Nothing in this selection"),
    Cause.NO_PERMISSION: msg("Nothing is open to you here"),
    Cause.SOURCE_FAILED: msg("The last import failed"),
    Cause.NOTHING_KEPT: msg("There is nothing to show"),
    Cause.NOTHING_WRONG: msg("Nothing is wrong"),
}

_NEXT_STEPS = {
    Cause.NOTHING_IMPORTED: msg("The numbers appear on the morning after the first import."),
    Cause.FILTER_TOO_NARROW: msg("Choose a wider range of dates or remove a filter."),
    Cause.NO_PERMISSION: msg("An administrator can give you a role in a course."),
    Cause.SOURCE_FAILED: msg("Those who run this site have been told; the numbers appear once it succeeds."),
    Cause.NOTHING_KEPT: msg("It was never there, or was kept long enough and deleted."),
    Cause.NOTHING_WRONG: msg("Settings, secrets, folders, deliveries, databases and tables were looked at."),
}


@dataclass(frozen=True, slots=True)
class Empty:
    """The cause, and a finished sentence where the page knows more than the cause says."""

    cause: Cause
    detail: str = ""

    @property
    def heading(self) -> str:
        return say(_HEADINGS[self.cause])

    @property
    def next_step(self) -> str:
        return self.detail or say(_NEXT_STEPS[self.cause])
