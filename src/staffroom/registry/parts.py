"""A batch is written part by part, each in one transaction with the batch's own count of how far it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from staffroom.config import Instance
from staffroom.registry.bodies import inflated
from staffroom.registry.eligibility import Assessment, assessments
from staffroom.registry.erased import kind_of
from staffroom.registry.errors import NotUnderstood
from staffroom.registry.judging import Judged, erased, judged_removals, judged_upserts
from staffroom.registry.models import Batch, Body, Kind, Note, Standing
from staffroom.registry.models.batch import COUNTS
from staffroom.registry.parsing import rows_of
from staffroom.registry.places import Places, known_places
from staffroom.registry.rows import Judge, RowError
from staffroom.registry.settings import RegistrySettings, registry_settings
from staffroom.registry.writing import DATABASE, hold, register, remove
from staffroom.tombstones import Tombstones

PART = 2000
"""So many rows are written in one transaction."""


@dataclass
class Rules:
    """What decides what becomes of a row, as a drain has read it when it began; and who has been erased."""

    settings: RegistrySettings
    places: Places
    assessments: tuple[Assessment, ...]
    tombstones: Tombstones
    judges: dict[str, Judge] = field(default_factory=dict)

    @classmethod
    def of(cls, instance: Instance) -> Rules:
        """Raises SettingsError."""
        settings = registry_settings(instance)
        places = known_places(instance, settings)
        return cls(settings, places, assessments(instance), Tombstones(instance))

    def judge(self, state: str) -> Judge:
        return self.judges.setdefault(state, Judge(state))


def write_batch(batch: Batch, rules: Rules) -> dict[str, int]:
    """Write what is left of a batch; returns what became of those rows."""
    try:
        judged = _judged(batch, rules)
    except NotUnderstood as error:
        _fail(batch, str(error))
        return {}
    total = dict.fromkeys(COUNTS, 0)
    for start in range(batch.next_row, max(len(judged), batch.next_row + 1), PART):
        part = judged[start : start + PART]
        with transaction.atomic(using=DATABASE):
            counts, notes = _write_part(batch, _without_erased(batch, part, rules), rules)
            _keep(batch, notes, rules.settings.errors_kept)
            _advance(batch, counts, at=start + len(part), of=len(judged))
        for name, count in counts.items():
            total[name] += count
    return total


def _judged(batch: Batch, rules: Rules) -> list[Judged]:
    rows = rows_of(inflated(bytes(Body.objects.values_list("data", flat=True).get(batch_id=batch.id))))
    if batch.kind == Kind.REMOVE:
        return judged_removals(rows, batch.state)
    return judged_upserts(rows, rules.judge(batch.state), rules.places)


def _without_erased(batch: Batch, part: list[Judged], rules: Rules) -> list[Judged]:
    """Asked within the transaction that writes: whoever was erased before it began does not come back."""
    hidden = rules.tombstones.hidden(kind_of(batch.state), (row.named for row in part))
    return [erased(row.number) if row.named in hidden else row for row in part] if hidden else part


def _write_part(batch: Batch, part: list[Judged], rules: Rules) -> tuple[dict[str, int], list[RowError]]:
    """What became of the rows of a part, and what there is to say of them."""
    notes = [error for row in part for error in row.errors]
    held = [row.entry for row in part if row.entry and row.is_held]
    counts = dict.fromkeys(COUNTS, 0)
    counts["held"] = len(held)
    counts["superseded"] = sum(row.is_superseded for row in part)
    if batch.kind == Kind.REMOVE:
        asked = {row.remove: row.number for row in part if row.remove}
        gone, late = remove(batch.state, list(asked), batch=batch.id)
        lacking = asked.keys() - gone - late
        notes += [_not_there(asked[ssid], ssid) for ssid in lacking]
        counts["removed"] = len(gone)
        counts["superseded"] += len(late)
    else:
        hold(batch.state, held, batch=batch.id)
        taken = [row.entry for row in part if row.entry and not row.is_held]
        became = register(batch.state, taken, batch=batch.id, assessments=rules.assessments)
        counts["created"], counts["updated"] = len(became.created), len(became.updated)
        counts["unchanged"] = len(became.unchanged)
        counts["superseded"] += len(became.superseded)
    counts["rejected"] = len(part) - sum(counts.values())
    return counts, sorted(notes, key=lambda note: note.row)


def _not_there(number: int, ssid: str) -> RowError:
    return RowError(number, ssid, "ssid", "not_registered", "There is no such student.")


def _keep(batch: Batch, errors: list[RowError], most: int) -> None:
    kept = errors[: max(0, most - batch.notes_kept)]
    batch.notes_kept += len(kept)
    Note.objects.bulk_create(
        Note(
            batch_id=batch.id,
            row=error.row,
            ssid=error.ssid,
            field=error.field,
            code=error.code,
            message=error.message[:300],
        )
        for error in kept
    )


def _advance(batch: Batch, counts: dict[str, int], *, at: int, of: int) -> None:
    """Note how far the batch is, in the transaction that wrote the part."""
    standing = Standing.DONE if at >= of else Standing.DRAINING
    Batch.objects.filter(id=batch.id).update(
        standing=standing,
        submitted=of,
        next_row=at,
        updated_at=timezone.now(),
        notes_kept=batch.notes_kept,
        **{name: F(name) + count for name, count in counts.items() if count},
    )


def _fail(batch: Batch, problem: str) -> None:
    with transaction.atomic(using=DATABASE):
        _keep(batch, [RowError(0, "", "", "not_json", problem)], most=batch.notes_kept + 1)
        Batch.objects.filter(id=batch.id).update(
            standing=Standing.FAILED, submitted=0, updated_at=timezone.now(), notes_kept=batch.notes_kept
        )
