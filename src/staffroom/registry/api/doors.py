"""Who may ask the registry: service clients and registrars, by their tokens; and how refusals are told."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from staffroom.accounts import tokens, trail
from staffroom.accounts.models import Person
from staffroom.config import Instance
from staffroom.errors import StaffroomError
from staffroom.registry import clients
from staffroom.registry.access import may_work_with, states_for
from staffroom.registry.errors import (
    KeyReused,
    NotUnderstood,
    QueueFull,
    StudentErased,
    TooLarge,
    UnknownEncoding,
)
from staffroom.registry.fields import STATES
from staffroom.registry.models import AccessToken, Client
from staffroom.registry.settings import RegistrySettings, registry_settings
from staffroom.web.problems import problem
from staffroom.web.request import SignedInRequest

STATUSES: dict[type[StaffroomError], int] = {
    NotUnderstood: 400,
    KeyReused: 409,
    TooLarge: 413,
    UnknownEncoding: 415,
    StudentErased: 422,
    QueueFull: 429,
}
SCHEMES = (b"bearer", b"token")


class RegistryAuthentication(BaseAuthentication):
    """``Authorization: Bearer …`` with a client's access token or a person's own token."""

    def authenticate(self, request: Request) -> tuple[Client | Person, AccessToken | None] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in SCHEMES:
            return None
        text = secret.strip().decode("latin-1")
        if text.startswith(tokens.PREFIX):
            token = tokens.holder(text)
            if token is not None and token.allows("read"):
                return token.person, None
        elif (found := clients.token_holder(text)) is not None:
            return found.client, found
        raise exceptions.AuthenticationFailed("This token is not good.")

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - required by the framework
        return 'Bearer error="invalid_token"'


class RegistrySchema(AutoSchema):
    """Where a body is described, it has to be sent."""

    def _get_request_body(self, direction: Direction = "request") -> dict[str, Any] | None:
        body: dict[str, Any] | None = super()._get_request_body(direction)  # type: ignore[no-untyped-call]  # it has no types
        return body and {**body, "required": True}


class RegistryView(APIView):
    """A resource of the registry: not there unless enabled, closed by default, every error a problem."""

    authentication_classes = [RegistryAuthentication]
    permission_classes = []
    renderer_classes = [JSONRenderer]
    parser_classes = []
    metadata_class = None
    schema = RegistrySchema()

    def dispatch(self, request: HttpRequest, *args: Any, **parts: Any) -> HttpResponseBase:
        self.settings_here = registry_settings(self.instance_of(request))
        if not self.settings_here.enabled:
            return problem(request, 404, detail="There is nothing here for you.")
        return super().dispatch(request, *args, **parts)

    def initial(self, request: Request, *args: Any, **parts: Any) -> None:
        super().initial(request, *args, **parts)
        if not isinstance(request.user, Client | Person):
            raise exceptions.NotAuthenticated("Send a token.")

    @staticmethod
    def instance_of(request: HttpRequest) -> Instance:
        return cast("SignedInRequest", request).instance

    @property
    def asker(self) -> Client | Person:
        return cast("Client | Person", self.request.user)

    @property
    def registry(self) -> RegistrySettings:
        return self.settings_here

    def get_exception_handler(self) -> Any:
        return as_problem

    def sender(self, state: str) -> Client:
        """The client that asks, if it may send students of ``state``. Raises Http404."""
        client, token = self.asker, self.request.auth
        if not isinstance(client, Client) or not may_work_with(client, state, self.registry):
            raise Http404
        if not isinstance(token, AccessToken) or not token.allows(clients.SEND):
            raise Http404
        return client

    def check_reader(self, state: str) -> None:
        """Raises Http404 unless whoever asks may read students of ``state``."""
        if state not in self.readable_states():
            raise Http404

    def readable_states(self) -> frozenset[str]:
        """The states whose students whoever asks may read, by role; for a client, those it works with."""
        asker, token = self.asker, self.request.auth
        if isinstance(asker, Person):
            return states_for(asker, self.registry)
        if not isinstance(token, AccessToken) or not token.allows(clients.READ):
            return frozenset()
        return frozenset(state for state in STATES if may_work_with(asker, state, self.registry))

    def note(self, what: str, state: str, ssids: list[str]) -> None:
        """Write into the audit trail whom the answer names, before it is given. Raises where that fails."""
        learners = [(f"registry/{state}", ssid) for ssid in ssids]
        asker = self.asker
        if isinstance(asker, Person):
            trail.record(asker, what, course_id="", learners=learners)
        else:
            trail.record_client(asker.name, what, learners=learners)


def as_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The problem+json of an error that is known; None lets an unknown one be a server error."""
    request: HttpRequest = context["request"]._request
    if isinstance(error, Http404 | PermissionDenied | exceptions.PermissionDenied | exceptions.NotFound):
        return problem(request, 404, detail="There is nothing here for you.")
    if isinstance(error, StaffroomError) and type(error) in STATUSES:
        response = problem(request, STATUSES[type(error)], detail=str(error))
        if isinstance(error, QueueFull):
            response["Retry-After"] = str(context["view"].registry.retry_after_seconds)
        return response
    if isinstance(error, DatabaseError):
        return _unwritten(request, context)
    if not isinstance(error, exceptions.APIException):
        return None
    response = problem(request, error.status_code, detail=str(error.detail))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    return response


def _unwritten(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The disk is full, or the database is away or held for too long: nothing was taken, later it may be."""
    response = problem(request, 503, detail="This cannot be written just now. Nothing was taken.")
    response["Retry-After"] = str(context["view"].registry.retry_after_seconds)
    return response
