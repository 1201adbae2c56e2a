"""User ids and user names in every form they are recorded in."""

from __future__ import annotations

import pytest

from staffroom.events.openedx.people import person_id, username


@pytest.mark.parametrize(
    ("recorded", "known_as"),
    [
        (7, "7"),
        ("7", "7"),
        (" 7\n", "7"),
        (7.0, "7"),
        ("b6f4", "b6f4"),
        (2**70, str(2**70)),
        ("007", "007"),
        (None, None),
        (0, None),
        ("", None),
        (" ", None),
        ("0", None),
        ("None", None),
        (" null\n", None),
        ("NaN", None),
        ("nan", None),
        (float("nan"), None),
        ("nanette", "nanette"),
        (-1, None),
        (0.0, None),
        (7.5, None),
        (float("inf"), None),
        (True, None),
        (False, None),
        ([7], None),
        ({"id": 7}, None),
    ],
)
def test_a_user_id_is_text_or_nobody(recorded: object, known_as: str | None) -> None:
    assert person_id(recorded) == known_as


@pytest.mark.parametrize(
    ("recorded", "known_as"),
    [
        ("ana", "ana"),
        (" spaced ", "spaced"),
        ("nl\n", "nl"),
        ("ünï", "ünï"),
        ("", None),
        (" ", None),
        (None, None),
        (5, None),
    ],
)
def test_a_user_name_has_no_white_space_around_it(recorded: object, known_as: str | None) -> None:
    assert username(recorded) == known_as
