"""The columns of tables that metrics read and others make; an export that never came reads as no rows."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from staffroom.events import course_tables
from staffroom.events.store import EVENT_SQL_TYPES

EVENT_COLUMNS = EVENT_SQL_TYPES
"""The columns of ``events``; ``happened_us`` is the instant in whole microseconds."""

_SQL_TYPES = {
    pa.string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int32(): "INTEGER",
    pa.date32(): "DATE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP",
}

COURSE_TABLES: Mapping[str, Mapping[str, str]] = {
    name: {field.name: _SQL_TYPES[field.type] for field in schema}
    for name, (schema, _key) in course_tables.COURSE_TABLES.items()
}
"""Course tables: name → columns with their types in the portable subset."""
