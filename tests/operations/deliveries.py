"""Small deliveries in the real format: a learner who plays a video for a while, day by day."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

COURSE = "course-v1:Lake+BIO+2026"
BROKEN = b'{"time": "2026-09-01T12:00:00+00:00", "event_type": "play_video", \xff'


def event(day: str, minute: int, event_type: str = "play_video", username: str = "nadia") -> bytes:
    """One line of a tracking log, without its line end."""
    record = {
        "username": username,
        "event_source": "browser",
        "event_type": event_type,
        "time": f"{day}T10:{minute:02}:00.000000+00:00",
        "page": f"http://lms.example/courses/{COURSE}/courseware/a/b/",
        "context": {"course_id": COURSE, "user_id": 7, "org_id": "Lake", "path": "/event"},
        "event": json.dumps({"id": "v1", "code": "html5", "currentTime": minute * 60}),
    }
    return json.dumps(record).encode()


def deliver(root: Path, day: str, *lines: bytes) -> Path:
    """Put a day's log into the folder of the instance at ``root``; without ``lines``, two events."""
    folder = root / "deliveries" / "openedx" / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"tracking.log-{day.replace('-', '')}.gz"
    lines = lines or (event(day, 1), event(day, 3, "pause_video"))
    path.write_bytes(gzip.compress(b"".join(line + b"\n" for line in lines)))
    return path
