"""Each shown metric as a resource: its rows of one course as JSON or CSV, from its declaration."""

from __future__ import annotations

import csv
import io
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from staffroom.accounts import trail
from staffroom.accounts.access import is_administrator
from staffroom.courses.access import course_only, courses_for
from staffroom.courses.api.doors import ApiView, CsvRenderer
from staffroom.courses.api.parameters import Slice, within_dates
from staffroom.courses.courses import OpenCourse, open_course
from staffroom.courses.pages.frame import file_safe
from staffroom.courses.paths import course_path
from staffroom.events.keys import CourseKey
from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.declaration import Column, Metric, Visibility
from staffroom.metrics.scope import Courses, Everything
from staffroom.metrics.store import Rows
from staffroom.web.raw import csv_cell, json_value

COURSE_METRICS = tuple(
    metric
    for metric in METRICS
    if metric.shown and any(column.name == "course_id" for column in metric.columns)
)
"""The metrics of a course that pages show."""

INSTITUTION_METRICS = tuple(metric for metric in METRICS if metric.shown and metric not in COURSE_METRICS)
"""The metrics of the whole institution, for administrators."""


def visible_columns(metric: Metric, viewer: object) -> tuple[Column, ...]:
    """The columns whose values ``viewer`` may see."""
    if is_administrator(viewer):
        return metric.columns
    return tuple(column for column in metric.columns if column.visible_to is Visibility.COURSE_STAFF)


class MetricRows(ApiView):
    """The rows of one metric; a subclass a metric is made by ``api.views``."""

    metric: ClassVar[Metric]
    renderer_classes = [JSONRenderer, CsvRenderer]

    def answer(
        self, request: Request, scope: Courses | Everything, *, path: str, course: str = ""
    ) -> Response | HttpResponse:
        """The rows within ``scope`` that the query asks for; ``path`` is this resource's own."""
        metric, as_csv = self.metric, request.accepted_renderer.format == "csv"
        wanted = Slice.read(request.query_params, everything=as_csv)
        columns = visible_columns(metric, self.person)
        rows = self.published.read(
            metric.name,
            within=scope,
            columns=tuple(column.name for column in columns),
            where=within_dates(metric, request.query_params, settings.INSTANCE.institution.zone),
            order_by=metric.key,
            limit=wanted.limit,
            offset=wanted.offset,
        )
        self._record(rows, course, "csv" if as_csv else "json")
        following = self._next(request, path, wanted.after(rows.total))
        if as_csv:
            return _csv(rows, f"{file_safe(course or 'all')}-{metric.name}.csv", following)
        fresh = self.published.freshness(metric.name)
        return Response(
            {
                "count": rows.total,
                "next": following,
                "through": json_value(fresh.through),
                "computed_at": json_value(fresh.computed_at),
                "results": [
                    {name: json_value(value) for name, value in zip(rows.columns, row, strict=True)}
                    for row in rows.rows
                ],
            }
        )

    def _record(self, rows: Rows, course: str, face: str) -> None:
        """Note whom the answer names, before it is given. Raises where that cannot be written."""
        if not self.metric.names_learners:
            return
        source, learner_id = rows.columns.index("source"), rows.columns.index("learner_id")
        learners = {(row[source], row[learner_id]) for row in rows.rows}
        trail.record(self.person, f"api/{self.metric.name}.{face}", course_id=course, learners=learners)

    def _next(self, request: Request, path: str, following: Slice | None) -> str | None:
        if following is None:
            return None
        asked = {name: value for name, value in request.query_params.items() if name != "offset"}
        query = urlencode({**asked, "limit": following.limit, "offset": following.offset})
        return request.build_absolute_uri(f"{path}?{query}")


class CourseMetricRows(MetricRows):
    """The rows of one metric of one course."""

    def get(self, request: Request, course: CourseKey, format: str | None = None) -> Response | HttpResponse:
        opened = opened_or_404(self, course)
        name = f"courses:api-{self.metric.name}" + (".csv" if format else "")
        path = course_path(opened.key, name)
        return self.answer(request, course_only(opened.key), path=path, course=opened.key)


class InstitutionMetricRows(MetricRows):
    """The rows of one metric of the whole institution: for administrators, nothing for others."""

    def get(self, request: Request, format: str | None = None) -> Response | HttpResponse:  # noqa: ARG002 - `answer` asks the request for it
        scope = courses_for(self.person)
        if not isinstance(scope, Everything):
            raise Http404
        return self.answer(request, scope, path=request.path)


def opened_or_404(view: ApiView, course: CourseKey) -> OpenCourse:
    """The course, where this person may see it; else the same 404 as for one that is not there."""
    opened = open_course(view.published, view.person, course)
    if opened is None:
        raise Http404
    return opened


def _csv(rows: Rows, file_name: str, following: str | None) -> HttpResponse:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(rows.columns)
    writer.writerows([csv_cell(value) for value in row] for row in rows.rows)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["X-Total-Count"] = str(rows.total)
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return response


def described(metric: Metric, course: OpenCourse, address: Any) -> dict[str, Any]:
    """A metric as the list of a course's metrics tells of it; ``address`` makes a full URL of a path."""
    fresh = course.freshness(metric.name)
    return {
        "name": metric.name,
        "title": metric.title,
        "question": metric.question,
        "rule": metric.rule,
        "names_learners": metric.names_learners,
        "columns": [
            {"name": column.name, "title": column.title, "kind": column.kind.value, "unit": column.unit}
            for column in metric.columns
            if column.visible_to is Visibility.COURSE_STAFF or course.reason == "administrator"
        ],
        "through": json_value(fresh.through),
        "computed_at": json_value(fresh.computed_at),
        "url": address(course_path(course.key, f"api-{metric.name}")),
    }
