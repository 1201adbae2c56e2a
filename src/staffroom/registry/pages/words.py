"""Standings, outcomes and faults in the reader's language."""

from __future__ import annotations

from staffroom.metrics.declaration import msg
from staffroom.web.words import say

STANDINGS = {
    "queued": msg("waiting"),
    "draining": msg("being written"),
    "done": msg("done"),
    "failed": msg("unreadable"),
}

KINDS = {"upsert": msg("Students"), "remove": msg("Removals")}

OUTCOMES = {
    "created": msg("Registered for the first time"),
    "updated": msg("Changed"),
    "unchanged": msg("The same as before"),
    "removed": msg("Removed"),
    "held": msg("Set aside until their school is known"),
    "superseded": msg("Overtaken by a later row or batch"),
    "rejected": msg("Refused"),
}
"""What may become of a row of a batch, in the order of the page."""

FAULTS = {
    "bad_code": msg("not an id of letters and digits"),
    "bad_date": msg("not a day that there is, as yyyy-MM-dd"),
    "bad_disability": msg("not the code of a disability"),
    "bad_grade": msg("not a grade"),
    "bad_language": msg("not a language code"),
    "bad_level": msg("not a level"),
    "bad_name": msg("too long, or not in Latin letters"),
    "bad_program": msg("not the name of a programme"),
    "bad_sex": msg("neither Male nor Female"),
    "bad_state": msg("not the code of a state"),
    "duplicate": msg("the same student stands in a later row"),
    "erased": msg("the student was erased here"),
    "not_an_object": msg("not a JSON object"),
    "not_json": msg("not JSON"),
    "not_registered": msg("there is no such student"),
    "required": msg("empty, though it is required"),
    "unknown_district": msg("a district that is not known"),
    "unknown_field": msg("a field that there is not"),
    "unknown_institution": msg("a school that is not known"),
    "wrong_district": msg("not the district of the school"),
    "wrong_state": msg("another state than the batch's"),
    "wrong_type": msg("of the wrong type"),
}
"""What a row's code means; CSV and JSON hold the code."""


def say_standing(standing: str) -> str:
    return say(STANDINGS.get(standing, standing))


def say_kind(kind: str) -> str:
    return say(KINDS.get(kind, kind))


def say_fault(code: str) -> str:
    return say(FAULTS.get(code, code))
