"""What was done in a video: which one, where in it, and where to."""

from __future__ import annotations

from math import isfinite
from typing import Any

from staffroom.events.openedx.particulars import Particulars

LONGEST_SECONDS = 36_000
"""No video lasts longer than ten hours; offsets beyond are faults of the player."""

_PLAIN_FILES = ("html5", "mobile", "hls")
"""What players give as ``code`` where the video is a plain file, not one of YouTube."""

_ACTIONS = {
    "play_video": "play",
    "pause_video": "pause",
    "seek_video": "seek",
    "stop_video": "stop",
    "load_video": None,
    "edx.video.played": "play",
    "edx.video.paused": "pause",
    "edx.video.position.changed": "seek",
    "edx.video.stopped": "stop",
    "edx.video.loaded": None,
}
VIDEOS = frozenset(_ACTIONS)
"""Event types about a video; the second half are the names that the mobile apps send."""


def video_particulars(event_type: str, payload: dict[str, Any]) -> Particulars:
    """A video event; an offset that cannot be one is null, as is an empty video id."""
    action = _ACTIONS[event_type]
    video, code = payload.get("id", payload.get("module_id")), payload.get("code")
    if action == "seek":
        position, target = offset(payload.get("old_time")), offset(payload.get("new_time"))
    elif action is not None:
        unstated = 0 if action == "pause" else None
        position = offset(payload.get("currentTime", payload.get("current_time", unstated)))
        target = None
    else:
        position = target = None
    return Particulars(
        action=action,
        object_id=(video.strip() or None) if type(video) is str else None,
        position_seconds=position,
        target_seconds=target,
        duration_seconds=duration(payload.get("duration")),
        video_code=code if type(code) is str and code and code not in _PLAIN_FILES else None,
    )


def offset(value: object) -> float | None:
    """Seconds from the start: a number, a text that is one, or a truth value as 0 and 1; 0 to ten hours."""
    seconds = _number(value)
    return seconds if seconds is not None and 0 <= seconds <= LONGEST_SECONDS else None


def duration(value: object) -> float | None:
    """The video's length in seconds; None where it is not known, which players also write as 0."""
    seconds = _number(value)
    return seconds if seconds is not None and seconds > 0 else None


def _number(value: object) -> float | None:
    if not isinstance(value, int | float | str) or (type(value) is str and "_" in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number + 0.0 if isfinite(number) else None  # adding 0 makes -0 the same number as 0
