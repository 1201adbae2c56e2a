"""The nightly run: fetch, take in what has arrived, compute, publish, drop what was kept long enough.

Each step publishes whole or not at all, so that a run that fails or is killed leaves the last good data, and
the next one goes on from there.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from staffroom.command import Exit
from staffroom.config import Instance
from staffroom.errors import PermanentError, StaffroomError
from staffroom.events.catalogue import Store
from staffroom.events.ingest import ingest
from staffroom.events.not_taken import Missed, files_missed
from staffroom.intake.fetching import SourcesNotFetched, fetch
from staffroom.jobs import runs
from staffroom.jobs.models import State
from staffroom.jobs.notices import QUIET
from staffroom.metrics.compute import compute
from staffroom.operations.lock import nightly_lock
from staffroom.operations.quiet import quiet_days
from staffroom.operations.retention import drop_old
from staffroom.operations.sections import wrong_sections
from staffroom.students.importing.results import ImportResult
from staffroom.students.importing.run import import_students
from staffroom.students.settings import students_settings
from staffroom.tally import Counts, Progress

STORE_WAIT_SECONDS = 600


class ImportsFailed(PermanentError):
    """Some files of students could not be imported; what was stored of them stays."""


class MetricsFailed(PermanentError):
    """Some tables could not be computed; pages show their last good version."""


@dataclass(frozen=True, slots=True)
class NightlyResult:
    """What a night did. ``failed`` names the metrics that keep their old tables, with the class of the error.

    ``version`` is the number of the published catalogue, ``dropped`` what retention deleted, by kind,
    ``quiet`` the sources that have delivered nothing for too long, ``missed`` the delivered files that
    could not be taken, or not whole, ``not_fetched`` what kept files on the sources' servers, ``imported``
    what became of the files of students.
    """

    counts: Counts
    version: int
    failed: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, int] = field(default_factory=dict)
    quiet: tuple[str, ...] = ()
    missed: Missed = field(default_factory=Missed)
    not_fetched: SourcesNotFetched | None = None
    imported: ImportResult = field(default_factory=ImportResult)

    @property
    def is_incomplete(self) -> bool:
        """Whether rows or whole files were left out."""
        return self.counts.skipped > 0 or bool(self.missed) or bool(self.imported.named("held", "missing"))

    def facts(self) -> dict[str, Any]:
        """What the last line tells beside the counts."""
        facts: dict[str, Any] = {"version": self.version}
        if self.failed:
            facts["failed"] = dict(self.failed)
        if self.not_fetched is not None:
            facts["not_fetched"] = self.not_fetched.place
        if self.dropped:
            facts["dropped"] = dict(self.dropped)
        if self.quiet:
            facts[QUIET] = list(self.quiet)
        if self.imported.facts():
            facts["students"] = self.imported.facts()
        return facts | self.missed.facts()

    def error(self) -> MetricsFailed | ImportsFailed | SourcesNotFetched | None:
        """What failed while the rest was done, as an error; None where nothing did."""
        if not self.failed:
            return self._imports_failed() or self.not_fetched
        return MetricsFailed(
            ", ".join(self.failed),
            f"could not be computed ({', '.join(sorted(set(self.failed.values())))}).",
            happened="Pages show their last good version; all others are new.",
            next_step="See the run's log, then run 'staffroom metrics compute'.",
        )

    def _imports_failed(self) -> ImportsFailed | None:
        failed = self.imported.named("failed")
        if not failed:
            return None
        return ImportsFailed(
            ", ".join(failed),
            "could not be imported.",
            happened="What was stored of them stays; all others were imported.",
            next_step="See 'staffroom students imports', then run 'staffroom students import'.",
        )


def outcome_of(result: NightlyResult) -> runs.Outcome:
    """How a night that ran to its end is written into its run's row."""
    error = result.error()
    if error is not None:
        state, code = State.FAILED, Exit.FAILED
    elif result.is_incomplete:
        state, code = State.DONE_WITH_SKIPS, Exit.ROWS_SKIPPED
    else:
        state, code = State.DONE, Exit.DONE
    return runs.Outcome(
        state=state,
        exit_code=code,
        counts=result.counts.as_dict(),
        facts=result.facts(),
        problem="" if error is None else type(error).__name__,
        place="" if error is None else error.place,
    )


def nightly(instance: Instance, progress: Progress) -> NightlyResult:
    """One night, from new deliveries to published tables. Needs a started site (``start_site``).

    Raises NightlyBusy where another one is under way, and what ingest and compute raise.
    """
    with nightly_lock(instance):
        return run_steps(instance, progress)


def run_steps(instance: Instance, progress: Progress) -> NightlyResult:
    """The steps of a night, for a caller that holds the lock.

    Raises SettingsError before the first where any setting is wrong, even one of which only the last asks.
    """
    for wrong in wrong_sections(instance):
        raise wrong
    began = datetime.now(UTC)
    try:
        _wait_for_store(instance, progress)
        fetched = fetch(instance, progress=progress)
        imported = _import_students(instance, progress)
        counts = ingest(instance, progress=progress)
        computed = compute(instance, progress=progress)
    except StaffroomError:
        with contextlib.suppress(StaffroomError, OSError):
            drop_old(instance)  # above all after a full disk: this makes room for the next run
        raise
    dropped = drop_old(instance)
    quiet = tuple(quiet_days(instance))
    return NightlyResult(
        counts + imported.counts,
        computed.catalogue_number,
        computed.failed,
        dropped,
        quiet,
        missed=files_missed(instance, since=began),
        not_fetched=fetched.error(),
        imported=imported,
    )


def _import_students(instance: Instance, progress: Progress) -> ImportResult:
    """Where files of students are delivered; elsewhere nothing."""
    if not students_settings(instance).is_used:
        return ImportResult()
    return import_students(instance, progress)


def _wait_for_store(instance: Instance, progress: Progress) -> None:
    """Let a run that writes to the store just now come to its end, so that the night is not lost by it."""
    store = Store(instance.store)
    with progress.step("Wait for the store", total=1, unit="lock") as step:
        with store.writing(wait_seconds=STORE_WAIT_SECONDS):
            pass
        step.advance()
