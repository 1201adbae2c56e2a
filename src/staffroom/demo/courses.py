"""The demo university's courses: outline, videos with their dull and hard passages, problems, usage keys."""

from __future__ import annotations

import hashlib
import random
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import resources
from typing import Any

UNIT_NAMES = {
    "en": ("Read this first", "Watch", "Watch closely, then try", "Check yourself"),
    "es": ("Lectura inicial", "Video", "Mire con atención y pruebe", "Compruebe lo aprendido"),
}
KINDS_BY_UNIT = (("html",), ("video", "html"), ("video", "problem"), ("problem", "problem"))
EXAM_KINDS = (("html",), ("problem", "problem", "problem"), ("problem", "problem"))
PART_NAMES = {
    "en": {"html": "Text", "problem": "Problem", "video": ("the film", "step by step")},
    "es": {"html": "Texto", "problem": "Problema", "video": ("la película", "paso a paso")},
}
"""Texts and problems are named for their subsection, videos for its first and second one."""


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a unit. ``key`` is its usage key, ``short`` the last part of it."""

    key: str
    short: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Video(Block):
    """``interest`` is the share of viewers who would see the end; ``hard`` a passage often replayed."""

    duration: int
    code: str
    interest: float
    hard: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Problem(Block):
    """``difficulty`` is the share of first answers that are wrong."""

    difficulty: float


@dataclass(frozen=True, slots=True)
class Unit:
    block: Block
    parts: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Subsection:
    block: Block
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Section:
    block: Block
    subsections: tuple[Subsection, ...]
    exam: bool


@dataclass(frozen=True, slots=True)
class Place:
    """A unit and the way to it; ``number`` counts from 0 in the course, ``position`` from 1 in its part."""

    number: int
    section: Section
    subsection: Subsection
    unit: Unit
    position: int


@dataclass(frozen=True)
class Course:
    key: str
    name: str
    language: str
    share: float
    learners: int | None
    pages: str
    structure: bool
    root: Block
    sections: tuple[Section, ...]

    @property
    def legacy(self) -> bool:
        return not self.key.startswith("course-v1:")

    @property
    def org(self) -> str:
        return self.key.removeprefix("course-v1:").replace("+", "/").split("/")[0]

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every unit in the order in which it is met."""
        ways = (
            (section, subsection, unit, position)
            for section in self.sections
            for subsection in section.subsections
            for position, unit in enumerate(subsection.units, start=1)
        )
        return tuple(Place(number, *way) for number, way in enumerate(ways))

    @cached_property
    def exam_starts(self) -> int:
        """The index in ``places`` of the first unit of the examination, or of no unit at all."""
        exams = (index for index, place in enumerate(self.places) if place.section.exam)
        return next(exams, len(self.places))


def demo_courses(seed: int) -> tuple[Course, ...]:
    """The courses of ``courses.toml`` with their blocks; the same seed gives the same blocks."""
    text = (resources.files("staffroom.demo") / "courses.toml").read_text("utf-8")
    return tuple(_Builder(outline, seed).course() for outline in tomllib.loads(text)["course"])


class _Builder:
    """Makes one course's blocks, in pre-order."""

    def __init__(self, outline: dict[str, Any], seed: int) -> None:
        self.outline = outline
        self.key: str = outline["key"]
        self.language: str = outline.get("language", "en")
        self.chance = random.Random(f"{seed} course {self.key}")  # noqa: S311 - a demo, not a secret
        self.made = 0

    def course(self) -> Course:
        outline = self.outline
        return Course(
            self.key,
            outline["name"],
            self.language,
            outline.get("share", 0.0),
            outline.get("learners"),
            outline["pages"],
            outline.get("structure", True),
            self._root(),
            tuple(self._section(section) for section in outline["section"]),
        )

    def _root(self) -> Block:
        if self.key.startswith("course-v1:"):
            key = f"{self.key.replace('course-v1:', 'block-v1:')}+type@course+block@course"
            return Block(key, "course", "course", self.outline["name"])
        org, number, run = self.key.split("/")
        return Block(f"i4x://{org}/{number}/course/{run}", run, "course", self.outline["name"])

    def _section(self, outline: dict[str, Any]) -> Section:
        block = Block(*self._identity("chapter"), "chapter", outline["name"])
        exam = bool(outline.get("exam"))
        names: list[str] = outline["subsections"]
        subsections = [self._subsection(name, exam=exam and last) for name, last in _marking_last(names)]
        return Section(block, tuple(subsections), exam)

    def _subsection(self, name: str, *, exam: bool) -> Subsection:
        block = Block(*self._identity("sequential"), "sequential", name)
        kinds = EXAM_KINDS if exam else KINDS_BY_UNIT[: self.chance.choice((3, 4, 4))]
        units = [self._unit(name, number, parts) for number, parts in enumerate(kinds)]
        return Subsection(block, tuple(units))

    def _unit(self, subsection: str, number: int, kinds: tuple[str, ...]) -> Unit:
        name = f"{subsection}: {UNIT_NAMES[self.language][number]}"
        block = Block(*self._identity("vertical"), "vertical", name)
        return Unit(block, tuple(self._part(kind, subsection, number) for kind in kinds))

    def _part(self, kind: str, subsection: str, number: int) -> Block:
        key, short = self._identity(kind)
        named = PART_NAMES[self.language][kind]
        if kind == "video":
            return self._video(key, short, f"{subsection}: {named[number - 1]}")
        name = f"{named}: {subsection}"
        if kind == "problem":
            return Problem(key, short, kind, name, difficulty=self.chance.uniform(0.1, 0.6))
        return Block(key, short, kind, name)

    def _video(self, key: str, short: str, name: str) -> Video:
        duration = self.chance.randint(150, 840)
        starts = self.chance.randint(duration // 4, duration * 3 // 4)
        hard = (starts, min(duration - 5, starts + self.chance.randint(15, 40)))
        code = "html5" if self.chance.random() < 0.3 else f"tw{short[:9]}"
        return Video(
            key,
            short,
            "video",
            name,
            duration,
            code,
            interest=self.chance.choice((0.35, 0.55, 0.7, 0.75, 0.85, 0.9)),
            hard=hard if self.chance.random() < 0.6 else None,
        )

    def _identity(self, kind: str) -> tuple[str, str]:
        """A usage key and its last part, from the order in which blocks are made."""
        self.made += 1
        short = hashlib.blake2b(f"{self.key} {self.made}".encode(), digest_size=16).hexdigest()
        if self.key.startswith("course-v1:"):
            return f"{self.key.replace('course-v1:', 'block-v1:')}+type@{kind}+block@{short}", short
        org, number, _ = self.key.split("/")
        return f"i4x://{org}/{number}/{kind}/{short}", short


def _marking_last(names: list[str]) -> Iterator[tuple[str, bool]]:
    for index, name in enumerate(names, start=1):
        yield name, index == len(names)
