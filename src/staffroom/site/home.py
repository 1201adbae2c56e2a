"""The home page: the courses of the person who signed in."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from urllib.parse import quote

from django.urls import NoReverseMatch, reverse

from staffroom.courses.access import courses_for
from staffroom.courses.courses import CourseLine, course_list
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.metrics.scope import Everything
from staffroom.web.empty import Cause, Empty
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Row, Table
from staffroom.web.words import say, say_count

COLUMNS = (
    Column("name", msg("Course"), Kind.TEXT),
    Column("key", msg("Key"), Kind.COURSE),
    Column("enrolled", msg("Learners"), Kind.COUNT, help=msg("Learners enrolled now.")),
    Column(
        "active_last_week",
        msg("Active last week"),
        Kind.COUNT,
        help=msg("Learners who did something in the last complete week."),
    ),
    Column("weeks", msg("Weeks"), Kind.COUNT, help=msg("Active learners in each of the last weeks.")),
)

ANSWER = plural("You see {count} course.", "You see {count} courses.")
ANSWER_FOUND = plural("{count} course matches “{words}”.", "{count} courses match “{words}”.")
"""E"""
