"""Keeping a session alive, for the script that warns before it ends."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def session_alive(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view
    """204 to a signed-in person; asking is what keeps the session alive."""
    return HttpResponse(status=204)
