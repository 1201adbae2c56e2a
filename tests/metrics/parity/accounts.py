"""The accounts of a log as an LMS exports them: the reference goes by the user name, we by the account."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

HEADER = [
    *("id", "username", "email", "first_name", "last_name"),
    *("is_staff", "is_superuser", "is_active", "date_joined"),
]
FIRST_INVENTED = 900_001


def accounts(logs: Iterable[Path]) -> Mapping[str, str]:
    """The user name of each id; names that the log knows without an id are given one of their own."""
    ids: dict[str, str] = {}
    names: dict[str, str] = {}
    for event in _events(logs):
        name, learner = _identity(event)
        if name:
            names.setdefault(name, learner)
        if name and learner:
            ids[learner] = name
    nameless = sorted(name for name in names if name not in ids.values())
    return {**ids, **{str(number): name for number, name in enumerate(nameless, FIRST_INVENTED)}}


def write_accounts(path: Path, known: Mapping[str, str]) -> None:
    """``auth_user`` as an LMS exports it."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(
            [learner, name, "", "", "", 0, 0, 1, "2023-01-01"] for learner, name in known.items()
        )


def _events(logs: Iterable[Path]) -> Iterator[dict[str, Any]]:
    for line in b"".join(gzip.decompress(log.read_bytes()) for log in logs).splitlines():
        try:
            event = json.loads(line[line.index(b"{") :])
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _identity(event: dict[str, Any]) -> tuple[str, str]:
    name, context = event.get("username"), event.get("context")
    learner = context.get("user_id") if isinstance(context, dict) else None
    return (name.strip() if isinstance(name, str) else "", str(learner) if learner else "")
