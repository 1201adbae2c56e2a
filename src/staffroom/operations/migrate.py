"""Bring every database of the instance to this version of the program."""

from __future__ import annotations

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.migrations.executor import MigrationExecutor

from staffroom.config import Instance
from staffroom.errors import TransientError


def migrate_all(instance: Instance) -> dict[str, int]:
    """Apply what is pending, database by database; returns how many migrations each one got."""
    instance.database.mkdir(parents=True, exist_ok=True)
    applied = {}
    for alias in connections:
        try:
            applied[alias] = len(pending(alias))
            call_command("migrate", database=alias, interactive=False, verbosity=0)
        except DatabaseError as error:
            raise TransientError(
                f"database {alias}",
                f"cannot be migrated ({type(error).__name__}).",
                happened="What was applied before stays.",
                next_step="See that it can be reached and written, then run 'staffroom migrate' again.",
            ) from error
    return applied


def pending(alias: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Migrations that a database lacks, as ``app.name``. Raises DatabaseError where it cannot be asked."""
    executor = MigrationExecutor(connections[alias])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
