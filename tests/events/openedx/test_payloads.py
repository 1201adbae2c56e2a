"""What an event itself says, in whatever way it was encoded."""

from __future__ import annotations

from typing import Any

import pytest

from staffroom.events.openedx.payloads import decode_payload


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ({"a": 1}, {"a": 1}),
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        ("{}", {}),
        ('{"POST": {}, "GET": {"a": ["=b"]}}', {"POST": {}, "GET": {"a": ["=b"]}}),
        ('{"a": NaN, "b": "\\ud800"}', {"a": None, "b": "\ufffd"}),
        (None, None),
        ("null", None),
        ("[]", None),
        ('[{"a": 1}]', None),
        (["a", "<div/>"], None),
        ("5", None),
        (5, None),
        (True, None),
        ('"{\\"a\\": 1}"', None),  # encoded twice
        ("input_a_2_1=x&input_b=y", None),
        ('{"a": ', None),
        ('{"POST": {"a": "' + "x" * (512 - 16), None),  # as the LMS cuts it
        ('{"POST": "' + "x" * (512 - 12) + '"}', None),
        ('{"GOST": "' + "x" * (512 - 12) + '"}', {"GOST": "x" * 500}),
        ('{"a":' + "[" * 5000 + "]" * 5000 + "}", None),
    ],
)
def test_a_payload_is_an_object_or_nothing(event: object, payload: dict[str, Any] | None) -> None:
    assert decode_payload(event) == payload
