"""Whose rows may be read: every read of a metric names a scope, and there is no default.

A scope is made by an ``access`` module or by the command line, nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.events.keys import CourseKey


@dataclass(frozen=True, slots=True)
class Courses:
    """The rows of exactly these courses; an empty set reads nothing."""

    keys: frozenset[CourseKey]


@dataclass(frozen=True, slots=True)
class Learner:
    """The rows of one learner, in every course."""

    source: str
    learner_id: str


@dataclass(frozen=True, slots=True)
class Everything:
    """All rows: for administrators and the command line."""


Scope = Courses | Learner | Everything
