"""What each page says of the small university: every number can be added up from ``stores``."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest
from django.test import Client

from staffroom.courses.paths import course_path
from staffroom.events.keys import CourseKey
from tests.cast import LAKE, LEGACY, Cast
from tests.courses.conftest import Browser
from tests.courses.stores import (
    GLACIERS,
    ICE_VIDEO,
    LIGHT,
    SPRINGS,
    by,
    enrolled,
    of,
    on,
    publish,
    university,
    week,
)

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def stella(store: Path, cast: Cast, browser: Browser) -> Client:
    return browser(cast.stella)


def table(
    client: Client, page: str, section: str, query: str = "", *, video: str | None = None
) -> list[list[str]]:
    """The rows of a section's CSV, its header first."""
    response = client.get(f"{course_path(LAKE, page, block=video)}{section}.csv{query}")
    assert response.status_code == 200
    return list(csv.reader(io.StringIO(response.content.decode())))


def html(
    client: Client, page: str, query: str = "", *, course: CourseKey = LAKE, video: str | None = None
) -> str:
    response = client.get(course_path(course, page, block=video) + query)
    assert response.status_code == 200
    return unescape(response.content.decode())


def answers(client: Client, page: str, query: str = "", *, video: str | None = None) -> list[str]:
    return re.findall(r'<p class="answer">(.*?)</p>', html(client, page, query, video=video))


def test_home_gives_the_answer_of_each_page(stella: Client) -> None:
    assert [row[1] for row in table(stella, "home", "questions")[1:]] == [
        "2 learners are enrolled at the end of 3 Sep 2024, as many as at the end of 1 Sep 2024.",
        "In the last full week, from 2 Sep 2024, 2 learners were active, 66.7% of the 3 enrolled.",
        "1 of 2 videos has been played: “Spring water”; its viewers: 2.",
        "2 learners spent 4\u00a0min on the units of this course, 2\u00a0min each on average.",
        "2 learners made 7 visits to the units of this course, 3.5 each on average.",
    ]
    text = html(stella, "home")
    assert "You see this course because you are on its staff. It runs from 1 Sep 2024." in text
    assert f'href="{course_path(LAKE, "videos")}"' in text
    assert "Through Tuesday 10 September 2024" in text


def test_enrolment_by_day_and_mode(stella: Client) -> None:
    assert table(stella, "enrolment", "by_day") == [
        ["day", "enrolled", "enrolled_audit", "enrolled_verified", "joined", "left"],
        ["2024-09-03", "2", "1", "1", "0", "1"],
        ["2024-09-02", "3", "2", "1", "1", "0"],
        ["2024-09-01", "2", "2", "0", "2", "0"],
    ]
    assert table(stella, "enrolment", "by_mode") == [
        ["mode", "enrolled", "share", "change"],
        ["audit", "1", "0.5", "-1"],
        ["verified", "1", "0.5", "1"],
    ]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", "2 learners are enrolled at the end of 3 Sep 2024, as many as at the end of 1 Sep 2024."),
        (
            "?to=2024-09-02",
            "3 learners are enrolled at the end of 2 Sep 2024, 1 more than at the end of 1 Sep 2024.",
        ),
        (
            "?from=2024-09-02",
            "2 learners are enrolled at the end of 3 Sep 2024, 1 fewer than at the end of 2 Sep 2024.",
        ),
        ("?from=2024-09-03", "2 learners are enrolled at the end of 3 Sep 2024."),
        ("?from=2024-09-03&to=2024-09-03", "2 learners are enrolled at the end of 3 Sep 2024."),
    ],
)
def test_the_answer_compares_the_ends_of_the_range(stella: Client, query: str, answer: str) -> None:
    assert answers(stella, "enrolment", query)[0] == answer


WEBINAR = [enrolled(1, "audit", 40, joined=40), enrolled(2, "audit", 39, left=1)]


