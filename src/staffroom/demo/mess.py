"""What goes wrong with real logs, put into a day's lines, each with a tag that tells the truth.

Some lines stay events though they look odd; some are no events and become rejects; some are repeated.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sized

Alter = Callable[[bytes, random.Random], bytes]

LONG_LINE_BYTES = 200_000
REPEATED_SHARE = 0.004
ODD_SHARE = 0.002
BROKEN_SHARE = 0.0015

_USER_ID = re.compile(rb'"user_id": \d+')
_USERNAME = re.compile(rb'"username": "([^"]*)"')
_COURSE = re.compile(rb'"course_id": "([^"]+)"')
_TIME = re.compile(rb'"time": "([^"]*)"')


Tagged = tuple[bytes, str]
"""A line, and what a reader has to make of it: EVENT, REPEAT, or the reason for which it is set aside."""

EVENT, REPEAT = "event", "repeat"


def syslog(line: bytes, chance: random.Random) -> bytes:
    """A line that went through the system's logger, which wrote something in front of it."""
    return b"<134>1 - lms-2 tracking %d - - " % chance.randint(300, 9999) + line


def _no_user(line: bytes, chance: random.Random) -> bytes:
    return _USER_ID.sub(chance.choice((b'"user_id": null', b'"user_id": ""')), line, count=1)


def _user_id_as_text(line: bytes, _: random.Random) -> bytes:
    return _USER_ID.sub(lambda found: found[0].replace(b": ", b': "') + b'"', line, count=1)


def _line_end_in_username(line: bytes, _: random.Random) -> bytes:
    return _USERNAME.sub(rb'"username": "\1\\n"', line, count=1)


def _line_end_in_course(line: bytes, _: random.Random) -> bytes:
    return _COURSE.sub(rb'"course_id": "\1\\n"', line, count=1)


def _very_long(line: bytes, _: random.Random) -> bytes:
    return line.replace(b'"agent": "', b'"agent": "' + b"x" * LONG_LINE_BYTES, 1)


ODD: tuple[Alter, ...] = (syslog, _no_user, _user_id_as_text, _line_end_in_username, _line_end_in_course)
"""Lines that are still the events they were."""


def _truncated(line: bytes, chance: random.Random) -> bytes:
    return line[: chance.randint(40, len(line) - 40)]


def _garbage(_: bytes, chance: random.Random) -> bytes:
    return b"-- log service restarted, pid %d --" % chance.randint(300, 9999)


def _json_list(line: bytes, _: random.Random) -> bytes:
    return b"[" + line + b"]"


def _wrong_utf8(line: bytes, _: random.Random) -> bytes:
    return line.replace(b'"referer": "', b'"referer": "caf\xe9 ', 1)


def _no_time(line: bytes, _: random.Random) -> bytes:
    return _TIME.sub(b'"time": null', line, count=1)


def _impossible_time(line: bytes, _: random.Random) -> bytes:
    return re.sub(rb'"time": "([\d-]+)T\d\d:', rb'"time": "\1T24:', line, count=1)


def _blank(_: bytes, chance: random.Random) -> bytes:
    return chance.choice((b"", b"   "))


BROKEN: tuple[tuple[str, Alter], ...] = (
    ("not_json", _truncated),
    ("not_json", _garbage),
    ("not_an_object", _json_list),
    ("not_utf8", _wrong_utf8),
    ("no_time", _no_time),
    ("impossible_time", _impossible_time),
    ("blank", _blank),
)
"""What is no event, with the reason for which a reader has to set it aside."""


def alter(lines: list[bytes], chance: random.Random) -> None:
    """Make some lines odd, in place. Each stays one event."""
    for index in chance.sample(range(len(lines)), _some(lines, ODD_SHARE)):
        lines[index] = chance.choice(ODD)(lines[index], chance)
    if lines:
        index = chance.randrange(len(lines))
        lines[index] = _very_long(lines[index], chance)


def add_repeats(lines: list[Tagged], chance: random.Random) -> None:
    """Write some lines again further down, a few with a prefix: they stay the same event."""
    for _ in range(_some(lines, REPEATED_SHARE)):
        index = chance.randrange(len(lines))
        again = lines[index][0]
        if again.startswith(b"{") and chance.random() < 0.2:
            again = syslog(again, chance)
        lines.insert(min(len(lines), index + chance.randint(1, 40)), (again, REPEAT))


def add_broken(lines: list[Tagged], chance: random.Random) -> None:
    """Put lines between the others that are no events, each kind at least once."""
    models = [line for line, _ in lines if line.startswith(b"{")]
    kinds = [*BROKEN, *chance.choices(BROKEN, k=_some(lines, BROKEN_SHARE))] if models else []
    for reason, broken in kinds:
        lines.insert(chance.randrange(len(lines)), (broken(chance.choice(models), chance), reason))


def _some(lines: Sized, share: float) -> int:
    return round(len(lines) * share)
