"""An Open edX line as a row of the event table: what all the other modules found, in the table's order."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from staffroom.events.openedx.addresses import NOWHERE, address, address_left, referer_kind
from staffroom.events.openedx.courses import course_of_event, course_of_payload
from staffroom.events.openedx.deeds import ENROLMENTS, particulars
from staffroom.events.openedx.identity import canonical_json, event_id
from staffroom.events.openedx.lines import decode_line
from staffroom.events.openedx.navigation import NAVIGATION
from staffroom.events.openedx.particulars import NOTHING
from staffroom.events.openedx.payloads import decode_payload
from staffroom.events.openedx.people import person_id, username
from staffroom.events.openedx.times import Clock

Row = tuple[Any, ...]
"""A value for each of EVENT_COLUMNS; ``day`` as days and ``happened_at`` as microseconds since 1970."""

_IN_COLUMNS = frozenset({"course_id", "org_id", "user_id", "path"})
"""What the context says that the row says already, or that the course key holds."""


class LineParser:
    """Makes rows of the lines of one source, for an institution's time zone."""

    def __init__(self, source: str, zone: ZoneInfo) -> None:
        self._source = source
        self._moment = Clock(zone).moment

    def row(self, line: bytes) -> Row:
        """The row of one line. Raises Unusable with the reason why there is none.

        The hot path of every load: what is found travels in tuples and plain locals, which is a third faster
        than an object an event.
        """
        event, canonical = decode_line(line)
        happened_us, day = self._moment(event.get("time"))
        event_type, emitted_by, page, referer, session_id, ip, agent = _texts(event)
        payload = decode_payload(event.get("event"))
        context = event.get("context")
        actor_id = object_name = further = None
        if type(context) is dict:
            actor_id, object_name, further = _said_by_context(context)
        else:
            context = None

        emitter_url = event_type if emitted_by == "server" else page if emitted_by == "browser" else None
        place = NOWHERE
        if emitter_url and "/" in emitter_url:
            place = address_left(emitter_url) if event_type in NAVIGATION else address(emitter_url)
        page_kind, section_ref, subsection_ref, unit_ref, unit_position, _ = place
        (
            action, object_id, deed_subsection_ref, deed_position, unit_before, tab_count,
            position_seconds, target_seconds, duration_seconds, video_code, mode, outcome,
        ) = particulars(event_type, emitted_by, payload or {}) if event_type else NOTHING  # fmt: skip
        if page_kind and emitted_by == "server":
            action = "view"
        if event_type in ENROLMENTS:
            course_id, course_from = course_of_payload(payload or {})
            learner_id = person_id(payload.get("user_id")) if payload else None
        else:
            course_id, course_from = course_of_event(context, emitter_url)
            learner_id = actor_id

        return (
            event_id(canonical), self._source, day, happened_us, action, event_type, emitted_by,
            course_id, course_from, learner_id, actor_id, username(event.get("username")),
            object_id, object_name, page_kind, section_ref, deed_subsection_ref or subsection_ref,
            unit_ref, deed_position or unit_position, unit_before, tab_count,
            referer_kind(referer) if referer else None,
            position_seconds, target_seconds, duration_seconds, video_code, mode, outcome,
            session_id, ip, agent, page, referer,
            canonical_json(payload).decode() if payload is not None else None, further,
        )  # fmt: skip


def _texts(event: dict[str, Any]) -> tuple[str | None, ...]:
    """Event type, emitter, page, referer, session, address and browser; None for what is no text."""
    return (
        value if type(value := event.get("event_type")) is str else None,
        value if type(value := event.get("event_source")) is str and value else None,
        value if type(value := event.get("page")) is str else None,
        value if type(value := event.get("referer")) is str else None,
        value if type(value := event.get("session")) is str else None,
        value if type(value := event.get("ip")) is str else None,
        value if type(value := event.get("agent")) is str else None,
    )


def _said_by_context(context: dict[str, Any]) -> tuple[str | None, str | None, str | None]:
    """Who did it, what it is called that it was done to, and what no column says, as canonical JSON."""
    object_name = None
    further = {name: value for name, value in context.items() if value and name not in _IN_COLUMNS}
    if further:
        module = further.get("module")
        if type(module) is dict and type(display_name := module.get("display_name")) is str:
            object_name = display_name
    return (
        person_id(context.get("user_id")),
        object_name,
        canonical_json(further).decode() if further else None,
    )
