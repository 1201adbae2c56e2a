"""The token endpoint: a service client's credentials become a short-lived token (RFC 6749, by oauthlib)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from oauthlib.common import Request
from oauthlib.oauth2 import (
    BearerToken,
    ClientCredentialsGrant,
    RequestValidator,
    ResourceOwnerPasswordCredentialsGrant,
    TokenEndpoint,
)

from staffroom.registry.clients import has_password, keep_token, with_secret
from staffroom.registry.models import Client
from staffroom.registry.settings import RegistrySettings

GRANTS = ("password", "client_credentials")


def token_endpoint(settings: RegistrySettings) -> TokenEndpoint:
    """The endpoint with both grants; there are no refresh tokens, for a client can ask again."""
    validator = _Validator(settings.token_seconds)
    return TokenEndpoint(
        default_grant_type="client_credentials",
        default_token_type=BearerToken(validator, expires_in=settings.token_seconds),
        grant_types={
            "password": ResourceOwnerPasswordCredentialsGrant(validator, refresh_token=False),
            "client_credentials": ClientCredentialsGrant(validator),
        },
    )


class _Validator(RequestValidator):  # type: ignore[misc]  # oauthlib has no annotations
    """Answers oauthlib's questions. A client names itself in the form or by HTTP Basic."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self._seconds = seconds

    def client_authentication_required(self, request: Request, *_: Any, **__: Any) -> bool:  # noqa: ARG002 - oauthlib's
        return True

    def authenticate_client(self, request: Request, *_: Any, **__: Any) -> bool:
        client_id, secret = _credentials(request)
        client = with_secret(client_id, secret)
        if client is None or (request.client_id and request.client_id != client.client_id):
            return False
        request.client = client
        return True

    def validate_user(
        self, username: str, password: str, client: Client, request: Request, *_: Any, **__: Any
    ) -> bool:
        request.user = client
        return has_password(client, username, password)

    def validate_grant_type(
        self,
        client_id: str,  # noqa: ARG002 - oauthlib's
        grant_type: str,
        client: Client,  # noqa: ARG002 - oauthlib's
        request: Request,  # noqa: ARG002 - oauthlib's
        *_: Any,
        **__: Any,
    ) -> bool:
        return grant_type in GRANTS

    def get_default_scopes(self, client_id: str, request: Request, *_: Any, **__: Any) -> list[str]:  # noqa: ARG002 - oauthlib's
        return str(request.client.scopes).split()

    def validate_scopes(
        self,
        client_id: str,  # noqa: ARG002 - oauthlib's
        scopes: list[str],
        client: Client,
        request: Request,  # noqa: ARG002 - oauthlib's
        *_: Any,
        **__: Any,
    ) -> bool:
        return {*scopes} <= {*client.scopes.split()}

    def save_bearer_token(self, token: Mapping[str, Any], request: Request, *_: Any, **__: Any) -> None:
        keep_token(
            request.client, str(token["access_token"]), scopes=request.scopes or (), seconds=self._seconds
        )


def _credentials(request: Request) -> tuple[str, str]:
    """Id and secret, from the header Authorization or, where it holds none, from the form."""
    scheme, _, value = str(request.headers.get("Authorization", "")).partition(" ")
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            return "", ""
        client_id, _, secret = text.partition(":")
        return unquote_plus(client_id), unquote_plus(secret)
    return request.client_id or "", request.client_secret or ""
