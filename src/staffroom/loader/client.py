"""Requests are repeated until the API has answered them: with patience, a fresh token, a steady pace."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

from staffroom.loader.answers import Answer, Later, Unauthorized, read_answer
from staffroom.loader.errors import ApiAway, TokenRefused
from staffroom.loader.http import Pieces, Reply, Wire, zipped
from staffroom.loader.pace import Pace
from staffroom.loader.settings import ApiSettings
from staffroom.loader.token import Token, Tokens
from staffroom.tally import counted

FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 60.0
TOKENS_TRIED = 3


@dataclass(slots=True)
class Met:
    """What the requests of a run met."""

    requests: int = 0
    retries: int = 0
    tokens_renewed: int = 0
    bytes_sent: int = 0


class Client:
    """The API, as long as a run lasts."""

    def __init__(self, settings: ApiSettings, wire: Wire, tokens: Tokens) -> None:
        self.settings, self._wire, self._tokens = settings, wire, tokens
        self.pace = Pace(settings.most_in_flight)
        self.met = Met()
        self._heard_at = time.monotonic()

    async def sign_in(self) -> None:
        """Fetch a token, as the first request would. Raises TokenRefused, SignInPage, ApiAway."""
        await self._tokens.current()

    async def send(self, pieces: Pieces, key: str, *, method: str = "POST") -> Answer:
        """Send a body until it is answered with anything but "later".

        Raises ApiAway, TokenRefused and what ``read_answer`` raises.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": key}
        if self.settings.compress:
            headers["Content-Encoding"] = "gzip"
        body = await zipped(pieces) if self.settings.compress else b"".join(pieces)
        attempt, unauthorized = 0, 0
        token = await self._tokens.current()
        while True:
            answer = await self._try(method, headers, body, token)
            if isinstance(answer, Unauthorized):
                unauthorized += 1
                token = await self._another_token(token, unauthorized)
            elif isinstance(answer, Later):
                await self._wait(answer, attempt)
                attempt += 1
                token = await self._tokens.current()
            else:
                return answer

    async def _try(self, method: str, headers: dict[str, str], body: bytes, token: Token | None) -> Answer:
        url = self.settings.url
        async with self.pace.turn():
            self.met.requests += 1
            self.met.bytes_sent += len(body)
            started = time.monotonic()
            reply = await self._wire.ask(method, url, _with(token, headers), body)
            answer = _read(url, reply)
            if isinstance(answer, Later):
                if answer.pressed:
                    self.pace.later(answer.wait_seconds or 0.0)
            else:
                self._heard_at = time.monotonic()
                self.pace.went_well(self._heard_at - started)
            return answer

    async def get(self, url: str) -> Reply:
        """Ask for a status once; with another token where the one that we have is too old."""
        token = await self._tokens.current()
        for unauthorized in range(1, TOKENS_TRIED + 1):
            reply = await self._wire.ask("GET", url, _with(token, {"Accept": "application/json"}))
            if reply.status != 401:
                return reply
            token = await self._another_token(token, unauthorized)
        raise AssertionError("the last token's refusal raises")

    async def _another_token(self, refused: Token | None, times: int) -> Token | None:
        if refused is None or times >= TOKENS_TRIED:
            raise TokenRefused(
                self.settings.url,
                f"takes none of our tokens (401, {times} times in a row).",
                happened="What was acknowledged before stays.",
                next_step="Check [loader.api]; then run it again: it goes on where it stopped.",
            )
        self.met.tokens_renewed += 1
        return await self._tokens.current(refused=refused)

    async def _wait(self, answer: Later, attempt: int) -> None:
        """Wait as long as the API asks for, else a random while that grows. Raises ApiAway."""
        silent = time.monotonic() - self._heard_at
        if silent > self.settings.give_up_minutes * 60:
            raise ApiAway(
                self.settings.url,
                f"has taken nothing for {counted(round(silent / 60), 'minute')} ({answer.why}).",
                happened="What was acknowledged before stays.",
                next_step="Run it again later: it goes on where it stopped.",
            )
        self.met.retries += 1
        longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempt, 16))
        jitter = random.uniform(0, longest)  # noqa: S311 - so that many senders do not come back together
        if answer.wait_seconds is None:
            await asyncio.sleep(jitter)
        else:
            most = self.settings.give_up_minutes * 60
            await asyncio.sleep(min(answer.wait_seconds, most) + jitter / 10)


def _read(url: str, reply: Reply) -> Answer:
    if not reply.status:
        return Later(None, reply.why)
    return read_answer(url, reply.status, reply.headers, reply.body)


def _with(token: Token | None, headers: dict[str, str]) -> dict[str, str]:
    return headers if token is None else {**headers, "Authorization": token.header}
