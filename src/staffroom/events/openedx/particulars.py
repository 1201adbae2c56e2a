"""What an event of a known type says beyond what every event says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Payload = dict[str, Any]


class Particulars(NamedTuple):
    """Columns of the event table, by their names there; all null for an event no metric has a use for."""

    action: str | None = None
    object_id: str | None = None
    subsection_ref: str | None = None
    unit_position: int | None = None
    unit_before: int | None = None
    tab_count: int | None = None
    position_seconds: float | None = None
    target_seconds: float | None = None
    duration_seconds: float | None = None
    video_code: str | None = None
    mode: str | None = None
    outcome: str | None = None


NOTHING = Particulars()


def of_video(
    action: str | None,
    video: str | None,
    *,
    position: float | None,
    target: float | None,
    duration: float | None,
    code: str | None,
) -> Particulars:
    """The particulars of a video event, made in a quarter of the time: nearly half of all events are such."""
    values = (action, video, None, None, None, None, position, target, duration, code, None, None)
    return tuple.__new__(Particulars, values)


Reader = Callable[[Payload], Particulars]
"""Reads the payload of one event type; it is empty where it could not be decoded."""
