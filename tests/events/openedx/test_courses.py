"""Which course an event belongs to: context first, then the URL that its emitter knows."""

from __future__ import annotations

from typing import Any

import pytest

from staffroom.events.keys import course_of_block, parse_course_key
from staffroom.events.openedx.courses import course_of_event, course_of_payload

KEY = "course-v1:EdgeX+E1+2024"
URL = f"/courses/{KEY}/info"


@pytest.mark.parametrize(
    "key",
    [
        KEY,
        "course-v1:edX+CS000+2024_T1",
        "course-v1:A.b~c+D-e+F:g",
        "course-v1:A+B+C+branch@draft-branch",
        "course-v1:A+B+C+version@519665f6223ebd6980884f2b",
        "ccx-v1:EdgeX+E1+2024+ccx@7",
        "library-v1:EdgeX+L",
        "EdgeX/E2/2013",
        "EdgeX/ünï/2013",
        "EdgeX/E%20/2013",
        "blackboard:bb.example.org/_123_1",
    ],
)
def test_a_course_key_is_verbatim_but_for_white_space_around_it(key: str) -> None:
    assert parse_course_key(f" {key}\n") == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "bad course",
        "course-v1:A+B",
        "course-v1:A+B+C+D",
        "course-v1:A+B+C/x",
        "course-v1:A+B+",
        "a/b",
        "a/b/c/d",
        "course-v1%3AA%2BB%2BC",
        "ccx-v1:A+B+C",
        "library-v1:A",
        "course-v1:A+B+C\nx",
        "block-v1:A+B+C+type@x+block@y",
    ],
)
def test_what_is_no_course_key(text: str) -> None:
    assert parse_course_key(text) is None


@pytest.mark.parametrize(
    ("block", "course"),
    [
        ("block-v1:A+B+C+type@problem+block@abc", "course-v1:A+B+C"),
        ("ccx-block-v1:A+B+C+ccx@7+type@problem+block@abc", "ccx-v1:A+B+C+ccx@7"),
        ("lib-block-v1:A+L+type@problem+block@abc", "library-v1:A+L"),
        ("block-v1:A+B+C+branch@draft+type@problem+block@abc", "course-v1:A+B+C"),
        ("i4x://A/B/problem/abc", None),
        ("block-v1:A+B+type@problem+block@abc", None),
        ("abc", None),
    ],
)
def test_a_block_names_its_course(block: str, course: str | None) -> None:
    assert course_of_block(block) == course


@pytest.mark.parametrize(
    ("context", "url", "found"),
    [
        ({"course_id": f" {KEY}\n"}, None, (KEY, "context")),
        ({"course_id": KEY}, "/courses/EdgeX/E2/2013/x", (KEY, "context")),
        ({"course_id": "bad course"}, URL, (None, None)),  # the URL may be of another course
        ({"course_id": 5}, URL, (None, None)),
        ({"course_id": ""}, URL, (KEY, "address")),
        ({"course_id": " "}, URL, (KEY, "address")),
        ({"course_id": None}, URL, (KEY, "address")),
        ({"course_id": 0}, URL, (KEY, "address")),
        ({}, URL, (KEY, "address")),
        ({}, None, (None, None)),
        ({}, 5, (None, None)),
        ({}, "/dashboard", (None, None)),
        (None, URL, (None, None)),
    ],
)
def test_the_context_decides_and_only_where_it_is_silent_the_url(
    context: dict[str, Any] | None, url: object, found: tuple[str | None, str | None]
) -> None:
    assert course_of_event(context, url) == found


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ({"course_id": f" {KEY} "}, (KEY, "payload")),
        ({"course_id": "bad"}, (None, None)),
        ({"course_id": ""}, (None, None)),
        ({"course_id": 5}, (None, None)),
        ({}, (None, None)),
    ],
)
def test_an_enrolment_names_its_course_itself(
    payload: dict[str, Any], found: tuple[str | None, str | None]
) -> None:
    assert course_of_payload(payload) == found
