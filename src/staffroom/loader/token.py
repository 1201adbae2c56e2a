"""OAuth2 tokens: fetched, renewed before they expire and when the API no longer takes them; never printed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import aiohttp
import orjson

from staffroom.errors import TransientError
from staffroom.loader.errors import ApiAway, SignInPage, TokenRefused

RENEW_BEFORE_SECONDS = 30
DEFAULT_LIFE_SECONDS = 3600
"""Where the answer does not say how long a token lives."""

TRIES = 5


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """Where tokens are given, and the form that asks for one."""

    url: str
    form: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """``number`` counts the tokens of a run: who finds one refused says which one it was."""

    number: int
    text: str = field(repr=False)
    good_until: float

    @property
    def header(self) -> str:
        return f"Bearer {self.text}"


class Tokens:
    """The token of a run, shared by all its requests. Without a ``request`` there is none to send."""

    def __init__(self, request: TokenRequest | None, session: aiohttp.ClientSession) -> None:
        self._request, self._session = request, session
        self._lock = asyncio.Lock()
        self._token: Token | None = None

    async def current(self, *, refused: Token | None = None) -> Token | None:
        """The token to use now: another one than ``refused``, which the API has answered with 401."""
        if self._request is None:
            return None
        async with self._lock:
            token = self._token
            too_old = token is None or time.monotonic() > token.good_until
            if too_old or (refused is not None and token is not None and token.number == refused.number):
                self._token = await self._fetch(self._request, (token.number if token else 0) + 1)
            return self._token

    async def _fetch(self, request: TokenRequest, number: int) -> Token:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._ask(request, number)
            except (aiohttp.ClientError, TimeoutError, TransientError) as error:
                if attempt == TRIES:
                    raise ApiAway(
                        request.url,
                        f"gives no token ({type(error).__name__}), {TRIES} times in a row.",
                        next_step="Run it again when it answers: it goes on where it stopped.",
                    ) from error
                await asyncio.sleep(0.5 * 2**attempt)
        raise AssertionError("the last try returns or raises")

    async def _ask(self, request: TokenRequest, number: int) -> Token:
        asked_at = time.monotonic()
        form = dict(request.form)
        async with self._session.post(request.url, data=form, allow_redirects=False) as answer:
            body = await answer.content.read(1024 * 1024)
            if 300 <= answer.status < 400:
                raise SignInPage(request.url, "redirects instead of giving a token.", next_step=_CHECK)
            if answer.status == 429 or answer.status >= 500:
                raise TransientError(request.url, f"answers {answer.status}.")
            if answer.status != 200:
                raise TokenRefused(request.url, f"answers {answer.status}{_error(body)}.", next_step=_CHECK)
        return _token(request.url, body, number, asked_at)


_CHECK = "Check [loader.api] and its secrets; 'staffroom loader check' tries them."


def _token(url: str, body: bytes, number: int, asked_at: float) -> Token:
    try:
        said = orjson.loads(body)
        text = said["access_token"]
        life = float(said.get("expires_in") or DEFAULT_LIFE_SECONDS)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        raise TokenRefused(url, "answers with something else than a token.", next_step=_CHECK) from None
    if not isinstance(text, str) or not text.isascii() or not text.isprintable() or not text:
        raise TokenRefused(url, "answers with something else than a token.", next_step=_CHECK)
    early = min(RENEW_BEFORE_SECONDS, life / 5)
    return Token(number, text, asked_at + life - early)


def _error(body: bytes) -> str:
    """The error's short name in OAuth's own words; nothing else of the answer is repeated."""
    try:
        name = orjson.loads(body).get("error", "")
    except (orjson.JSONDecodeError, AttributeError):
        return ""
    return f" ({name})" if isinstance(name, str) and name.replace("_", "").isalpha() else ""
