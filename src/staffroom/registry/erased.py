"""How the registry knows again whom it has erased, and what stands in the place of their rows."""

from __future__ import annotations

from typing import Any

ERASED_ROW: dict[str, Any] = {"erased": True}
"""What is left of a row in the body of a batch: the rows after it keep their numbers."""


def kind_of(state: str) -> str:
    """What the ids of a state's students are filed under in the list of tombstones."""
    return f"registered student of {state}"