def test_a_page_begins_after_the_pause_that_follows_one_odd_day(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    odd = enrolled(1, "audit", 1, joined=1) | {"day": date(2003, 3, 5)}
    quiet = enrolled(1, "audit", 1) | {"day": date(2003, 3, 6)}
    publish(empty_instance, university() | {"enrolment_by_day": of(LAKE, odd, quiet, *WEBINAR)})
    stella = browser(cast.stella)

    assert [row[0] for row in table(stella, "enrolment", "by_day")[1:]] == ["2024-09-02", "2024-09-01"]
    page = html(stella, "enrolment")
    assert (
        "Shown from 1 Sep 2024 on: before that lies a pause of more than a year, and next to nothing before "
        "the pause. “Everything” shows all days."
    ) in page
    assert '<a href="?from=2003-03-05">Everything</a>' in page
    everything = table(stella, "enrolment", "by_day", "?from=2003-03-05")
    assert [row[0] for row in everything[1:]] == ["2024-09-02", "2024-09-01", "2003-03-06", "2003-03-05"]
    assert (
        "39 learners are enrolled at the end of 2 Sep 2024, 1 fewer than at the end of 1 Sep 2024."
        in html(stella, "home")
    )


def test_one_late_change_does_not_hide_the_course_before_it(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    late = enrolled(3, "audit", 38, left=1) | {"day": date(2026, 9, 3)}
    publish(empty_instance, university() | {"enrolment_by_day": of(LAKE, *WEBINAR, late)})
    rows = table(browser(cast.stella), "enrolment", "by_day")
    assert [row[0] for row in rows[1:]] == ["2026-09-03", "2024-09-02", "2024-09-01"]


def test_swapped_dates_are_put_right_and_impossible_ones_ignored(stella: Client) -> None:
    text = html(stella, "enrolment", "?from=2024-09-03&to=2024-09-02")
    assert text.count("The dates stood in reverse order; they were swapped.") == 1
    rows = table(stella, "enrolment", "by_day", "?from=2024-09-03&to=2024-09-02")
    assert [row[0] for row in rows[1:]] == ["2024-09-03", "2024-09-02"]
    assert "“2024-02-31” is not a date; it was ignored." in html(stella, "enrolment", "?from=2024-02-31")


def test_enrolled_learners_by_name(stella: Client) -> None:
    assert table(stella, "enrolment", "learners") == [
        ["name", "username", "learner_id", "mode", "is_enrolled", "first_enrolled_at", "last_unenrolled_at"],
        ["Ana Alba", "ana", "11", "audit", "true", "2024-09-01T09:30:00Z", ""],
        ["Ben Blau", "ben", "12", "verified", "true", "2024-09-02T09:30:00Z", ""],
        ["", "cyd", "13", "audit", "false", "2024-09-01T09:30:00Z", "2024-09-02T09:30:00Z"],
    ]
    assert answers(stella, "enrolment")[2] == "3 learners were ever enrolled; 2 of them are enrolled now."


def test_the_mode_is_a_word_on_the_page_and_the_lms_s_own_in_csv(stella: Client) -> None:
    cells = re.findall(r'data-label="Mode">([^<]*)<', html(stella, "enrolment"))
    assert cells == ["Audit", "Verified", "Audit", "Verified", "Audit"]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("?q=ALBA", ["11"]),
        ("?q=be", ["12"]),
        ("?q=13", ["13"]),
        ("?sort=-name", ["12", "11", "13"]),
        ("?sort=username", ["11", "12", "13"]),
        ("?sort=-first_enrolled_at", ["12", "11", "13"]),
        ("?sort=last_unenrolled_at", ["13", "11", "12"]),
        ("?sort=nonsense", ["11", "12", "13"]),
        ("?q=nobody", []),
    ],
)
def test_learners_are_searched_and_sorted_by_the_address(stella: Client, query: str, ids: list[str]) -> None:
    assert [row[2] for row in table(stella, "enrolment", "learners", query)[1:]] == ids


