"""What it adds up to: one small SQL file a metric, written once, run on DuckDB or Spark."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


def open_table(instance_dir: str | PathLike[str], name: str) -> pa.Table:
    """A published table of an instance as an Arrow table, for researchers; ``events`` is all events.

    ``open_table(folder, "weekly_activity").to_pandas()`` is a pandas frame. Raises SettingsError where the
    folder is no instance, UnknownName where there is no such table.
    """
    from staffroom.metrics.store import table_of_instance  # opens DuckDB, which a declaration does not need

    return table_of_instance(Path(instance_dir), name)
