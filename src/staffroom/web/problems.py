"""Errors of the API and of JSON faces as RFC 9457 ``application/problem+json``."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

PROGRAMS = ("/api/", "/rest/", "/auth/")
"""Where addresses begin that only programs ask; older loaders know the last two."""
CONTENT_TYPE = "application/problem+json"


def problem(
    request: HttpRequest, status: int, *, detail: str = "", title: str = "", **members: Any
) -> JsonResponse:
    """A problem answer. ``title`` is constant for a status; ``detail`` may not hold personal data."""
    body = {
        "type": "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        **({"detail": detail} if detail else {}),
        "instance": request.path,
        "request_id": getattr(request, "id", ""),
        **members,
    }
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)


def wants_problem(request: HttpRequest) -> bool:
    """True where the asker reads JSON rather than a page."""
    return request.path.startswith(PROGRAMS) or request.path.endswith(".json")