def test_engagement_by_week_marks_the_running_week(stella: Client) -> None:
    assert table(stella, "engagement", "by_week") == [
        [
            "week",
            "active",
            "attempted_problem",
            "played_video",
            "posted_forum",
            "enrolled",
            "active_share",
            "is_complete",
        ],
        ["2024-09-09", "1", "0", "1", "0", "2", "0.5", "false"],
        ["2024-09-02", "2", "1", "2", "0", "3", "0.6666666666666666", "true"],
    ]
    running = "The week from 9 Sep 2024 is still running; so far 1 learner was active."
    assert answers(stella, "engagement", "?from=2024-09-09") == [running]


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", "In the last full week, from 2 Sep 2024, 2 learners were active, 66.7% of the 3 enrolled."),
        (
            "?from=2024-09-05&to=2024-09-11",
            "In the last full week, from 2 Sep 2024, 2 learners were active, 66.7% of the 3 enrolled.",
        ),
        (
            "?from=2024-09-06&to=2024-09-12",
            "The week from 9 Sep 2024 is still running; so far 1 learner was active.",
        ),
        (
            "?from=2024-09-06&to=2024-09-08",
            "The dates chosen hold only a part of the week from 2 Sep 2024; "
            "in all of it 2 learners were active.",
        ),
        (
            "?to=2024-09-01",
            "The week from 26 Aug 2024 is recorded only in part; in that part 3 learners were active.",
        ),
    ],
)
def test_the_sentence_is_about_the_week_of_which_most_days_are_chosen(
    empty_instance: Path, cast: Cast, browser: Browser, query: str, answer: str
) -> None:
    tables = university()
    begun = week(2, 3, 0, 0, 0, 3, complete=False) | {"week": date(2024, 8, 26)}
    tables["weekly_activity"] += of(LAKE, begun)
    publish(empty_instance, tables)
    assert answers(browser(cast.stella), "engagement", query) == [answer]


def test_a_week_is_shown_where_a_day_of_it_is_in_the_range(stella: Client) -> None:
    def weeks(query: str) -> list[str]:
        return [row[0] for row in table(stella, "engagement", "by_week", query)[1:]]

    assert weeks("?from=2024-09-08&to=2024-09-08") == ["2024-09-02"]
    assert weeks("?from=2024-09-08&to=2024-09-09") == ["2024-09-09", "2024-09-02"]
    assert weeks("?from=2024-09-01&to=2024-09-01") == []


def test_videos_stand_in_the_courses_order_the_unplayed_with_zeros_and_dashes(stella: Client) -> None:
    header, spring, ice = table(stella, "videos", "list")
    assert dict(zip(header, spring, strict=True)) == {
        "section": "Rivers",
        "subsection": "Where rivers begin",
        "name": "Spring water",
        "duration_seconds": "20",
        "viewers": "2",
        "completion": "0.5",
        "mean_covered_share": "0.75",
        "curve": "2 0 1 0",
        "video_id": "spring-video",
    }
    assert ice == ["Rivers", "Where rivers begin", "Ice", "", "0", "", "", "", ICE_VIDEO]


def test_a_videos_timeline_has_every_segment_to_its_end(stella: Client) -> None:
    assert table(stella, "video", "timeline", video="spring-video") == [
        ["starts_at_seconds", "viewers", "views", "replays"],
        ["0", "2", "3", "1"],
        ["5", "0", "0", "0"],
        ["10", "1", "1", "0"],
        ["15", "0", "0", "0"],
    ]
    assert table(stella, "video", "learners", video="spring-video")[1:] == [
        ["Ana Alba", "ana", "11", "20", "1.0"],
        ["Ben Blau", "ben", "12", "10", "0.5"],
    ]
    assert answers(stella, "video", video="spring-video") == [
        "2 learners watched this video; 1 of them saw at least 95% of it.",
        "2 learners watched some of this video; on average they saw 75.0% of it.",
    ]


def test_a_video_knows_its_place_and_its_neighbours(stella: Client) -> None:
    first, second = html(stella, "video", video="spring-video"), html(stella, "video", video=ICE_VIDEO)
    assert "Rivers › Where rivers begin" in first
    assert "Next: Ice" in first
    assert "Previous:" not in first
    assert "Previous: Spring water" in second
    assert "Next:" not in second


def test_a_video_has_one_page_under_either_form_of_its_id(stella: Client) -> None:
    assert "<h1>Ice</h1>" in html(stella, "video", video="ice-video")
    assert stella.get(course_path(LAKE, "video", block="no-such-video")).status_code == 404
    assert stella.get(course_path(LAKE, "video", block=SPRINGS)).status_code == 404


