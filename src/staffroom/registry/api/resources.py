"""The registry's own resources: batches of students, how they stand, and single students."""

from __future__ import annotations

from typing import Any

import orjson
from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from staffroom.registry import batches, students
from staffroom.registry.api.doors import RegistryView
from staffroom.registry.api.incoming import body_of, receive
from staffroom.registry.bodies import inflated
from staffroom.registry.errors import NotUnderstood
from staffroom.registry.judging import judged_upserts
from staffroom.registry.models import Batch, Kind
from staffroom.registry.parts import Rules
from staffroom.registry.receiving import Letter
from staffroom.registry.rows import RowError
from staffroom.registry.writing import Became

DEFAULT_LIMIT, LARGEST_LIMIT = 100, 5000


class StudentBatch(RegistryView):
    """Send a batch of students, or of students to be removed."""

    http_method_names = ["post", "delete"]

    def post(self, request: Request, state: str) -> Response:
        return self._taken(request, state, Kind.UPSERT)

    def delete(self, request: Request, state: str) -> Response:
        return self._taken(request, state, Kind.REMOVE)

    def _taken(self, request: Request, state: str, kind: Kind) -> Response:
        return self.acknowledged(
            request, receive(request._request, self.sender(state), state, kind, self.registry)
        )

    def acknowledged(self, request: Request, letter: Letter) -> Response:
        """202 with the address of the batch's status."""
        address = request.build_absolute_uri(reverse("registry:api-batch", args=[letter.key]))
        answer = {"id": letter.key, "status": address, "repeated": letter.repeated}
        return Response(answer, status=202, headers={"Location": address})


class BatchStatus(RegistryView):
    """How a batch stands; open to its sender and to registrars of its state."""

    http_method_names = ["get", "head"]

    def get(self, request: Request, batch: str) -> Response:
        found = self.find(batch)
        errors = request.build_absolute_uri(reverse("registry:api-batch-errors", args=[found.key]))
        return Response({**batches.status(found), "errors": errors})

    def find(self, key: str) -> Batch:
        if hasattr(self.request.user, "client_id"):
            found = batches.find_batch(key, client_id=self.request.user.pk)
        else:
            found = batches.find_batch(key, states=self.readable_states())
        if found is None:
            raise Http404
        return found


class BatchErrors(BatchStatus):
    """What was said of single rows of a batch, page by page."""

    def get(self, request: Request, batch: str) -> Response:
        found = self.find(batch)
        if unknown := {*request.query_params} - {"limit", "offset"}:
            raise exceptions.ParseError(f"{sorted(unknown)[0]!r} is no parameter here.")
        limit = _number(request, "limit", 1, LARGEST_LIMIT, DEFAULT_LIMIT)
        offset = _number(request, "offset", 0, 2**53, 0)
        notes = batches.notes_of(found)[offset : offset + limit]
        rows = [batches.note_facts(note) for note in notes]
        self.note("registry/errors.json", found.state, [row["ssid"] for row in rows if row["ssid"]])
        following = f"?limit={limit}&offset={offset + limit}"
        more = offset + limit < found.notes_kept
        return Response(
            {
                "count": found.notes_kept,
                "next": request.build_absolute_uri(request.path + following) if more else None,
                "results": rows,
            }
        )


class OneStudent(RegistryView):
    """One student of a state: read, registered or removed at once."""

    http_method_names = ["get", "head", "put", "delete"]

    def get(self, request: Request, state: str, ssid: str) -> Response:  # noqa: ARG002 - required by the framework
        self.check_reader(state)
        found = students.find_student(state, ssid)
        if found is None:
            raise Http404
        self.note("registry/student.json", state, [ssid])
        return Response(students.facts_of(found))

    def put(self, request: Request, state: str, ssid: str) -> HttpResponse:
        """201 for a new student, 204 for one who was registered before."""
        became, refusal = self.register(request, state, ssid)
        if refusal is not None:
            return refusal
        address = request.build_absolute_uri(reverse("registry:api-student", args=[state, ssid]))
        created = bool(became and became.created)
        return Response(status=201 if created else 204, headers={"Location": address})

    def delete(self, request: Request, state: str, ssid: str) -> Response:  # noqa: ARG002 - required by the framework
        client = self.sender(state)
        if not students.delete(client.pk, state, ssid):
            raise Http404
        return Response(status=204)

    def register(
        self, request: Request, state: str, ssid: str | None
    ) -> tuple[Became | None, HttpResponse | None]:
        """Register the student in the body, whose id has to be ``ssid``; or a 422 with the reasons."""
        client = self.sender(state)
        row = _json_object(inflated(body_of(request._request, self.registry).data))
        if ssid is not None and (not isinstance(row.get("ssid"), str) or row["ssid"].strip() != ssid):
            return None, _refused(
                request, [RowError(1, "", "ssid", "wrong_ssid", "The address names another.")]
            )
        rules = Rules.of(self.instance_of(request._request))
        (judged,) = judged_upserts([(1, row)], rules.judge(state), rules.places)
        if judged.errors or judged.entry is None:
            return None, _refused(request, list(judged.errors))
        return students.put(client.pk, state, judged.entry.record, rules), None


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        row = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise NotUnderstood("The body", "is not JSON.") from None
    if not isinstance(row, dict):
        raise NotUnderstood("The body", "is not a JSON object.")
    return row


def _refused(request: Request, errors: list[RowError]) -> HttpResponse:
    from staffroom.web.problems import problem

    told = [{"field": error.field or None, "code": error.code, "message": error.message} for error in errors]
    return problem(request._request, 422, detail="The student was not registered.", errors=told)


def _number(request: Request, name: str, least: int, most: int, default: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most):
        raise exceptions.ParseError(f"{name} must be a whole number from {least} to {most}.")
    return int(text)
