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

        The hot path of every load, so it is one function of plain locals that makes one tuple, and texts are
        told from other values in place: that is a third faster than an object an event.
        """
        event, canonical = decode_line(line)
        happened_us, day = self._moment(event.get("time"))
        context = event.get("context")
        if type(context) is not dict:
            context = None
        if type(event_type := event.get("event_type")) is not str:
            event_type = None
        if type(emitted_by := event.get("event_source")) is not str or not emitted_by:
            emitted_by = None
        if type(page := event.get("page")) is not str:
            page = None
        if type(referer := event.get("referer")) is not str:
            referer = None
        payload = decode_payload(event.get("event"))
        actor_id = object_name = further = None
        if context:
            actor_id = person_id(context.get("user_id"))
            module = context.get("module")
            if type(module) is dict and type(display_name := module.get("display_name")) is str:
                object_name = display_name
            further = _further(context)

        emitter_url = event_type if emitted_by == "server" else page if emitted_by == "browser" else None
        place = NOWHERE
        if emitter_url and "/" in emitter_url:
            place = address_left(emitter_url) if event_type in NAVIGATION else address(emitter_url)
        page_kind, section_ref, subsection_ref, unit_ref, unit_position, _ = place
        (
            action, object_id, deed_subsection_ref, deed_position, unit_before, tab_count,
            position_seconds, target_seconds, duration_seconds, video_code, mode, outcome,
        ) = particulars(event_type, emitted_by, payload or {}) if event_type else NOTHING  # fmt: skip
        if event_type in ENROLMENTS:
            course_id, course_from = course_of_payload(payload or {})
            learner_id = person_id(payload.get("user_id")) if payload else None
        else:
            course_id, course_from = course_of_event(context, emitter_url)
            learner_id = actor_id

        return (
            event_id(canonical),
            self._source,
            day,
            happened_us,
            "view" if page_kind and emitted_by == "server" else action,
            event_type,
            emitted_by,
            course_id,
            course_from,
            learner_id,
            actor_id,
            username(event.get("username")),
            object_id,
            object_name,
            page_kind,
            section_ref,
            deed_subsection_ref or subsection_ref,
            unit_ref,
            deed_position or unit_position,
            unit_before,
            tab_count,
            referer_kind(referer) if referer else None,
            position_seconds,
            target_seconds,
            duration_seconds,
            video_code,
            mode,
            outcome,
            value if type(value := event.get("session")) is str else None,
            value if type(value := event.get("ip")) is str else None,
            value if type(value := event.get("agent")) is str else None,
            page,
            referer,
            canonical_json(payload).decode() if payload is not None else None,
            further,
        )


def _further(context: dict[str, Any]) -> str | None:
    """What the context says that no column does; empty values are left out."""
    further = {name: value for name, value in context.items() if value and name not in _IN_COLUMNS}
    return canonical_json(further).decode() if further else None
