"""One video: how many watched each five seconds, what they watched again, and who covered how much."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404

from staffroom.courses import videos as read
from staffroom.courses.pages.frame import Visit, course_page, declared, enter, file_safe, why_empty
from staffroom.courses.pages.learner_table import LearnerList, learner_section
from staffroom.courses.paths import course_path
from staffroom.courses.videos import SEGMENT_SECONDS, Segment, Video
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import msg, plural
from staffroom.web import formats
from staffroom.web.chart_marks import amount_axis, lines, position_axis
from staffroom.web.charts import Chart
from staffroom.web.pages import Crumb, Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

WATCHED = plural(
    "{count} learner watched this video; {completed} saw at least 95% of it.",
    "{count} learners watched this video; {completed} of them saw at least 95% of it.",
)
NOBODY = msg("Nobody has played this video.")
COVERED = plural(
    "{count} learner watched some of this video: {share} of it.",
    "{count} learners watched some of this video; on average they saw {share} of it.",
)
WATCHED_ANY = plural(
    "{count} learner watched some of this video.", "{count} learners watched some of this video."
)


def video(request: SignedInRequest, course: CourseKey, block: str) -> Page:
    visit = enter(request, course)
    found = read.find_video(visit.course, block)
    if found is None:
        raise Http404
    before, shown, after = found
    page = course_page(
        visit,
        "videos",
        table="video_timeline",
        title=shown.block.name,
        lead=_place(shown),
        crumbs=(Crumb(say(msg("Videos")), course_path(course, "videos")),),
        sections={
            "timeline": lambda: timeline(visit, shown),
            "learners": lambda: coverage(visit, shown),
        },
        context={"before": _neighbour(course, before), "after": _neighbour(course, after)},
    )
    return replace(page, file_name=f"{page.file_name}-{file_safe(shown.id)}")


def timeline(visit: Visit, video: Video) -> Section:
    segments = read.timeline(visit.course, video) if video.played else []
    columns = declared("video_timeline", "starts_at_seconds", "viewers", "views", "replays")
    rows = [
        {
            "starts_at_seconds": segment.starts_at_seconds,
            "viewers": segment.viewers,
            "views": segment.views,
            "replays": segment.replays,
        }
        for segment in segments
    ]
    answered = answer(video)
    return Section(
        slug="timeline",
        title=msg("From start to end"),
        question=msg("Which parts are watched, and which are watched again?"),
        answer=answered,
        table=Table(columns=columns, rows=rows, bars=frozenset({"viewers"})),
        chart=_chart(video, segments, answered) if segments else None,
        metric=metric("video_timeline"),
        empty=None if rows else why_empty(visit.course, "video_timeline", narrowed=False),
    )


def coverage(visit: Visit, video: Video) -> Section:
    rows = read.coverage(visit.course, video)
    shares = [row["covered_share"] for row in rows if row["covered_share"] is not None]
    text = COVERED if shares else WATCHED_ANY
    share = formats.share(sum(shares) / len(shares)) if shares else ""
    return learner_section(
        visit,
        LearnerList(
            page="video",
            slug="learners",
            title=msg("Learners"),
            question=msg("Who watched how much of this video?"),
            table="video_coverage",
            columns=declared("video_coverage", "covered_seconds", "covered_share"),
            rows=rows,
            answer=say_count(text, len(rows), share=share),
            sort="-covered_seconds",
            bars=frozenset({"covered_share"}),
        ),
    )


def answer(video: Video) -> str:
    if not video.played:
        return say(NOBODY)
    return say_count(WATCHED, video.viewers or 0, completed=formats.count(video.completed or 0))


def _place(video: Video) -> str:
    return " › ".join(name for name in (video.section, video.subsection) if name)


def _neighbour(course: CourseKey, video: Video | None) -> Crumb | None:
    return Crumb(video.block.name, course_path(course, "video", block=video.id)) if video else None


def _chart(video: Video, segments: list[Segment], description: str) -> Chart:
    viewers, replays = say(msg("Viewers")), say(msg("Replays"))
    values: list[dict[str, Any]] = []
    for segment in segments:
        for series, count in ((viewers, segment.viewers), (replays, segment.replays)):
            values.append({"second": segment.starts_at_seconds, "series": series, "count": count})
    end = video.duration_seconds or len(segments) * SEGMENT_SECONDS
    values += [{**value, "second": end} for value in values[-2:]]
    return Chart(
        title=say(msg("Viewers and replays of {name}"), name=video.block.name),
        description=description,
        spec=lines(
            values,
            x=position_axis("second", say(msg("Position in the video (minutes:seconds)")), end=end),
            y=amount_axis("count", "", values),
            series="series",
            points=False,
            steps=True,
        ),
    )
