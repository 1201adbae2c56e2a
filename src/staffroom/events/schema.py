"""The one event table: a row for each thing that somebody did, whichever system recorded it.

Columns are named for what happened. A row is a pure function of the recorded event and the instance's
settings: never of the file, line or day in which it arrived.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

SCHEMA_VERSION = 1
"""Raised when a column changes its meaning; the store is then rebuilt from the deliveries."""


@dataclass(frozen=True, slots=True)
class EventColumn:
    name: str
    type: pa.DataType
    meaning: str


_INSTANT = pa.timestamp("us", tz="UTC")

EVENT_COLUMNS: tuple[EventColumn, ...] = (
    EventColumn(
        "event_id", pa.binary(16), "128-bit digest of the event's canonical JSON: equal events are one event."
    ),
    EventColumn(
        "source", pa.string(), "Which configured source recorded it; learner ids are unique within a source."
    ),
    EventColumn("day", pa.date32(), "The institution's date on which it happened."),
    EventColumn("happened_at", _INSTANT, "The instant at which it happened (UTC)."),
    EventColumn(
        "action",
        pa.string(),
        "What was done, in the vocabulary of ACTIONS; null where no metric has a use for it.",
    ),
    EventColumn(
        "event_type",
        pa.string(),
        "The source's own word for it, verbatim (play_video, problem_check, a URL path).",
    ),
    EventColumn("emitted_by", pa.string(), "Who recorded it: server, browser, mobile or task."),
    EventColumn("course_id", pa.string(), "The course it belongs to, as a course key."),
    EventColumn(
        "course_from", pa.string(), "Where the course key was found: context, address (a URL) or payload."
    ),
    EventColumn("learner_id", pa.string(), "Whom it concerns: the source's user id as text."),
    EventColumn(
        "actor_id",
        pa.string(),
        "Who did it: the signed-in user's id; differs from learner_id when staff enrol somebody.",
    ),
    EventColumn("username", pa.string(), "The user name recorded with it, without surrounding white space."),
    EventColumn(
        "object_id", pa.string(), "What it was done to: a video, problem, sequence, unit or forum topic."
    ),
    EventColumn("object_name", pa.string(), "The display name recorded with it."),
    EventColumn(
        "page_kind", pa.string(), "The kind of page it shows the learner on, in the vocabulary of PAGE_KINDS."
    ),
    EventColumn(
        "section_ref", pa.string(), "The section named by its address, as written there (a block's short id)."
    ),
    EventColumn(
        "subsection_ref",
        pa.string(),
        "The subsection named by its address or payload (short id or usage key).",
    ),
    EventColumn("unit_ref", pa.string(), "The unit named by its address (usage key)."),
    EventColumn(
        "unit_position", pa.int32(), "The 1-based position of the unit moved to within its subsection."
    ),
    EventColumn("unit_before", pa.int32(), "The 1-based position moved away from."),
    EventColumn("tab_count", pa.int32(), "How many units the subsection had when the learner moved."),
    EventColumn("referer_kind", pa.string(), "dashboard or login, where the learner came from there."),
    EventColumn("position_seconds", pa.float64(), "Where in the video it happened (seek: where from)."),
    EventColumn("target_seconds", pa.float64(), "Where in the video a seek went."),
    EventColumn(
        "duration_seconds", pa.float64(), "The video's length as the player knew it; null where unknown."
    ),
    EventColumn(
        "video_code", pa.string(), "The player's code for the video (a YouTube id); null for plain files."
    ),
    EventColumn("mode", pa.string(), "The enrolment mode (audit, verified …); may be empty."),
    EventColumn("outcome", pa.string(), "The result of an attempt, lower case (correct, incorrect)."),
    EventColumn("session_id", pa.string(), "The source's session."),
    EventColumn("ip", pa.string(), "The address it came from."),
    EventColumn("agent", pa.string(), "The browser's own description."),
    EventColumn("page", pa.string(), "The page's URL as recorded."),
    EventColumn("referer", pa.string(), "The referring URL as recorded."),
    EventColumn(
        "payload",
        pa.string(),
        "The decoded payload, an object, as canonical JSON; null where there is none that can be decoded.",
    ),
    EventColumn(
        "context",
        pa.string(),
        "What the context says beyond the columns above (module, asides), as canonical JSON, without"
        " empty values, organisation and path.",
    ),
)

EVENT_SCHEMA = pa.schema([pa.field(column.name, column.type) for column in EVENT_COLUMNS])

ACTIONS = {
    "play": "a video started to play",
    "pause": "a video was paused",
    "seek": "the position in a video was moved",
    "stop": "a video ended or was left",
    "attempt": "an answer to a problem was handed in and judged",
    "post": "something was written in a forum",
    "enrol": "a learner joined a course",
    "unenrol": "a learner left a course",
    "change_mode": "a learner's enrolment mode changed",
    "view": "a page was requested or shown",
    "go_next": "moved to the next unit of the same subsection",
    "go_previous": "moved to the previous unit of the same subsection",
    "go_to": "moved to a chosen unit of the same subsection",
    "leave_next": "moved on by the button that crosses subsections",
    "leave_previous": "moved back by the button that crosses subsections",
    "close_page": "a page was closed",
}
"""The vocabulary of ``action``."""

PAGE_KINDS = {
    "unit": "a unit of the course (courseware)",
    "home": "the course's own home page or outline",
    "wiki": "the wiki",
    "progress": "the learner's progress",
    "bookmarks": "bookmarks",
    "forum": "a forum's front page or a member's page",
    "thread": "one forum thread",
}
"""The vocabulary of ``page_kind``."""

EVENT_ORDER = ("course_id", "learner_id", "happened_at", "event_id")
"""The order of rows within one part of a day."""
