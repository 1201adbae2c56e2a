"""What a run tells of itself, as the JSON lines that ``--json`` prints."""

from __future__ import annotations

import json
from typing import Any


class Heard:
    """What a child has told of itself in JSON lines: its steps, its result, its error."""

    def __init__(self) -> None:
        self._steps: dict[str, dict[str, Any]] = {}
        self.result: dict[str, Any] = {}
        self.error: dict[str, Any] = {}

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Each step with its latest figures, in the order in which they began."""
        return list(self._steps.values())

    def take(self, line: bytes) -> dict[str, Any] | None:
        """Take in one line; returns its facts, None where it was no such line."""
        try:
            fact = json.loads(line)
        except ValueError:
            return None
        if not isinstance(fact, dict):
            return None
        if isinstance(fact.get("step"), str):
            self._steps[fact["step"]] = fact
        elif "result" in fact:
            self.result = fact
        elif "error" in fact:
            self.error = fact
        return fact
