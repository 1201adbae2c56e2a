"""Who may ask, how often, and how a refusal is told: tokens, sessions, throttling, problem+json."""

from __future__ import annotations

from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication, get_authorization_header
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView

from staffroom.accounts import tokens
from staffroom.accounts.models import Person, Token
from staffroom.config import Instance
from staffroom.courses.settings import CoursesSettings
from staffroom.metrics.store import Published
from staffroom.web.problems import problem
from staffroom.web.request import SignedInRequest

SCHEMES = (b"token", b"bearer")


class TokenAuthentication(BaseAuthentication):
    """``Authorization: Token …`` or ``Bearer …``; whatever is wrong with a token, the answer is the same."""

    def authenticate(self, request: Request) -> tuple[Person, Token] | None:
        scheme, _, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() not in SCHEMES:
            return None
        token = tokens.holder(secret.strip().decode("latin-1"))
        if token is None:
            raise exceptions.AuthenticationFailed("This token is not good.")
        return token.person, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - required by the framework
        return "Bearer"


class ReadingSession(SessionAuthentication):
    """Somebody signed in with a browser. A method that no resource answers is 405, CSRF token or not."""

    def enforce_csrf(self, request: Request) -> None:
        view: APIView = request.parser_context["view"]
        if (request.method or "").lower() in view.http_method_names:
            super().enforce_csrf(request)


class MayRead(BasePermission):
    """A signed-in person, or a token whose scope is to read."""

    def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - required by the framework
        if isinstance(request.auth, Token) and not request.auth.allows("read"):
            return False
        return isinstance(request.user, Person) and request.user.is_active


class PersonThrottle(SimpleRateThrottle):
    """So many requests a minute for each person, whatever tokens they use."""

    scope = "person"
    rate = "1/min"  # replaced at each request by the instance's setting

    def allow_request(self, request: Request, view: APIView) -> bool:
        instance: Instance = cast("SignedInRequest", request).instance
        self.num_requests = instance.section("courses", CoursesSettings).api_requests_a_minute
        return super().allow_request(request, view)

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002 - required by the framework
        return f"api-requests-{request.user.pk}"


class CsvRenderer(BaseRenderer):
    """Makes ``?format=csv`` and ``Accept: text/csv`` known; the text is written by ``rows``."""

    media_type = "text/csv"
    format = "csv"

    def render(self, data: Any, *_: Any) -> bytes:
        return str(data).encode()


class ApiView(APIView):
    """A resource of the API: read only, closed by default, every error a problem."""

    authentication_classes = [TokenAuthentication, ReadingSession]
    permission_classes = [MayRead]
    throttle_classes = [PersonThrottle]
    renderer_classes = [JSONRenderer]
    parser_classes = []
    metadata_class = None
    http_method_names = ["get", "head"]

    @property
    def published(self) -> Published:
        return cast("SignedInRequest", self.request).published

    @property
    def person(self) -> Person:
        return cast("Person", self.request.user)

    def get_exception_handler(self) -> Any:
        return as_problem


class Unusable(exceptions.APIException):
    """A parameter that cannot be used: 400, with the parameter and what it should be."""

    status_code = 400

    def __init__(self, parameter: str, expected: str) -> None:
        super().__init__(f"{parameter} must be {expected}.")


def as_problem(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The problem+json of an error that the API knows; None lets an unknown one be a server error."""
    request: HttpRequest = context["request"]._request
    if isinstance(error, Http404 | PermissionDenied | exceptions.PermissionDenied | exceptions.NotFound):
        return problem(request, 404, detail="There is nothing here for you.")
    if not isinstance(error, exceptions.APIException):
        return None
    response = problem(request, error.status_code, detail=str(error.detail))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response
