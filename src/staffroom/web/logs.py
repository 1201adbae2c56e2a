"""One line of JSON a log record: ids and error classes, never a message that may hold data."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
RUN_ID: ContextVar[str] = ContextVar("run_id", default="")

FACTS = ("status", "route", "method", "milliseconds", "run", "step", "table", "count")
"""What a record may carry besides, through ``extra``: never text that a person entered."""


@contextmanager
def run_id(number: object) -> Iterator[None]:
    """Every record within carries this run's id."""
    token = RUN_ID.set(str(number))
    try:
        yield
    finally:
        RUN_ID.reset(token)


class JsonFormatter(logging.Formatter):
    """Our own loggers' messages are constants and are shown without their arguments; others' are not."""

    def format(self, record: logging.LogRecord) -> str:
        ours = record.name.startswith("staffroom")
        facts = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.msg if ours and isinstance(record.msg, str) else None,
            "request_id": REQUEST_ID.get(),
            "run_id": RUN_ID.get(),
            **{name: getattr(record, name, None) for name in FACTS},
            **_error(record),
        }
        return json.dumps(
            {name: value for name, value in facts.items() if value not in (None, "")}, default=str
        )


def _error(record: logging.LogRecord) -> dict[str, str]:
    """The error's class and where it was raised, as file and line: no message, no values."""
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)
    where = " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-4:])
    )
    return {"error": type(error).__name__, "where": where}
