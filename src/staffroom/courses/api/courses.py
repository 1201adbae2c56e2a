"""The courses of the person who asks, one course, and what can be asked about it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from staffroom.courses.access import course_only, courses_for
from staffroom.courses.api.doors import ApiView
from staffroom.courses.api.metrics import COURSE_METRICS, described, opened_or_404
from staffroom.courses.api.parameters import Slice
from staffroom.courses.courses import CourseLine, course_list
from staffroom.courses.paths import course_path
from staffroom.events.keys import CourseKey
from staffroom.web.raw import json_value


class CourseList(ApiView):
    """The courses that the person may see, by name."""

    def get(self, request: Request) -> Response:
        lines = course_list(self.published, courses_for(self.person))
        wanted = Slice.read(request.query_params)
        shown = lines[wanted.offset : wanted.offset + (wanted.limit or len(lines))]
        following = wanted.after(len(lines))
        query = f"?limit={following.limit}&offset={following.offset}" if following else ""
        return Response(
            {
                "count": len(lines),
                "next": request.build_absolute_uri(query) if following else None,
                "results": [line_facts(line, request) for line in shown],
            }
        )


class CourseDetail(ApiView):
    """One course, with the address of its page and of its metrics."""

    def get(self, request: Request, course: CourseKey) -> Response:
        opened = opened_or_404(self, course)
        line = next(
            line for line in course_list(self.published, course_only(course)) if line.key == opened.key
        )
        fresh = opened.freshness("weekly_activity")
        return Response(
            {
                **line_facts(line, request),
                "role": opened.reason,
                "page": request.build_absolute_uri(course_path(course)),
                "through": json_value(fresh.through),
                "computed_at": json_value(fresh.computed_at),
            }
        )


class MetricList(ApiView):
    """What can be asked about one course: each metric with its question, rule, columns and address."""

    def get(self, request: Request, course: CourseKey) -> Response:
        opened = opened_or_404(self, course)
        results = [described(metric, opened, request.build_absolute_uri) for metric in COURSE_METRICS]
        return Response({"count": len(results), "next": None, "results": results})


def line_facts(line: CourseLine, request: Request) -> dict[str, Any]:
    """A course as the list shows it; the numbers are null where nothing is known."""
    return {
        "course_id": line.key,
        "name": line.name,
        "starts_on": json_value(line.starts_on),
        "ends_on": json_value(line.ends_on),
        "enrolled": line.enrolled,
        "active_last_week": line.active_last_week,
        "url": request.build_absolute_uri(course_path(line.key, "api-course")),
        "metrics": request.build_absolute_uri(course_path(line.key, "api-metrics")),
    }
