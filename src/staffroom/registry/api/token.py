"""Where a service client gets its access token."""

from __future__ import annotations

from typing import cast

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from staffroom.registry.oauth import token_endpoint
from staffroom.registry.settings import registry_settings
from staffroom.web.problems import problem
from staffroom.web.request import SignedInRequest

LONGEST = 16 * 1024
TOLD = ("Cache-Control", "Pragma", "WWW-Authenticate")


class AccessTokens(APIView):
    """An access token for a service client, by its password or its own secret (OAuth2)."""

    authentication_classes = []
    permission_classes = []
    parser_classes = []
    renderer_classes = [JSONRenderer]
    metadata_class = None
    http_method_names = ["post"]

    def post(self, request: Request) -> HttpResponse:
        settings = registry_settings(cast("SignedInRequest", request).instance)
        if not settings.enabled:
            return problem(request._request, 404, detail="There is nothing here for you.")
        asked = request._request
        body = asked.read(LONGEST).decode("utf-8", "replace")
        headers = {"Content-Type": asked.headers.get("Content-Type", "")}
        if "Authorization" in asked.headers:
            headers["Authorization"] = asked.headers["Authorization"]
        # Older loaders name a realm in the address; it means nothing here, and oauthlib would refuse it.
        address = asked.build_absolute_uri(asked.path)
        told, text, status = token_endpoint(settings).create_token_response(address, "POST", body, headers)
        response = HttpResponse(text, status=status, content_type="application/json")
        for name in TOLD:
            if name in told:
                response[name] = told[name]
        return response
