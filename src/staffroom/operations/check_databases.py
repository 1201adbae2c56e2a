"""What ``check`` finds with databases open: migrations, administrators, the worker, the last night."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from django.db import DatabaseError, connections

from staffroom.accounts.models import Person
from staffroom.config import Instance
from staffroom.jobs import runs
from staffroom.jobs.due import newest_due
from staffroom.jobs.models import Tick
from staffroom.jobs.settings import schedules
from staffroom.operations.check import Finding
from staffroom.operations.migrate import pending

LATE_MINUTES = 5


def databases(instance: Instance) -> Iterator[Finding]:
    """Databases that cannot be opened or lack migrations; what follows is asked of whole ones only."""
    for alias in connections:
        try:
            lacking = pending(alias)
        except DatabaseError as error:
            yield Finding(
                f"database {alias}",
                f"cannot be used ({type(error).__name__}).",
                _how_to_reach(alias, instance),
            )
        else:
            if lacking:
                count = f"{len(lacking)} migration{'' if len(lacking) == 1 else 's'}"
                yield Finding(f"database {alias}", f"lacks {count}.", "Run 'staffroom migrate'.")


def _how_to_reach(alias: str, instance: Instance) -> str:
    if connections[alias].vendor == "sqlite":
        return f"See that {instance.database} and its files can be written; then run 'staffroom migrate'."
    return "See [database] and the secret database_password; then run 'staffroom migrate'."


def administrators(instance: Instance) -> Iterator[Finding]:  # noqa: ARG001 - every check is given it
    if not Person.objects.filter(is_administrator=True, is_active=True).exists():
        yield Finding(
            "accounts",
            "there is no administrator.",
            "Run 'staffroom accounts create you@example.edu --administrator'.",
        )


def worker(instance: Instance) -> Iterator[Finding]:
    """A schedule that was due without any worker that looked."""
    now = datetime.now(UTC)
    for schedule in schedules(instance):
        due = newest_due(schedule, now - timedelta(minutes=LATE_MINUTES))
        last = Tick.objects.filter(schedule=schedule.task, rule=schedule.rule).order_by("-due_at").first()
        if last is None:
            yield Finding(
                f"schedule {schedule.task}",
                "no worker has looked at it yet.",
                "Keep 'staffroom worker' running with your system's service manager.",
                is_wrong=False,
            )
        elif last.due_at < due:
            at = due.astimezone(schedule.zone).isoformat(" ", "minutes")
            yield Finding(
                f"schedule {schedule.task}",
                f"was due at {at} and no worker took it up.",
                "Start 'staffroom worker' and keep it running.",
            )


def last_night(instance: Instance) -> Iterator[Finding]:
    last = runs.last_nightly()
    if last is not None and last.has_failed:
        where = f" at {last.problem_place}" if last.problem_place else ""
        log = f"See {instance.logs / last.log}, then" if last.log else "See its page, or"
        yield Finding(
            "nightly", f"the last run failed ({last.problem}{where}).", f"{log} run 'staffroom nightly'."
        )


LOOKS: tuple[Callable[[Instance], Iterator[Finding]], ...] = (administrators, worker, last_night)
