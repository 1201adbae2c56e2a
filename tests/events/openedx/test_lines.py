"""A line as JSON, or the reason why it is none; and which events are the same."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.events.openedx.identity import canonical_json, event_id
from staffroom.events.openedx.lines import REASONS, Unusable, decode_line


def identity(line: bytes) -> bytes:
    return event_id(decode_line(line)[1])


@pytest.mark.parametrize(
    "line",
    [
        b'{"time":"t","event":{"a":1,"b":[1.5,null,true]}}',
        b'  {"event": {"b": [1.50, null, true], "a": 1}, "time": "\\u0074"} \r',
        b'Jan  5 00:00:01 host tracking: {"time":"t","event":{"a":1,"b":[1.5,null,true]}}',
        b'prefix [] "x" {"time":"t","event":{"a":1,"b":[1.5,null,true]}} \t',
        b'\xef\xbb\xbf{"time":"t","event":{"a":1,"b":[1.5,null,true]}}',
        b'\xff\xfe {"time":"t","event":{"a":1,"b":[1.5,null,true]}}',
    ],
)
def test_prefix_order_white_space_and_escapes_do_not_change_an_event(line: bytes) -> None:
    assert decode_line(line)[0] == {"time": "t", "event": {"a": 1, "b": [1.5, None, True]}}
    assert identity(line).hex() == "95c770b524602b7491e6ac95801d4c47"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (b'{"a":1}', b'{"a":1.0}'),
        (b'{"a":1}', b'{"a":"1"}'),
        (b'{"a":null}', b"{}"),
        (b'{"a":[1,2]}', b'{"a":[2,1]}'),
    ],
)
def test_other_values_are_other_events(one: bytes, other: bytes) -> None:
    assert identity(one) != identity(other)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"", "blank"),
        (b" \t\r", "blank"),
        (b"not json", "not_json"),
        (b'{"a":', "not_json"),
        (b'{"a":1} {"b":2}', "not_json"),
        (b'prefix {"a":1', "not_json"),
        (b'{"a":"\x01"}', "not_json"),
        (b'{"a":"\xff"}', "not_utf8"),
        (b'x {"a":"\xff"}', "not_utf8"),
        (b"[]", "not_an_object"),
        (b"[1, {}]", "not_an_object"),
        (b"5", "not_an_object"),
        (b'"str"', "not_an_object"),
        (b"null", "not_an_object"),
        (b"NaN", "not_an_object"),
        (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", "too_deep"),
    ],
)
def test_a_line_that_is_no_object_has_a_reason(line: bytes, reason: str) -> None:
    with pytest.raises(Unusable) as raised:
        decode_line(line)
    assert (raised.value.reason, reason in REASONS) == (reason, True)


def test_what_the_fast_decoder_refuses_is_read_all_the_same() -> None:
    line = (
        b'{"nan":NaN,"far":1e400,"half":"a\\ud800","\\udc00":-Infinity,"deep":'
        + b"[" * 300
        + b"]" * 300
        + b"}"
    )
    event = decode_line(line)[0]
    deep = event.pop("deep")
    assert event == {"nan": None, "far": None, "half": "a\ufffd", "\ufffd": None}
    assert json.dumps(deep) == "[" * 300 + "]" * 300
    assert identity(line) == identity(b"prefix: " + line)


def test_a_long_whole_number_is_its_nearest_floating_point_number() -> None:
    assert decode_line(b'{"a":18446744073709551616}')[0] == {"a": 18446744073709551616.0}
    assert decode_line(b'{"a":18446744073709551615}')[0] == {"a": 18446744073709551615}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON, max_size=6), st.permutations(range(6)))
def test_any_object_keeps_its_identity_however_it_is_written(
    event: dict[str, object], order: list[int]
) -> None:
    keys = list(event)
    shuffled = {keys[place]: event[keys[place]] for place in order if place < len(keys)}
    escaped = json.dumps(event).encode()
    spread = json.dumps(shuffled, ensure_ascii=False, separators=(" , ", " : ")).encode()
    assert identity(escaped) == identity(spread) == identity(b"prefix: " + spread)
    assert decode_line(escaped)[1] == canonical_json(decode_line(escaped)[0])
