"""States, tasks and kinds in the reader's language."""

from __future__ import annotations

from staffroom.metrics.declaration import msg
from staffroom.web.words import say

STATES = {
    "queued": msg("waiting"),
    "running": msg("running"),
    "stopping": msg("stopping"),
    "done": msg("done"),
    "done_with_skips": msg("done, rows skipped"),
    "failed": msg("failed"),
    "lost": msg("lost with its worker"),
    "stopped": msg("stopped"),
}

STANDINGS = {
    "queued": msg("It waits for a worker."),
    "running": msg("It is running."),
    "stopping": msg("It was asked to stop."),
    "done": msg("It is done."),
    "done_with_skips": msg("It is done; some rows were set aside."),
    "failed": msg("It failed."),
    "lost": msg("It was lost: its worker went silent."),
    "stopped": msg("It was stopped."),
}
"""How a run stands, as a sentence."""

TASKS = {
    "nightly": msg("Nightly run"),
    "events ingest": msg("Take in deliveries"),
    "metrics compute": msg("Compute tables"),
    "loader run": msg("Send students"),
    "loader check": msg("Test the loader's connections"),
    "registry drain": msg("Drain student batches"),
    "students import": msg("Import students"),
    "students approve": msg("Apply a held import"),
}

DELIVERY_STATES = {
    "taken": msg("taken"),
    "truncated": msg("cut short"),
    "empty": msg("empty"),
    "damaged": msg("damaged"),
    "unreadable": msg("unreadable"),
}

KINDS = {"log": msg("logs"), "export": msg("exports")}
"""Of deliveries."""

ROLES = {"staff": msg("staff"), "instructor": msg("instructor"), "researcher": msg("researcher")}

REASONS = {
    "blank": msg("a blank line"),
    "not_json": msg("not JSON"),
    "not_an_object": msg("JSON, but not an object"),
    "not_utf8": msg("not UTF-8"),
    "no_time": msg("no time"),
    "impossible_time": msg("a time that cannot be"),
    "too_long": msg("too long"),
    "cut": msg("cut off at the end of the file"),
}


def say_state(state: str) -> str:
    return say(STATES.get(state, state))


def say_standing(state: str) -> str:
    return say(STANDINGS.get(state, state))


def say_task(name: str) -> str:
    return say(TASKS.get(name, name))


def say_delivery_state(state: str) -> str:
    return say(DELIVERY_STATES.get(state, state))


def say_kind(kind: str) -> str:
    return say(KINDS.get(kind, kind))


def say_role(role: str) -> str:
    return say(ROLES.get(role, role))


def say_reason(reason: str) -> str:
    return say(REASONS.get(reason, reason))
