"""The resources with their descriptions for OpenAPI."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.views import APIView

from staffroom.registry.api import known, resources, shapes
from staffroom.registry.api.doors import RegistryAuthentication
from staffroom.registry.api.token import AccessTokens
from staffroom.registry.fields import STATES

STATE = OpenApiParameter("state", {"type": "string", "enum": sorted(STATES)}, OpenApiParameter.PATH)
SSID = OpenApiParameter(
    "ssid",
    {"type": "string", "pattern": "^[A-Za-z0-9]{1,40}$"},
    OpenApiParameter.PATH,
    description="The student's id within the state.",
)
BATCH = OpenApiParameter("batch", {"type": "string", "pattern": "^[0-9a-f]{32}$"}, OpenApiParameter.PATH)
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"},
    OpenApiParameter.HEADER,
    description="The same key with the same body gets the same answer, and nothing is taken twice.",
)
LIMIT = OpenApiParameter("limit", {"type": "integer", "minimum": 1, "maximum": resources.LARGEST_LIMIT})
OFFSET = OpenApiParameter("offset", {"type": "integer", "minimum": 0, "maximum": 2**53})

CONFLICT = shapes.problem_of(409, "This idempotency key was used before, with another body.")
SENDING = {**shapes.REFUSED_BODY, **shapes.CLOSED, **CONFLICT, **shapes.NOT_NOW}
FAULTS = shapes.problem_of(422, "Something is wrong with the student.", shapes.StudentProblem)
JSON_ROWS: Any = {"application/json": shapes.ROWS}
JSON_STUDENT: Any = {"application/json": shapes.student_schema()}
STUDENT = OpenApiResponse(shapes.student_schema())


class RegistryScheme(OpenApiAuthenticationExtension):
    """How OpenAPI tells of the registry's tokens."""

    target_class = RegistryAuthentication
    name = "registryToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:  # noqa: ARG002 - required by the extension
        return {"type": "http", "scheme": "bearer"}


def _described(view: type[APIView], **methods: Any) -> type[APIView]:
    described: type[APIView] = extend_schema_view(**methods)(view)
    return described


def _sending(name: str, summary: str, answer: Any) -> Any:
    return extend_schema(
        operation_id=name,
        summary=summary,
        parameters=[STATE, KEY],
        request=JSON_ROWS,
        responses={202: answer, **SENDING},
    )


def _removing(summary: str, answer: Any) -> Any:
    return extend_schema(
        summary=summary,
        description="The body is a JSON array, or lines, of objects with ssid and stateCode.",
        parameters=[STATE, KEY],
        responses={202: answer, **SENDING},
    )


student_batch = _described(
    resources.StudentBatch,
    post=_sending("registry_send", "Send students", shapes.Acknowledged),
    delete=_removing("Remove students", shapes.Acknowledged),
)
batch_status = _described(
    resources.BatchStatus,
    get=extend_schema(
        operation_id="registry_batch",
        summary="How a batch stands",
        parameters=[BATCH],
        responses={200: shapes.RegistryBatch, **shapes.CLOSED},
    ),
)
batch_errors = _described(
    resources.BatchErrors,
    get=extend_schema(
        operation_id="registry_batch_errors",
        summary="What is wrong with rows of a batch",
        description="Reading it is noted in the audit trail.",
        parameters=[BATCH, LIMIT, OFFSET],
        responses={
            200: shapes.RowFaults,
            **shapes.problem_of(400, "A parameter cannot be used."),
            **shapes.CLOSED,
        },
    ),
)
_removed = extend_schema(
    summary="Remove a student", parameters=[STATE, SSID], responses={204: None, **shapes.CLOSED}
)
_read = extend_schema(
    summary="One student",
    description="Reading it is noted in the audit trail.",
    parameters=[STATE, SSID],
    responses={200: STUDENT, **shapes.CLOSED},
)
one_student = _described(
    resources.OneStudent,
    get=_read,
    put=extend_schema(
        summary="Register a student at once",
        parameters=[STATE, SSID],
        request=JSON_STUDENT,
        responses={201: None, 204: None, **shapes.REFUSED_BODY, **shapes.CLOSED, **FAULTS},
    ),
    delete=_removed,
)
access_tokens = _described(
    AccessTokens,
    post=extend_schema(
        summary="An access token for a service client",
        request={"application/x-www-form-urlencoded": shapes.TokenRequest},
        responses={
            200: shapes.TokenAnswer,
            400: shapes.TokenRefused,
            401: shapes.TokenRefused,
            **shapes.problem_of(404, "The registry is not open."),
        },
    ),
)
known_batch = _described(
    known.KnownBatch,
    post=_sending("registry_known_send", "Send students, as older loaders do", None),
    delete=_removing("Remove students, as older loaders do", None),
)
known_status = _described(
    known.KnownStatus,
    get=extend_schema(
        summary="How a batch stands, as older loaders know it",
        parameters=[BATCH],
        responses={200: shapes.KnownBatchStatus, **shapes.CLOSED},
    ),
)
known_student = _described(known.KnownStudent, get=_read, delete=_removed)
known_upsert = _described(
    known.KnownUpsert,
    post=extend_schema(
        summary="Register a student at once, as older systems do",
        parameters=[STATE],
        request=JSON_STUDENT,
        responses={201: None, 204: None, **shapes.REFUSED_BODY, **shapes.CLOSED, **FAULTS},
    ),
)
