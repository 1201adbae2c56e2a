"""PostgreSQL finds what begins with a text by indexes of their own; SQLite by those that are there."""

from __future__ import annotations

from typing import Any

from django.db import migrations

INDEXES = {
    "registry_student_name_begins": "registry_student (state, name text_pattern_ops)",
    "registry_student_ssid_begins": "registry_student (state, ssid text_pattern_ops)",
}


def add(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - what Django hands over
    if schema_editor.connection.vendor == "postgresql":
        for name, index in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON {index}")


def drop(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001 - what Django hands over
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]
    operations = [migrations.RunPython(add, drop)]
