"""The sections ``[registry]`` and ``[[eligibility]]`` of staffroom.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from staffroom.config import SETTINGS_FILE, Instance, fit
from staffroom.errors import SettingsError
from staffroom.registry.fields import STATES

POLICIES = ("accept", "hold", "reject")
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class RegistrySettings:
    """What the registry takes in, from whom, how much at once, and how long it keeps it."""

    enabled: bool = False
    """Without this no address of the registry answers."""
    states: tuple[str, ...] = ()
    """The states whose students are registered here, such as ["CA"]; empty is all of them."""
    token_seconds: int = 3600
    """How long a service client's access token is good."""
    body_mb: int = 16
    """The largest batch that is taken, as it comes over the wire; more is refused with 413."""
    inflated_mb: int = 32
    """The largest batch that is taken, inflated."""
    batch_students: int = 50_000
    """A batch with more values than so many students can have is refused with 413."""
    queue_mb: int = 2000
    """Where so much waits to be drained, compressed, senders are told to come back later (429)."""
    queue_batches: int = 100_000
    """Where so many batches wait to be drained, senders are told to come back later (429)."""
    retry_after_seconds: int = 5
    """When they are told to come back."""
    stuck_minutes: int = 30
    """Where batches wait and none has been written for so long, /health fails: nobody drains them."""
    schools_file: str = ""
    """A CSV file with the columns state, district and institution: the schools that are known. Without it,
    all are."""
    unknown_schools: str = "accept"
    """What becomes of students of a district or school that is not known: ``accept`` registers them, ``hold``
    sets them aside until the school is known, ``reject`` refuses them."""
    errors_kept: int = 1000
    """How many rows of a batch are told of one by one; the rest is counted."""
    body_days: int = 30
    """How long the bytes of a drained batch are kept; 0 drops them the night after."""
    batch_days: int = 400
    """How long a drained batch's counts and row errors are kept."""

    def check(self) -> None:
        """Raises SettingsError for values that cannot be meant."""
        place = f"{SETTINGS_FILE} [registry]"
        if self.unknown_schools not in POLICIES:
            raise SettingsError(
                f"{place} unknown_schools",
                f"is {self.unknown_schools!r}.",
                next_step=f"Use one of {', '.join(POLICIES)}.",
            )
        for state in self.states:
            if state not in STATES:
                raise SettingsError(f"{place} states", f"{state!r} is not the code of a state, such as 'CA'.")
        for name in (
            "token_seconds",
            "body_mb",
            "inflated_mb",
            "batch_students",
            "queue_mb",
            "queue_batches",
            "stuck_minutes",
        ):
            if getattr(self, name) < 1:
                raise SettingsError(f"{place} {name}", "is less than 1.")

    def serves(self, state: str) -> bool:
        return state in (self.states or STATES)


@dataclass(frozen=True, slots=True)
class AssessmentSettings:
    """Who may take an assessment without anybody naming them, one block an assessment."""

    assessment: str
    """Its name, as it is shown."""
    states: tuple[str, ...] = ()
    """Only students of these states; empty is all."""
    districts: tuple[str, ...] = ()
    """Only students of these districts; empty is all."""
    institutions: tuple[str, ...] = ()
    """Only students of these schools; empty is all."""
    enable: tuple[str, ...] = ()
    """Rules of the form "field operator value", all of which have to hold: "gradeLevelWhenAssessed = 08"."""
    disable: tuple[str, ...] = ()
    """Rules that, where all of them hold, make the student not eligible whatever ``enable`` says."""


def registry_settings(instance: Instance) -> RegistrySettings:
    """The section, checked. Raises SettingsError."""
    settings = instance.section("registry", RegistrySettings)
    settings.check()
    return settings


def assessment_settings(instance: Instance) -> tuple[AssessmentSettings, ...]:
    """The blocks ``[[eligibility]]`` in the order of the file. Raises SettingsError."""
    place = f"{SETTINGS_FILE} [[eligibility]]"
    blocks = instance.sections.get("eligibility", [])
    if not isinstance(blocks, list) or not all(isinstance(block, Mapping) for block in blocks):
        raise SettingsError(place, "is not a list of blocks.", next_step="Write [[eligibility]] before each.")
    return tuple(fit(AssessmentSettings, block, place=place) for block in blocks)
