"""What happens to every request before and after its page."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from staffroom.metrics.store import Published, open_published
from staffroom.web.logs import REQUEST_ID
from staffroom.web.problems import problem, wants_problem
from staffroom.web.request import SignedInRequest

Answer = Callable[[HttpRequest], HttpResponseBase]
Middleware = Callable[[Answer], Answer]

SECONDS_BETWEEN_TOUCHES = 60
_log = logging.getLogger("staffroom.request")


def identify_request(answer: Answer) -> Answer:
    """Give each request an id, for its log lines, its answer and the operators' mail; log it by its route."""

    def identified(request: HttpRequest) -> HttpResponseBase:
        token = REQUEST_ID.set(uuid.uuid4().hex)
        started = time.perf_counter()
        cast(SignedInRequest, request).id = REQUEST_ID.get()
        try:
            response = answer(request)
            response.headers["X-Request-ID"] = REQUEST_ID.get()
            match = request.resolver_match
            facts = {
                "method": request.method,
                "route": match.route if match else None,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - started) * 1000, 1),
            }
            _log.info("request", extra=facts)
            return response
        finally:
            REQUEST_ID.reset(token)

    return identified


def trust_proxies(answer: Answer) -> Answer:
    """The asker's address as the last of ``[site] proxies`` trusted proxies saw it."""

    def trusting(request: HttpRequest) -> HttpResponseBase:
        proxies = settings.SITE.proxies
        seen = [
            part.strip() for part in request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        if proxies and len(seen) >= proxies and _is_address(seen[-proxies]):
            request.META["REMOTE_ADDR"] = seen[-proxies]
        return answer(request)

    return trusting


def _is_address(text: str) -> bool:
    """Some proxies write names or ports, which what remembers addresses could not keep."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def slide_session(answer: Answer) -> Answer:
    """A session lives on with each request; it is written at most once a minute.

    That of somebody who is no longer active ends, so that it is not there when they are active again.
    """

    def sliding(request: HttpRequest) -> HttpResponseBase:
        session = request.session
        if SESSION_KEY in session and not request.user.is_authenticated:
            session.flush()
        now = int(time.time())
        if not session.is_empty() and now - session.get("touched", 0) >= SECONDS_BETWEEN_TOUCHES:
            session["touched"] = now
        return answer(request)

    return sliding


def speak_language(answer: Answer) -> Answer:
    """The person's own language, where they chose one, before the browser's."""

    def speaking(request: HttpRequest) -> HttpResponseBase:
        chosen = getattr(request.user, "language", "") if request.user.is_authenticated else ""
        if chosen and translation.check_for_language(chosen):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        return answer(request)

    return speaking


class SignedInOnly(LoginRequiredMiddleware):
    """Every page needs a signed-in person unless it says otherwise; who reads JSON is told in JSON."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        if refusal is not None and wants_problem(request):
            return problem(request, 401, detail="Sign in, or send a token.")
        return refusal


def open_store(answer: Answer) -> Answer:
    """``request.instance`` and ``request.published``: one version of all tables for the whole request."""

    def opened(request: HttpRequest) -> HttpResponseBase:
        ours = cast(SignedInRequest, request)
        ours.instance = settings.INSTANCE
        ours.published = cast(Published, SimpleLazyObject(lambda: open_published(settings.INSTANCE.store)))
        return answer(request)

    return opened


def keep_private(answer: Answer) -> Answer:
    """Nothing that a person sees is kept by browsers or proxies, unless the page says so itself."""

    def private(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return private
