"""Both ends are tried with their credentials, and what a run needs here; nothing is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from staffroom.config import Instance
from staffroom.errors import StaffroomError
from staffroom.intake.servers.running import run
from staffroom.loader.answers import Unauthorized, read_answer
from staffroom.loader.arriving import remote_file, today_at, way_to
from staffroom.loader.errors import ApiAway, TokenRefused
from staffroom.loader.mapping import load_mapping
from staffroom.loader.settings import LoaderSettings, check_api
from staffroom.loader.upload import open_client
from staffroom.tally import counted

Checked = tuple[str, str, bool]
"""What was tried, what it gave, and whether that is good."""


def checked(instance: Instance, settings: LoaderSettings) -> Iterator[Checked]:
    """Each part on its own: one that is bad does not keep the others from being tried."""
    tries: dict[str, Callable[[], str]] = {
        "mapping": lambda: _mapping(instance, settings),
        "file": lambda: _file(instance, settings),
        "token": lambda: _token(instance, settings),
        "api": lambda: _api(instance, settings),
    }
    for name, attempt in tries.items():
        try:
            yield name, attempt(), True
        except StaffroomError as error:
            yield name, str(error), False


def _mapping(instance: Instance, settings: LoaderSettings) -> str:
    mapping = load_mapping(settings.mapping, instance.root)
    return f"{mapping.name}, {len(mapping.columns)} columns become {len(mapping.fields)} fields."


def _file(instance: Instance, settings: LoaderSettings) -> str:
    if not settings.source:
        return "It is a local one; nothing is fetched."

    async def look() -> str:
        async with way_to(settings, instance) as line:
            file = await remote_file(line, settings, None, today_at(instance))
            return f"{file.path}, {counted(file.size, 'byte')}, of {file.modified_at:%Y-%m-%d %H:%M} UTC."

    return run(look())


def _token(instance: Instance, settings: LoaderSettings) -> str:
    check_api(settings.api)
    if settings.api.grant == "none":
        return "None is needed."

    async def ask() -> str:
        async with open_client(instance, settings.api) as client:
            await client.sign_in()
            return f"{settings.api.token_url} gives one."

    return run(ask())


def _api(instance: Instance, settings: LoaderSettings) -> str:
    """An address that takes batches answers a GET somehow: with 405 as a rule. A batch is never posted."""
    check_api(settings.api)
    url = settings.api.url

    async def ask() -> str:
        async with open_client(instance, settings.api) as client:
            reply = await client.get(url)
            if not reply.status:
                raise ApiAway(url, f"does not answer: {reply.why}.")
            if reply.status == 405 or reply.status == 400:
                return f"{url} answers."
            if isinstance(read_answer(url, reply.status, reply.headers, reply.body), Unauthorized):
                raise TokenRefused(url, "does not take our token.")
            return f"{url} answers ({reply.status})."

    return run(ask())
