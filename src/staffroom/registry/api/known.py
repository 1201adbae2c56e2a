"""The interface that older loaders know: the same addresses, the same answers, the same documents."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from staffroom.registry import batches
from staffroom.registry.api.resources import BatchStatus, OneStudent, StudentBatch
from staffroom.registry.receiving import Letter

SHOWN_EXCEPTIONS = 1000


class KnownBatch(StudentBatch):
    """A batch in the interface of older loaders: 202 with the address of its status."""

    def acknowledged(self, request: Request, letter: Letter) -> Response:
        address = request.build_absolute_uri(reverse("registry:known-status", args=[letter.key]))
        return Response(status=202, headers={"Location": address})


class KnownStatus(BatchStatus):
    """The status document that older loaders know, with up to a thousand students who were not taken."""

    def get(self, request: Request, batch: str) -> Response:  # noqa: ARG002 - required by the framework
        found = self.find(batch)
        notes = list(batches.notes_of(found)[:SHOWN_EXCEPTIONS])
        self.note("registry/status.json", found.state, [note.ssid for note in notes if note.ssid])
        return Response(batches.known_status(found, notes))


class KnownStudent(OneStudent):
    """One student, read or removed."""

    http_method_names = ["get", "head", "delete"]


class KnownUpsert(OneStudent):
    """One student, registered at once."""

    http_method_names = ["post"]

    def post(self, request: Request, state: str) -> HttpResponse:
        became, refusal = self.register(request, state, None)
        if became is None:
            assert refusal is not None
            return refusal
        (ssid,) = became.created | became.updated | became.unchanged | became.superseded
        address = request.build_absolute_uri(reverse("registry:known-student", args=[state, ssid]))
        return Response(status=201 if became.created else 204, headers={"Location": address})
