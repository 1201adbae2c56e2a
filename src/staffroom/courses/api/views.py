"""The resources with their descriptions for OpenAPI; a view is made for each metric."""

from __future__ import annotations

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularAPIView
from rest_framework.views import APIView

from staffroom.courses.api import shapes
from staffroom.courses.api.courses import CourseDetail, CourseList, MetricList
from staffroom.courses.api.doors import ApiView, TokenAuthentication
from staffroom.courses.api.metrics import CourseMetricRows, InstitutionMetricRows, MetricRows
from staffroom.courses.api.parameters import DEFAULT_LIMIT, LARGEST_LIMIT, LARGEST_OFFSET, date_column
from staffroom.metrics.declaration import Metric

COURSE = OpenApiParameter(
    "course",
    str,
    OpenApiParameter.PATH,
    description="The course's whole key as one percent-encoded segment.",
)
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": LARGEST_LIMIT},
    description=f"At most so many rows; {DEFAULT_LIMIT} where not given, and in CSV all.",
)
OFFSET = OpenApiParameter(
    "offset",
    {"type": "integer", "minimum": 0, "maximum": LARGEST_OFFSET},
    description="How many rows to pass over.",
)
FORMAT = OpenApiParameter(
    "format", str, enum=["json", "csv"], description="csv gives the rows as CSV, json is the default."
)


def _problem(description: str) -> OpenApiResponse:
    return OpenApiResponse(shapes.Problem, description=description)


PROBLEMS = {
    (401, "application/problem+json"): _problem("No token, or one that is not good."),
    (404, "application/problem+json"): _problem("It is not there, or it is not open to you."),
    (429, "application/problem+json"): _problem("Too many requests; Retry-After says when to go on."),
}
UNUSABLE = {(400, "application/problem+json"): _problem("A parameter cannot be used.")}

course_list = extend_schema_view(
    get=extend_schema(
        operation_id="courses",
        summary="The courses that you may see",
        parameters=[LIMIT, OFFSET],
        responses={200: shapes.list_of(shapes.Course), **UNUSABLE, **PROBLEMS},
    )
)(CourseList)

course_detail = extend_schema_view(
    get=extend_schema(
        operation_id="course",
        summary="One course",
        parameters=[COURSE],
        responses={200: shapes.CourseWithPage, **PROBLEMS},
    )
)(CourseDetail)

metric_list = extend_schema_view(
    get=extend_schema(
        operation_id="metrics",
        summary="What can be asked about a course",
        parameters=[COURSE],
        responses={200: shapes.list_of(shapes.CourseMetric), **PROBLEMS},
    )
)(MetricList)


class TokenScheme(OpenApiAuthenticationExtension):
    """How OpenAPI tells of tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002 - required by the extension
        return {"type": "http", "scheme": "bearer"}


class ReadingSessionScheme(SessionScheme):
    """The same of browsers that are signed in."""

    target_class = "staffroom.courses.api.doors.ReadingSession"


class Schema(SpectacularAPIView, ApiView):
    """This API as OpenAPI."""

    schema = None
    renderer_classes = SpectacularAPIView.renderer_classes


def course_rows(metric: Metric) -> type[APIView]:
    """The resource of one metric of a course."""
    return _rows(metric, CourseMetricRows, [COURSE])


def institution_rows(metric: Metric) -> type[APIView]:
    """The resource of one metric of the whole institution."""
    return _rows(metric, InstitutionMetricRows, [])


def _rows(metric: Metric, base: type[MetricRows], path: list[OpenApiParameter]) -> type[APIView]:
    made = type(f"{base.__name__}_{metric.name}", (base,), {"metric": metric})
    note = " Reading it is noted in the audit trail." if metric.names_learners else ""
    described: Any = extend_schema_view(
        get=extend_schema(
            operation_id=metric.name,
            summary=metric.title,
            description=f"{metric.question}\n\n{metric.rule}{note}",
            parameters=[*path, *_dates(metric), LIMIT, OFFSET, FORMAT],
            responses={
                (200, "application/json"): shapes.rows_of(metric),
                (200, "text/csv"): OpenApiTypes.STR,
                **UNUSABLE,
                **PROBLEMS,
            },
        )
    )
    view: type[APIView] = described(made)
    return view


def _dates(metric: Metric) -> list[OpenApiParameter]:
    column = date_column(metric)
    if column is None:
        return []
    texts = {"from": "no earlier than this day", "to": "no later than this day"}
    return [
        OpenApiParameter(name, OpenApiTypes.DATE, description=f"Rows whose {column.name} is {text}.")
        for name, text in texts.items()
    ]
