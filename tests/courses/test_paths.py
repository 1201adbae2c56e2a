"""Exact keys in addresses, whatever stands in them."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django.urls import Resolver404, resolve

from staffroom.courses.paths import course_path
from staffroom.events.keys import CourseKey
from tests.cast import LAKE, LEGACY, NON_ASCII

KEYS = [
    LAKE,
    LEGACY,
    NON_ASCII,
    CourseKey("ccx-v1:Lake+BIO+2024+ccx@7"),
    CourseKey("blackboard:bb.lake.example/_12_1"),
]
PAGES = ["home", "enrolment", "engagement", "videos", "time", "visits", "api-course", "api-weekly_activity"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("page", PAGES)
def test_a_link_leads_back_to_the_exact_key(key: CourseKey, page: str) -> None:
    path = course_path(key, page)
    match = resolve(unquote(path))  # as a server passes it on
    assert (match.kwargs["course"], match.url_name) == (key, page)


def test_the_key_is_one_encoded_segment() -> None:
    assert course_path(LEGACY, "videos") == "/courses/Lake%2FCHEM%2F2013_Spring/videos/"
    assert course_path(LAKE) == "/courses/course-v1%3ALake%2BBIO%2B2024/"


@pytest.mark.parametrize(
    "video", ["intro", "block-v1:Lake+BIO+2024+type@video+block@a", "i4x://Lake/C/video/a"]
)
@pytest.mark.parametrize("key", [LAKE, LEGACY])
def test_a_video_is_found_again_by_its_whole_id(key: CourseKey, video: str) -> None:
    match = resolve(unquote(course_path(key, "video", block=video)))
    assert (match.kwargs["course"], match.kwargs["block"]) == (key, video)
    face = resolve(unquote(course_path(key, "video", block=video)) + "timeline.csv")
    assert (face.kwargs["block"], face.kwargs["section"], face.kwargs["face"]) == (video, "timeline", "csv")


@pytest.mark.parametrize(
    "path",
    [
        "/courses/BIO/",
        "/courses/course-v1:Lake+BIO/",
        "/courses/course-v1:Lake+BIO+2024\n/",
        "/courses/ course-v1:Lake+BIO+2024/",
        "/courses/course-v1:Lake+BIO+2024/nothing/",
        "/courses/Lake/BIO/2024/extra/",
    ],
)
def test_what_is_no_key_is_no_page(path: str) -> None:
    with pytest.raises(Resolver404):
        resolve(path)
