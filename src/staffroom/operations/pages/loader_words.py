"""What the loader says of rows and connections, in the reader's language."""

from __future__ import annotations

from staffroom.loader.settings import ApiSettings, is_in_the_open
from staffroom.metrics.declaration import msg
from staffroom.operations.loading import Sent
from staffroom.web import formats
from staffroom.web.words import say

PARTS = {
    "mapping": msg("mapping"),
    "file": msg("file"),
    "token": msg("token"),
    "api": msg("registration API"),
}

REASONS = {
    "fields": msg("more or fewer fields than the header"),
    "quote": msg("a quote that is not closed"),
    "encoding": msg("bytes that are no characters"),
    "too_long": msg("too long"),
    "refused": msg("refused by the API"),
    "erased": msg("the student was erased here"),
}

BECAME = {
    "created": msg("created there"),
    "updated": msg("updated there"),
    "unchanged": msg("unchanged there"),
    "removed": msg("removed there"),
    "held": msg("held back there"),
    "superseded": msg("superseded there"),
    "rejected": msg("rejected there"),
}

COMPLETE = msg("{file} is done: {rows} rows read, {taken} taken, {same} unchanged, {aside} set aside.")
INCOMPLETE = msg(
    "{file} is not complete: so far {rows} rows read, {taken} taken, {same} unchanged, {aside} set aside."
)
NOT_HTTPS = msg("{url} is not https: whoever is on the way can read what is sent.")
NOT_VERIFIED = msg(
    "Who answers is not verified: anybody between this machine and the API can read and change the students' "
    "data and take our token."
)


def say_part(part: str) -> str:
    return say(PARTS.get(part, part))


def say_reason_of_loader(reason: str) -> str:
    return say(REASONS.get(reason, reason))


def say_became(word: str) -> str:
    return say(BECAME.get(word, word))


def answer_of(sent: Sent) -> str:
    """A run in one sentence."""
    numbers = {"rows": "read", "taken": "taken", "same": "unchanged", "aside": "set_aside"}
    return say(
        COMPLETE if sent.has_ended else INCOMPLETE,
        file=sent.file,
        **{name: formats.count(sent.facts.get(fact, 0)) for name, fact in numbers.items()},
    )


def unsafe_notices(api: ApiSettings) -> tuple[str, ...]:
    """What an operator has to be told each time about a connection that is not safe."""
    plain = [say(NOT_HTTPS, url=url) for url in (api.url, api.token_url) if is_in_the_open(url)]
    return (*plain, *(() if api.verify_tls else (say(NOT_VERIFIED),)))
