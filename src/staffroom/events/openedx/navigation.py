"""Moves between the units of a subsection, by its arrows, its tabs and its next and previous buttons.

Positions are 1-based. In the classic pages ``id`` is the subsection; in the learning front end it is the unit
that the learner leaves, and the subsection stands in the page's address.
"""

from __future__ import annotations

from collections.abc import Mapping

from staffroom.events.openedx.particulars import Particulars, Payload, Reader

LAST_POSITION = 100_000
"""No subsection has more units; a greater number is no position."""


def _step(action: str, by: int) -> Reader:
    """An arrow; its action is null where the positions that it names are not one step apart."""

    def read(payload: Payload) -> Particulars:
        before, after = position(payload.get("old")), position(payload.get("new"))
        is_step = before is not None and after is not None and after - before == by
        return _move(action if is_step else None, payload, before=before, after=after)

    return read


def _button(within: str, beyond: str, by: int) -> Reader:
    """Next or previous: a step within the subsection; at its end, or where that is not known, they leave."""

    def read(payload: Payload) -> Particulars:
        before, count = position(payload.get("current_tab")), position(payload.get("tab_count"))
        if before is not None and count is not None and 1 <= before + by <= count:
            return _move(within, payload, before=before, after=before + by)
        return _move(beyond, payload, before=before, after=None)

    return read


def _choice(before_name: str, after_name: str) -> Reader:
    """A tab; its action is null where it does not say which."""

    def read(payload: Payload) -> Particulars:
        after = position(payload.get(after_name))
        action = "go_to" if after is not None else None
        return _move(action, payload, before=position(payload.get(before_name)), after=after)

    return read


NAVIGATION: Mapping[str, Reader] = {
    "seq_next": _step("go_next", 1),
    "seq_prev": _step("go_previous", -1),
    "seq_goto": _choice("old", "new"),
    "edx.ui.lms.sequence.next_selected": _button("go_next", "leave_next", 1),
    "edx.ui.lms.sequence.previous_selected": _button("go_previous", "leave_previous", -1),
    "edx.ui.lms.sequence.tab_selected": _choice("current_tab", "target_tab"),
}
"""Readers by event type. The page of such an event is the one moved away from."""


def _move(action: str | None, payload: Payload, *, before: int | None, after: int | None) -> Particulars:
    block = payload.get("id")
    block = (block.strip() or None) if type(block) is str else None
    is_unit = block is not None and "@vertical" in block
    return Particulars(
        action=action,
        object_id=block,
        subsection_ref=None if is_unit else block,
        unit_before=before,
        unit_position=after,
        tab_count=position(payload.get("tab_count")),
    )


def position(value: object) -> int | None:
    """A 1-based position: a whole number, or a text that is one; None for all else."""
    if type(value) is str:
        value = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    elif type(value) is float:
        value = int(value) if value.is_integer() else None
    return value if type(value) is int and 0 < value <= LAST_POSITION else None
