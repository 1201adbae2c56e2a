"""A request's body, however it comes: with its length or in chunks, plain or gzip."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from rest_framework import exceptions

from staffroom.registry.bodies import Taken, take_in
from staffroom.registry.errors import NotUnderstood, TooLarge
from staffroom.registry.models import Batch, Client, Kind
from staffroom.registry.receiving import Letter, acknowledge, check_room
from staffroom.registry.settings import MEGABYTE, RegistrySettings

LONGEST_KEY = 200


def receive(
    request: HttpRequest, client: Client, state: str, kind: Kind, settings: RegistrySettings
) -> Letter:
    """Take a batch in; returns once it is on the disk."""
    check_room(settings)
    key = idempotency_key(request)
    return acknowledge(Letter(client.pk, state, kind, body_of(request, settings), key))


def body_of(request: HttpRequest, settings: RegistrySettings) -> Taken:
    """The body within the limits. Raises NotUnderstood, TooLarge, UnknownEncoding."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdigit() and int(announced) > settings.body_mb * MEGABYTE:
        raise TooLarge("The body", f"is larger than {settings.body_mb} MB.")
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    try:
        return take_in(_reader(request), encoding, settings)
    except OSError:  # the sender has gone
        raise NotUnderstood("The body", "is cut off.") from None


def _reader(request: HttpRequest) -> Callable[[int], bytes]:
    if request.headers.get("Transfer-Encoding", "").lower() == "chunked":
        read: Callable[[int], bytes] = request.META[
            "wsgi.input"
        ].read  # its length is known to the server alone
        return read
    return request.read


def idempotency_key(request: HttpRequest) -> str | None:
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY or not key.isprintable():
        raise exceptions.ValidationError("Idempotency-Key has to be up to 200 printable characters.")
    return key or None


def own_batch(batch: Batch | None) -> Batch:
    """Raises Http404 where there is none."""
    from django.http import Http404

    if batch is None:
        raise Http404
    return batch
