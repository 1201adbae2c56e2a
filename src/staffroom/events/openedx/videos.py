"""What was done in a video: which one, where in it, and where to."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from staffroom.events.openedx.particulars import Particulars, Payload, Reader, of_video

LONGEST_SECONDS = 36_000
"""No video lasts longer than ten hours; offsets beyond are faults of the player."""

_PLAIN_FILES = ("html5", "mobile", "hls")
"""What players give as ``code`` where the video is a plain file, not one of YouTube."""


def _play(payload: Payload) -> Particulars:
    return _video("play", payload, position=_current(payload, unstated=None))


def _pause(payload: Payload) -> Particulars:
    return _video("pause", payload, position=_current(payload, unstated=0))


def _stop(payload: Payload) -> Particulars:
    return _video("stop", payload, position=_current(payload, unstated=None))


def _seek(payload: Payload) -> Particulars:
    return _video("seek", payload, position=payload.get("old_time"), target=payload.get("new_time"))


def _load(payload: Payload) -> Particulars:
    """No deed, but it may be the first to know how long the video is."""
    return _video(None, payload)


VIDEOS: Mapping[str, Reader] = {
    "play_video": _play,
    "pause_video": _pause,
    "seek_video": _seek,
    "stop_video": _stop,
    "load_video": _load,
    "edx.video.played": _play,
    "edx.video.paused": _pause,
    "edx.video.position.changed": _seek,
    "edx.video.stopped": _stop,
    "edx.video.loaded": _load,
}
"""Readers by event type; the second half are the names by which the mobile apps send them."""


def _current(payload: Payload, *, unstated: object) -> object:
    """Where the player stood, in the players' spelling or the apps'."""
    return payload["currentTime"] if "currentTime" in payload else payload.get("current_time", unstated)


def _video(
    action: str | None, payload: Payload, *, position: object = None, target: object = None
) -> Particulars:
    """A video event; an offset that cannot be one is null, as is an empty video id."""
    video, code = payload.get("id") or payload.get("module_id"), payload.get("code")
    return of_video(
        action,
        (video.strip() or None) if type(video) is str else None,
        position=offset(position) if position is not None else None,
        target=offset(target) if target is not None else None,
        duration=duration(payload.get("duration")),
        code=code if type(code) is str and code and code not in _PLAIN_FILES else None,
    )


def offset(value: object) -> float | None:
    """Seconds from the start: a number, a text that is one, or a truth value as 0 and 1; 0 to ten hours.

    Adding 0 makes -0 the same number as 0; what is not a number is in no range.
    """
    seconds = value if type(value) is float else _number(value)
    return seconds + 0.0 if seconds is not None and 0 <= seconds <= LONGEST_SECONDS else None


def duration(value: object) -> float | None:
    """The video's length in seconds; None where it is not known, which players also write as 0."""
    seconds = value if type(value) is float else _number(value)
    return seconds if seconds is not None and 0 < seconds < inf else None


def _number(value: object) -> float | None:
    if not isinstance(value, int | str) or (type(value) is str and "_" in value):
        return None  # float() reads 1_000 as a number; no player means it so
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None
