"""A registration API as a process of its own: it keeps what it takes, and misbehaves as it is told.

Run as a script it prints its port; it ends when its standard input does.
``/wishes`` says how it behaves, ``/taken`` what it has.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import sys
import threading
import time
from typing import Any

from aiohttp import web

DATE = re.compile(r"(\d{4}-\d{2}-\d{2})?")


class Api:
    """``wishes`` are shares of answers that go wrong, or words that name a behaviour."""

    def __init__(self) -> None:
        self.wishes: dict[str, Any] = {}
        self.random = random.Random(20171005)
        self.by_key: dict[str, list[dict[str, Any]]] = {}
        self.order: list[str] = []
        self.removed: list[dict[str, Any]] = []
        self.met: dict[str, int] = {}
        self.tokens: dict[str, float] = {}
        self.polled: dict[str, int] = {}
        self.in_flight = self.most_in_flight = 0

    def note(self, what: str) -> None:
        self.met[what] = self.met.get(what, 0) + 1

    async def token(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        self.note(f"token {form['grant_type']!s}")
        if self.wishes.get("token") == "refused":
            return web.json_response({"error": "invalid_client"}, status=400)
        if self.wishes.get("token") == "page":
            return web.Response(text="<html>Sign in</html>", content_type="text/html")
        if form.get("password", form.get("client_secret")) != "opensesame":
            return web.json_response({"error": "invalid_grant"}, status=400)
        text = f"token-{len(self.tokens)}"
        self.tokens[text] = time.monotonic() + float(self.wishes.get("token_seconds", 3600))
        told = self.wishes.get("token_told_seconds", self.wishes.get("token_seconds", 3600))
        return web.json_response({"access_token": text, "expires_in": told})

    async def batch(self, request: web.Request) -> web.StreamResponse:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await self._batch(request)
        finally:
            self.in_flight -= 1

    async def _batch(self, request: web.Request) -> web.StreamResponse:
        self.note("requests")
        body = await request.read()
        await asyncio.sleep(float(self.wishes.get("slow_seconds", 0)))
        if answer := self._misbehave(request):
            return answer
        if len(body) > self.wishes.get("largest", 1 << 30):
            return web.Response(status=413)
        rows, key = json.loads(body), request.headers["Idempotency-Key"]
        if request.method == "DELETE":
            self.removed += rows
            return web.Response(status=202)
        if bad := self._bad(rows):
            return web.json_response(bad, status=400)
        if key in self.by_key:
            self.note("replays")
            if self.by_key[key] != rows:
                return web.Response(status=409)
        else:
            self.by_key[key] = rows
            self.order.append(key)
        if self.random.random() < self.wishes.get("lost_ack", 0):
            self.note("lost acks")
            assert request.transport is not None
            request.transport.abort()
        location = {} if self.wishes.get("location") == "none" else {"Location": f"/status/{key}"}
        return web.Response(status=202, headers=location)

    def _misbehave(self, request: web.Request) -> web.StreamResponse | None:
        if "tokens" in self.wishes:
            text = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if self.wishes["tokens"] == "none good" or self.tokens.get(text, 0) < time.monotonic():
                self.note("401")
                return web.Response(status=401)
        behaviour = self.wishes.get("answer")
        if behaviour == "page":
            return web.Response(text="<!DOCTYPE html><title>Maintenance</title>", content_type="text/html")
        if behaviour == "redirect":
            return web.Response(status=302, headers={"Location": "/sign-in"})
        if behaviour == "reset":
            self._reset(request)
        if isinstance(behaviour, int):
            return web.Response(status=behaviour)
        chance = self.random.random()
        for status in (429, 503):
            if chance < self.wishes.get(str(status), 0):
                self.note(str(status))
                return web.Response(status=status, headers={"Retry-After": self.wishes.get("after", "0")})
            chance -= self.wishes.get(str(status), 0)
        if chance < self.wishes.get("reset", 0):
            self.note("resets")
            self._reset(request)
        return None

    def _reset(self, request: web.Request) -> None:
        assert request.transport is not None
        request.transport.abort()

    def _bad(self, rows: list[dict[str, Any]]) -> dict[str, Any] | None:
        """A date that is none makes the whole request fail; ``named`` says whether the rows are named."""
        wish = self.wishes.get("dates")
        if wish is None:
            return None
        bad = [place for place, row in enumerate(rows) if not DATE.fullmatch(row["birthDate"])]
        if not bad:
            return None
        if wish == "named":
            return {"errors": [{"index": place, "message": "birthDate: not a date"} for place in bad]}
        return {"detail": "A value cannot be parsed."}

    async def status(self, request: web.Request) -> web.StreamResponse:
        key = request.match_info["key"]
        self.polled[key] = self.polled.get(key, 0) + 1
        rows = self.by_key[key]
        kind = self.wishes.get("status", "own")
        if kind == "missing":
            return web.Response(status=404)
        done = kind != "endless" and self.polled[key] > 1
        bad = [(place, row) for place, row in enumerate(rows, 1) if row["sex"] not in ("Male", "Female")]
        if kind in ("known", "endless"):
            return web.json_response(
                {
                    "numSubmitted": len(rows),
                    "numProcessed": len(rows) if done else 0,
                    "exceptions": [
                        {"ssid": row["ssid"], "errorMessage": "sex: unknown"} for _, row in bad if done
                    ],
                }
            )
        counts = {"created": len(rows) - len(bad), "rejected": len(bad)}
        errors = f"http://{request.host}/status/{key}/errors"
        return web.json_response({"final": done, "standing": "done", **counts, "errors": errors})

    async def errors(self, request: web.Request) -> web.StreamResponse:
        rows = self.by_key[request.match_info["key"]]
        bad = [
            {"row": place, "ssid": row["ssid"], "field": "sex", "code": "unknown", "message": "not known"}
            for place, row in enumerate(rows, 1)
            if row["sex"] not in ("Male", "Female")
        ]
        offset = int(request.query.get("offset", 0))
        more = f"?offset={offset + 1}" if offset + 1 < len(bad) else None
        return web.json_response({"results": bad[offset : offset + 1], "next": more})

    async def wish(self, request: web.Request) -> web.StreamResponse:
        self.wishes = await request.json()
        return web.Response()

    async def reset(self, request: web.Request) -> web.StreamResponse:
        """As if it had just been started."""
        self.__init__()  # type: ignore[misc]
        return web.Response()

    async def count(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(len(self.order))

    async def taken(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(
            {
                "batches": [self.by_key[key] for key in self.order],
                "removed": self.removed,
                "met": {**self.met, "most in flight": self.most_in_flight},
            }
        )


async def serve() -> None:
    api = Api()
    app = web.Application(client_max_size=1 << 30)
    app.router.add_post("/token", api.token)
    app.router.add_route("POST", "/batch", api.batch)
    app.router.add_route("DELETE", "/batch", api.batch)
    app.router.add_get("/status/{key}", api.status)
    app.router.add_get("/status/{key}/errors", api.errors)
    app.router.add_post("/wishes", api.wish)
    app.router.add_post("/reset", api.reset)
    app.router.add_get("/taken", api.taken)
    app.router.add_get("/count", api.count)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


def _end_with_who_started_us() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_who_started_us, daemon=True).start()
    asyncio.run(serve())
