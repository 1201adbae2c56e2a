"""The shapes of the registry's requests and answers, for OpenAPI; a student's is made from its fields."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from staffroom.registry.fields import FLAGS, OPEN_FLAGS, TEXTS, Text
from staffroom.registry.models import Kind, Standing
from staffroom.registry.models.batch import COUNTS


def student_schema() -> dict[str, Any]:
    """A student as JSON Schema: every field by its rule, and no others."""
    flags = {
        name: {"type": "boolean", "nullable": True} if name in OPEN_FLAGS else {"type": "boolean"}
        for name in FLAGS
    }
    required = [text.name for text in TEXTS if text.required]
    return {
        "type": "object",
        "description": "One student, as loaders send it. Texts are trimmed; null and '' say the same.",
        "properties": {**{text.name: _text(text) for text in TEXTS}, **flags},
        "required": [*required, *(name for name in FLAGS if name not in OPEN_FLAGS)],
        "additionalProperties": False,
    }


def _text(text: Text) -> dict[str, Any]:
    described: dict[str, Any] = {"type": "string", "description": f"{text.rule[:1].upper()}{text.rule[1:]}."}
    return described if text.required else {**described, "nullable": True}


ROWS = {
    "type": "array",
    "items": {},
    "description": (
        "Students (each as for PUT; to remove: ssid and stateCode). A row that is wrong is told of in the "
        "batch's errors; the others are taken. Instead of an array, one object a line may be sent. The body "
        "may be gzip, with Content-Encoding."
    ),
}


class RegistryProblem(serializers.Serializer[Any]):
    """An error, as RFC 9457 tells it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False)
    instance = serializers.CharField()
    request_id = serializers.CharField()


class Fault(serializers.Serializer[Any]):
    field = serializers.CharField(allow_null=True)
    code = serializers.CharField()
    message = serializers.CharField()


StudentProblem = type(  # not a class statement: serializers have an attribute of that name
    "StudentProblem",
    (RegistryProblem,),
    {"__doc__": "Everything that is wrong with a student.", "errors": Fault(many=True)},
)


class Acknowledged(serializers.Serializer[Any]):
    """The batch is on the disk."""

    id = serializers.CharField()
    status = serializers.URLField(help_text="The address that tells how it stands.")
    repeated = serializers.BooleanField(help_text="True where this idempotency key and body came before.")


_counts = {name: serializers.IntegerField() for name in COUNTS}
_errors = serializers.URLField(help_text="The address of what is wrong with single rows.")


class _Standing(serializers.Serializer[Any]):
    id = serializers.CharField()
    state = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.values)
    standing = serializers.ChoiceField(choices=Standing.values)
    final = serializers.BooleanField(help_text="True once nothing will change any more, held students apart.")
    submitted_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    submitted = serializers.IntegerField(allow_null=True, help_text="Rows; null until the batch was read.")
    processed = serializers.IntegerField()
    errors_kept = serializers.IntegerField(help_text="How many faults can be read one by one.")


RegistryBatch = type(
    "RegistryBatch",
    (_Standing,),
    {"__doc__": "How a batch stands; the counts add up to the rows processed.", **_counts, "errors": _errors},
)


class RowFault(Fault):
    row = serializers.IntegerField(help_text="Counted from 1; 0 is the batch as a whole.")
    ssid = serializers.CharField(allow_null=True)


class RowFaults(serializers.Serializer[Any]):
    count = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    results = RowFault(many=True)


class KnownException(serializers.Serializer[Any]):
    ssid = serializers.CharField(allow_blank=True)
    errorMessage = serializers.CharField()  # noqa: N815 - as older loaders know it


class KnownBatchStatus(serializers.Serializer[Any]):
    """How a batch stands, in the words of older loaders."""

    id = serializers.CharField()
    upsert = serializers.BooleanField()
    numSubmitted = serializers.IntegerField()  # noqa: N815 - as older loaders know it
    numProcessed = serializers.IntegerField()  # noqa: N815 - as older loaders know it
    numSuccess = serializers.IntegerField()  # noqa: N815 - as older loaders know it
    exceptions = KnownException(many=True)
    numExceptions = serializers.IntegerField()  # noqa: N815 - as older loaders know it
    percentComplete = serializers.FloatField(help_text="From 0 to 1.")  # noqa: N815 - as older loaders know it
    submittedBy = serializers.CharField()  # noqa: N815 - as older loaders know it
    submittedDate = serializers.DateTimeField()  # noqa: N815 - as older loaders know it
    updatedDate = serializers.DateTimeField()  # noqa: N815 - as older loaders know it
    stateCode = serializers.CharField()  # noqa: N815 - as older loaders know it


class TokenRequest(serializers.Serializer[Any]):
    grant_type = serializers.ChoiceField(choices=["password", "client_credentials"])
    client_id = serializers.CharField(required=False, help_text="Or by HTTP Basic.")
    client_secret = serializers.CharField(required=False)
    username = serializers.CharField(required=False, help_text="For the password grant.")
    password = serializers.CharField(required=False)
    scope = serializers.CharField(required=False)


class TokenAnswer(serializers.Serializer[Any]):
    access_token = serializers.CharField()
    token_type = serializers.CharField()
    expires_in = serializers.IntegerField(help_text="Seconds.")
    scope = serializers.CharField()


class TokenRefused(serializers.Serializer[Any]):
    error = serializers.CharField()
    error_description = serializers.CharField(required=False)


def problem_of(
    status: int, description: str, shape: type[serializers.Serializer[Any]] = RegistryProblem
) -> dict[Any, Any]:
    """One answer that is a problem, for ``responses``."""
    return {(status, "application/problem+json"): OpenApiResponse(shape, description=description)}


CLOSED = {
    **problem_of(401, "No token, or one that is not good."),
    **problem_of(404, "It is not there, or it is not open to you."),
}
NOT_NOW = {
    **problem_of(429, "So much waits that nothing more is taken; Retry-After says when to come back."),
    **problem_of(503, "It cannot be written just now; nothing was taken."),
}
REFUSED_BODY = {
    **problem_of(400, "The body is not what it should be."),
    **problem_of(413, "The body is larger than what is taken at once."),
    **problem_of(415, "The body is compressed in an unknown way."),
}