def test_time_by_section_unit_and_learner(stella: Client) -> None:
    assert table(stella, "time", "by_section") == [
        ["section", "total", "learners", "average", "median"],
        ["Rivers", "160", "2", "80.0", "80.0"],
        ["Lakes", "60", "1", "60.0", "60.0"],
        ["Units outside the course's structure", "5", "1", "5.0", "5.0"],
    ]
    assert table(stella, "time", "by_unit")[1:] == [
        ["Rivers", "Where rivers begin", "Springs", "160", "2", "80.0", "80.0", SPRINGS],
        ["Lakes", "Depth", "Light in water", "60", "1", "60.0", "60.0", LIGHT],
        ["", "", "elsewhere", "5", "1", "5.0", "5.0", "elsewhere"],
    ]
    assert table(stella, "time", "by_learner") == [
        ["name", "username", "learner_id", "total", "section_rivers", "section_lakes", "section_none"],
        ["Ana Alba", "ana", "11", "180", "120", "60", "0"],
        ["Ben Blau", "ben", "12", "45", "40", "0", "5"],
    ]
    assert answers(stella, "time")[0] == "Most time, 3\u00a0min, went into “Rivers”."


def test_time_counts_the_days_of_the_range_and_lists_who_spent_none(stella: Client) -> None:
    query = "?from=2024-09-03"
    assert table(stella, "time", "by_section", query)[1:] == [
        ["Rivers", "20", "1", "20.0", "20.0"],
        ["Lakes", "60", "1", "60.0", "60.0"],
    ]
    assert table(stella, "time", "by_learner", query)[1:] == [
        ["Ana Alba", "ana", "11", "80", "20", "60"],
        ["Ben Blau", "ben", "12", "0", "0", "0"],
    ]


def test_visits_by_unit_day_and_learner(stella: Client) -> None:
    assert table(stella, "visits", "by_unit")[1:] == [
        ["Rivers", "Where rivers begin", "Springs", "3", "2", "1.5", SPRINGS],
        ["Lakes", "Depth", "Light in water", "4", "1", "4.0", LIGHT],
    ]
    assert table(stella, "visits", "by_day") == [
        ["day", "total", "learners"],
        ["2024-09-03", "4", "1"],
        ["2024-09-02", "3", "2"],
    ]
    assert table(stella, "visits", "by_learner")[1:] == [
        ["Ana Alba", "ana", "11", "6", "2", "4"],
        ["Ben Blau", "ben", "12", "1", "1", "0"],
    ]
    assert GLACIERS not in html(stella, "visits")


def test_pages_work_by_id_without_a_structure(empty_instance: Path, cast: Cast, browser: Browser) -> None:
    tables = university()
    del tables["course_blocks"], tables["people"], tables["courses"]
    publish(empty_instance, tables)
    stella = browser(cast.stella)
    assert table(stella, "time", "by_unit")[1][:3] == ["", "", "light"]
    assert table(stella, "videos", "list")[1][2] == "spring-video"
    assert table(stella, "time", "by_learner")[1][:3] == ["", "", "11"]
    assert f"<h1>{LAKE}</h1>" in html(stella, "home")


