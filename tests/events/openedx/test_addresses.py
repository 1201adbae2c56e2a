"""What a URL says: course, kind of page, section, subsection, unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.events.keys import CourseKey
from staffroom.events.openedx.addresses import NOWHERE, Address, address, address_left, referer_kind

KEY = "course-v1:EdgeX+E1+2024"
COURSE = CourseKey(KEY)
LEGACY = "EdgeX/E2/2013"
SEQUENCE = "block-v1:EdgeX+E1+2024+type@sequential+block@s1"
UNIT = "block-v1:EdgeX+E1+2024+type@vertical+block@u1"
PROBLEM = "block-v1:EdgeX+E1+2024+type@problem+block@p1"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("courseware/w1/s1/", Address("unit", "w1", "s1")),
        ("courseware/w1/s1/3", Address("unit", "w1", "s1", unit_position=3)),
        ("courseware/w1/s1/3/?child=first#top", Address("unit", "w1", "s1", unit_position=3)),
        ("courseware/w1", Address("unit", "w1")),
        ("courseware/a%20b/c%2Fd/2", Address("unit", "a b", "c/d", unit_position=2)),
        ("courseware/w1/s1/0", Address("unit", "w1", "s1")),
        ("courseware/w1/s1/third", Address("unit", "w1", "s1")),
        ("courseware/w1/s1/99999999999999999999", Address("unit", "w1", "s1")),
        ("courseware/", NOWHERE),
        ("course/", Address("home")),
        ("info", Address("home")),
        ("wiki/E1/page/", Address("wiki")),
        ("progress", Address("progress")),
        ("progress/17/", Address("progress")),
        ("bookmarks/", Address("bookmarks")),
        ("discussion/forum/", Address("forum")),
        ("discussion/forum/users/12", Address("forum")),
        ("discussion/forum/topic/threads/abc", Address("thread")),
        ("discussion/forum/topic/inline", NOWHERE),
        ("instructor", NOWHERE),
        ("", NOWHERE),
    ],
)
@pytest.mark.parametrize("course", [KEY, LEGACY])
@pytest.mark.parametrize("host", ["", "https://courses.example.org"])
def test_pages_of_a_course(host: str, course: str, path: str, kind: Address) -> None:
    assert address(f"{host}/courses/{course}/{path}") == kind._replace(course_id=CourseKey(course))


@pytest.mark.parametrize("start", ["/learning/course/", "/learn/course/"])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (f"/{SEQUENCE}/{UNIT}", Address("unit", None, SEQUENCE, UNIT)),
        (f"/{SEQUENCE}/{UNIT}?preview=1", Address("unit", None, SEQUENCE, UNIT)),
        (f"/{SEQUENCE}".replace("+", "%2B").replace("@", "%40"), Address("unit", None, SEQUENCE)),
        (f"/{SEQUENCE}/first", Address("unit", None, SEQUENCE)),
        ("/home", Address("home")),
        ("", Address("home")),
        ("/progress", Address("progress")),
        ("/dates", NOWHERE),
        ("/something/else", NOWHERE),
    ],
)
def test_pages_of_the_learning_front_end(start: str, path: str, kind: Address) -> None:
    expected = kind._replace(course_id=COURSE)
    assert address(f"https://apps.example.org{start}{KEY}{path}") == expected
    assert address(f"https://apps.example.org{start}course-v1%3AEdgeX%2BE1%2B2024{path}") == expected


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"/xblock/{UNIT}?show_title=0", Address("unit", unit_ref=UNIT, course_id=COURSE)),
        (f"/xblock/{SEQUENCE}", Address("unit", subsection_ref=SEQUENCE, course_id=COURSE)),
        (f"/xblock/{PROBLEM}", Address(course_id=COURSE)),
        (f"/courses/{KEY}/xblock/{UNIT}/handler/publish", Address(course_id=COURSE)),
        (f"/courses/{LEGACY}/xblock/i4x:;_;_EdgeX;_E2;_problem;_abc/handler/x", NOWHERE),
        ("/xblock/i4x:;_;_EdgeX;_E2;_vertical;_abc", NOWHERE),
        ("/courses/v1/foo/bar/baz", NOWHERE),
        ("/api/courses/v1/blocks/x", NOWHERE),
        ("/courses/course-v1:A+B", NOWHERE),
        (f"/courses/{KEY}?x=1", Address(course_id=COURSE)),
        ("/courses/course-v1%3AEdgeX%2BE1%2B2024/progress", Address("progress")),
        ("/courses/x/courseware/c1", Address("unit", "c1", course_id=CourseKey("x/courseware/c1"))),
        ("/dashboard", NOWHERE),
        ("x_module", NOWHERE),
        ("", NOWHERE),
        ("https://[oops/courses/", NOWHERE),
        ("/courses/%%%/courseware/%zz?", Address("unit", "%zz", course_id=CourseKey("%%%/courseware/%zz"))),
    ],
)
def test_other_urls(url: str, said: Address) -> None:
    assert address(url) == said


def test_a_page_moved_away_from_says_nothing_of_the_unit_moved_to() -> None:
    left = address_left(f"/learning/course/{KEY}/{SEQUENCE}/{UNIT}")
    assert left == Address("unit", None, SEQUENCE, course_id=COURSE)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://courses.example.org/dashboard", "dashboard"),
        ("https://elsewhere.example/dashboard/?tab=1", "dashboard"),
        ("https://elsewhere.example/login?next=/dashboard", "login"),
        ("https://sso.example/auth/login/saml", "login"),
        ("https://courses.example.org/dashboard/programs", None),
        ("", None),
    ],
)
def test_a_referer_is_a_dashboard_or_a_login_page_of_any_host(url: str, kind: str | None) -> None:
    assert referer_kind(url) == kind


@given(st.text(), st.text())
def test_no_url_is_an_error(one: str, other: str) -> None:
    for url in (
        one,
        f"/courses/{one}/courseware/{other}",
        f"/xblock/{one}",
        f"/learning/course/{one}/{other}",
    ):
        address(url)
        referer_kind(url)
