"""Moves between the units of a subsection, by its arrows, its tabs and its next and previous buttons.

Positions are 1-based. In the classic pages ``id`` is the subsection; in the learning front end it is the unit
that the learner leaves, and the subsection stands in the page's address.
"""

from __future__ import annotations

from typing import Any

from staffroom.events.openedx.particulars import Particulars

_LARGEST_POSITION = 100_000

_STEPS = {"seq_next": ("go_next", 1), "seq_prev": ("go_previous", -1)}
_BUTTONS = {
    "edx.ui.lms.sequence.next_selected": ("go_next", "leave_next", 1),
    "edx.ui.lms.sequence.previous_selected": ("go_previous", "leave_previous", -1),
}
_TAB = "edx.ui.lms.sequence.tab_selected"
NAVIGATION = frozenset({*_STEPS, "seq_goto", *_BUTTONS, _TAB})
"""Event types that say to which unit a learner moved; their page is the one moved away from."""


def navigation_particulars(event_type: str, payload: dict[str, Any]) -> Particulars:
    """A move; its action is null where the positions that it names are not one step apart."""
    if event_type in _BUTTONS:
        return _button(event_type, payload)
    if event_type in _STEPS:
        before, after = _position(payload.get("old")), _position(payload.get("new"))
        action, step = _STEPS[event_type]
        is_step = before is not None and after is not None and after - before == step
        return _move(action if is_step else None, payload, before=before, after=after)
    names = ("current_tab", "target_tab") if event_type == _TAB else ("old", "new")
    before, after = (_position(payload.get(name)) for name in names)
    return _move("go_to" if after is not None else None, payload, before=before, after=after)


def _button(event_type: str, payload: dict[str, Any]) -> Particulars:
    """Next and previous: within the subsection they are a step; at its end, or where it is not known, they leave."""
    within, beyond, step = _BUTTONS[event_type]
    before, count = _position(payload.get("current_tab")), _position(payload.get("tab_count"))
    if before is not None and count is not None and 1 <= before + step <= count:
        return _move(within, payload, before=before, after=before + step)
    return _move(beyond, payload, before=before, after=None)


def _move(
    action: str | None, payload: dict[str, Any], *, before: int | None, after: int | None
) -> Particulars:
    block = payload.get("id")
    block = (block.strip() or None) if type(block) is str else None
    is_unit = block is not None and "@vertical" in block
    return Particulars(
        action=action,
        object_id=block,
        subsection_ref=None if is_unit else block,
        unit_before=before,
        unit_position=after,
        tab_count=_position(payload.get("tab_count")),
    )


def _position(value: object) -> int | None:
    """A 1-based position: a whole number, or a text that is one."""
    if type(value) is str and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if type(value) is float and value.is_integer():
        value = int(value)
    return value if type(value) is int and 0 < value <= _LARGEST_POSITION else None