def test_each_cause_of_emptiness_has_its_own_words(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    stella = browser(cast.stella)
    assert "Nothing has been imported yet" in html(stella, "engagement")
    publish(empty_instance, {"weekly_activity": []}, problem="StoreFull")
    assert "The last import failed" in html(stella, "engagement")
    publish(empty_instance, university())
    assert "Nothing in this selection" in html(stella, "engagement", "?from=2025-01-01")
    assert "Nothing in this selection" in html(stella, "enrolment", "?q=nobody")


def test_a_failed_metric_shows_its_last_good_numbers_and_says_so(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    rows = {"weekly_activity": university()["weekly_activity"]}
    publish(empty_instance, rows, problem="ConversionException")
    text = html(browser(cast.stella), "engagement")
    assert "The last update failed; these are the last good numbers." in text
    assert "In the last full week, from 2 Sep 2024, 2 learners were active" in text


def test_a_legacy_key_has_working_pages(store: Path, cast: Cast, browser: Browser) -> None:
    text = html(browser(cast.ada), "enrolment", course=LEGACY)
    assert "5 learners are enrolled at the end of 1 Sep 2024." in text


def test_long_lists_come_in_pages_and_whole_as_csv(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    tables = university()
    template = tables["enrolment_summary"][0]
    tables["enrolment_summary"] = of(LAKE, *({**template, "learner_id": f"{n:04}"} for n in range(250)))
    publish(empty_instance, tables)
    stella = browser(cast.stella)
    second = html(stella, "enrolment", "?sort=learner_id&page=2")
    assert "26 to 50 of 250" in second
    assert re.findall(r'class="learner" data-label="Id">(\d+)<', second) == [f"{n:04}" for n in range(25, 50)]
    assert len(table(stella, "enrolment", "learners", "?page=2")) == 251


def test_each_long_table_of_a_page_has_its_own_pages(
    empty_instance: Path, cast: Cast, browser: Browser
) -> None:
    tables = university()
    days = [on(1) + timedelta(days=n) for n in range(60)]
    tables["unit_visits"] = of(
        LAKE, *(by(f"{n:04}", unit_id=SPRINGS, day=day, visits=n + 1) for n, day in enumerate(days))
    )
    publish(empty_instance, tables)
    stella = browser(cast.stella)

    text = html(stella, "visits", "?from=2024-09-01&by_day-page=3&page=2")
    assert re.findall(r'class="day" data-label="Day">([^<]+)<', text) == [
        f"{n} Sep 2024" for n in range(10, 0, -1)
    ]
    assert re.findall(r"<span>(\d+ to \d+ of \d+)</span>", text) == ["51 to 60 of 60", "26 to 50 of 62"]
    assert 'href="?from=2024-09-01&by_day-page=2&page=2#by_day"' in text
    assert 'href="?from=2024-09-01&by_day-page=3&page=3#by_learner"' in text
    assert 'href="by_day.csv?from=2024-09-01"' in text
    assert len(table(stella, "visits", "by_day", "?by_day-page=3")) == 61


def test_bars_mean_the_same_on_every_page(empty_instance: Path, cast: Cast, browser: Browser) -> None:
    tables = university()
    days = [on(1) + timedelta(days=n) for n in range(30)]
    tables["unit_visits"] = of(LAKE, *(by("11", unit_id=SPRINGS, day=day, visits=100) for day in days[:29]))
    tables["unit_visits"] += of(LAKE, by("11", unit_id=SPRINGS, day=days[29], visits=200))
    publish(empty_instance, tables)
    widths = [
        re.findall(r'<rect [^>]*width="([\d.]+)"', section)
        for page in (1, 2)
        for section in html(browser(cast.stella), "visits", f"?by_day-page={page}").split("<section ")
        if 'id="by_day"' in section
    ]
    assert [len(found) for found in widths] == [50, 10]
    assert set(widths[1]) == {widths[0][0], widths[0][3]}


def _tables_with(rows: int) -> dict[str, list[dict[str, object]]]:
    """The small university with so many weeks, learners and units of the first course."""
    tables = university()
    tables["weekly_activity"] = of(
        LAKE, *(week(2, 1, 1, 1, 1, 1) | {"week": on(2) + timedelta(weeks=n)} for n in range(rows))
    )
    for name in ("enrolment_summary", "time_on_unit", "unit_visits", "video_coverage"):
        template = tables[name][0]
        tables[name] = [{**template, "learner_id": str(11 + n)} for n in range(rows)]
    return tables


@pytest.mark.parametrize("page", ["home", "enrolment", "engagement", "videos", "time", "visits"])
def test_a_page_asks_the_database_as_often_for_one_row_as_for_three(
    page: str,
    empty_instance: Path,
    cast: Cast,
    browser: Browser,
    django_assert_num_queries: object,
) -> None:
    from django.db import connections
    from django.test.utils import CaptureQueriesContext

    stella = browser(cast.stella)
    counts = []
    for rows in (1, 3):
        publish(empty_instance, _tables_with(rows))
        html(stella, page)
        with (
            CaptureQueriesContext(connections["default"]) as site,
            CaptureQueriesContext(connections["audit"]) as audit,
        ):
            html(stella, page)
        counts.append((len(site), len(audit)))
    assert counts[0] == counts[1]
    assert counts[0][1] <= 1


@pytest.mark.parametrize(
    "address",
    [
        course_path(LAKE, "enrolment") + "by_day.svg",
        course_path(LAKE, "engagement") + "by_week.svg",
        course_path(LAKE, "videos") + "list.svg",
        course_path(LAKE, "video", block="spring-video") + "timeline.svg",
        course_path(LAKE, "time") + "by_unit.svg",
        course_path(LAKE, "visits") + "by_day.svg",
    ],
)
def test_every_chart_is_drawn_with_its_answer_as_text(stella: Client, address: str) -> None:
    response = stella.get(address)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("image/svg+xml")
    assert "<desc" in response.content.decode()
