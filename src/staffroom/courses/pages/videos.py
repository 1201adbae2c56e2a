"""Videos: which are watched, how far, and where viewers stop."""

from __future__ import annotations

from typing import Any

from staffroom.courses import videos as read
from staffroom.courses.pages.frame import Visit, course_page, declared, enter, why_empty
from staffroom.courses.paths import course_path
from staffroom.courses.videos import Video
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, bars, grouped_axis
from staffroom.web.charts import Chart
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.sparklines import thinned
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

TABLE = "video_summary"
CURVE_POINTS = 20

NAME = Column("name", msg("Video"), Kind.TEXT, msg("The video's name; its id where it has none."))
SECTION = Column("section", msg("Section"), Kind.TEXT)
SUBSECTION = Column("subsection", msg("Subsection"), Kind.TEXT)
VIDEO_ID = Column("video_id", msg("Video id"), Kind.BLOCK, msg("The id that the LMS records."))
COMPLETION = Column(
    "completion", msg("Completed"), Kind.SHARE, msg("The share of viewers who covered at least 95% of it.")
)
CURVE = Column(
    "curve",
    msg("From start to end"),
    Kind.COUNT,
    msg("Viewers at up to twenty points of the video: where the line falls, viewers stop."),
)

ALL_PLAYED = plural(
    "The {count} video of the course, “{name}”, has been played; its viewers: {viewers}.",
    "All {count} videos have been played; “{name}” has the most viewers, {viewers}.",
)
PLAYED = plural(
    "{count} of {all} videos has been played: “{name}”; its viewers: {viewers}.",
    "{count} of {all} videos have been played; “{name}” has the most viewers, {viewers}.",
)
UNPLAYED = plural(
    "Nobody has played the {count} video of the course yet.",
    "Nobody has played any of the {count} videos yet.",
)


def videos(request: SignedInRequest, course: CourseKey) -> Page:
    visit = enter(request, course)
    return course_page(
        visit,
        "videos",
        table=TABLE,
        sections={"list": lambda: video_list(visit)},
    )


def video_list(visit: Visit) -> Section:
    found = read.videos(visit.course)
    rows = [_row(video) for video in found]
    columns = (
        SECTION,
        SUBSECTION,
        NAME,
        *declared(TABLE, "duration_seconds", "viewers"),
        COMPLETION,
        *declared(TABLE, "mean_covered_share"),
        CURVE,
        VIDEO_ID,
    )
    answered = answer(found)
    return Section(
        slug="list",
        title=msg("Videos of the course"),
        question=msg("Which videos are watched, and how far?"),
        answer=answered,
        table=Table(
            columns=columns,
            rows=rows,
            links={"name": lambda row: course_path(visit.course.key, "video", block=str(row["video_id"]))},
            bars=frozenset({"viewers"}),
            groups=("section", "subsection"),
        ),
        chart=_chart(found, answered) if any(video.played for video in found) else None,
        metric=metric(TABLE),
        empty=None if rows else why_empty(visit.course, TABLE, narrowed=False),
    )


def answer(found: tuple[Video, ...]) -> str:
    """How many videos have been played, and the one with the most viewers."""
    played = [video for video in found if video.played]
    if not found:
        return ""
    if not played:
        return say_count(UNPLAYED, len(found))
    most = max(played, key=lambda video: (video.viewers or 0, -video.block.ordinal))
    return say_count(
        ALL_PLAYED if len(played) == len(found) else PLAYED,
        len(played),
        all=formats.count(len(found)),
        name=most.block.name,
        viewers=formats.count(most.viewers or 0),
    )


def _row(video: Video) -> dict[str, Any]:
    return {
        "section": video.section,
        "subsection": video.subsection,
        "name": video.block.name,
        "duration_seconds": video.duration_seconds,
        "viewers": video.viewers or 0,
        "completion": video.completion,
        "mean_covered_share": video.mean_covered_share,
        "curve": thinned(video.curve, most=CURVE_POINTS) or None,
        "video_id": video.id,
    }


def _chart(found: tuple[Video, ...], description: str) -> Chart:
    complete, incomplete = say(msg("Completed")), say(msg("Not completed"))
    values = [
        {"place": place, "name": video.block.name, "part": part, "learners": learners}
        for place, video in enumerate(found, 1)
        for part, learners in (
            (complete, video.completed or 0),
            (incomplete, (video.viewers or 0) - (video.completed or 0)),
        )
    ]
    return Chart(
        title=say(msg("Viewers of each video")),
        description=description,
        spec=bars(
            values,
            x=grouped_axis("place", [video.section or "" for video in found]),
            y=amount_axis("learners", say(msg("Viewers")), values),
            series="part",
        ),
    )
