"""The term's daily log files, written as an LMS's server delivers them: late, twice, cut, rotated."""

from __future__ import annotations

import random
import zlib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from isal import igzip

from staffroom.demo.manifest import FileTruth, truth_of
from staffroom.demo.mess import EVENT, REPEAT, Tagged, add_broken, add_repeats, alter
from staffroom.demo.university import University
from staffroom.demo.visits import Visit
from staffroom.demo.walks import visit_lines
from staffroom.tally import Progress

SPLIT_DAY, DOUBLED_DAY, CUT_DAY = 4, 8, 12
"""The days whose file was rotated at noon, came twice under two names, was cut off and sent again."""

CUT_AT = 0.55
RESENT_VISITS = 3
"""How many visits of a day the log shipper sends again with the next day."""
COMPRESSION = 2

_university: University


def write_logs(
    university: University, folder: Path, progress: Progress, *, processes: int = 2
) -> list[FileTruth]:
    """Write all daily files to ``folder``, several days at once; returns what each holds."""
    folder.mkdir(parents=True, exist_ok=True)
    days = university.term.delivery_days
    truths: list[FileTruth] = []
    with (
        ProcessPoolExecutor(processes, initializer=_adopt, initargs=(university,)) as pool,
        progress.step("Writing tracking logs", total=len(days), unit="days") as step,
    ):
        for written in pool.map(_deliver, range(len(days)), [folder] * len(days)):
            truths += written
            step.advance()
    return truths


def _adopt(university: University) -> None:
    """Keep the university in this process, so that it is not sent along with every day."""
    global _university
    _university = university


def _deliver(number: int, folder: Path) -> list[FileTruth]:
    day = _university.term.delivery_days[number]
    lines = day_lines(_university, day)
    name = f"tracking.log-{day:%Y%m%d}"
    if number == CUT_DAY:
        return _deliver_cut(folder, name, lines)
    if number == SPLIT_DAY:
        noon = len(lines) // 2
        first = _write(folder / f"{name}.gz", lines[:noon])
        return [first, _write(folder / f"{name}-1", lines[noon:])]
    truth = _write(folder / f"{name}.gz", lines)
    if number == DOUBLED_DAY:
        again = _write(folder / f"{name}-2.gz", lines)
        return [truth, replace(again, same_as=truth.name)]
    return [truth]


def day_lines(university: University, day: date) -> list[Tagged]:
    """The lines of one daily file, each with what a reader has to make of it."""
    chance = random.Random(f"{university.seed} delivery {day}")  # noqa: S311 - a demo, not a secret
    visits = university.visits_by_arrival.get(day, [])
    resent = _resent(university, day)
    own = list(university.changes_by_arrival.get(day, []))
    for visit in visits:
        if visit not in resent:
            own += visit_lines(university.seed, visit)
    own.sort()
    altered = [text.encode() for _, text in own]
    alter(altered, chance)
    timed = [(at, line, EVENT) for (at, _), line in zip(own, altered, strict=True)]
    timed += _timed(university, resent, EVENT)
    timed += _timed(university, _resent(university, day - timedelta(days=1)), REPEAT)
    timed.sort()
    lines = [(line, tag) for _, line, tag in timed]
    add_repeats(lines, chance)
    add_broken(lines, chance)
    return lines


def _resent(university: University, day: date) -> list[Visit]:
    """The visits of ``day`` that come again with the next file; their lines are the same both times."""
    visits = university.visits_by_arrival.get(day, [])
    chance = random.Random(f"{university.seed} resent {day}")  # noqa: S311 - a demo, not a secret
    return chance.sample(visits, min(RESENT_VISITS, len(visits)))


def _timed(university: University, visits: list[Visit], tag: str) -> Iterator[tuple[int, bytes, str]]:
    for visit in visits:
        for at, text in visit_lines(university.seed, visit):
            yield at, text.encode(), tag


def _deliver_cut(folder: Path, name: str, lines: list[Tagged]) -> list[FileTruth]:
    """A file whose transfer broke off, and the whole of it sent again under another name."""
    whole = _packed(lines)
    cut = whole[: int(len(whole) * CUT_AT)]
    (folder / f"{name}.gz").write_bytes(cut)
    read = zlib.decompressobj(wbits=31).decompress(cut)
    complete = read.count(b"\n")
    partial = [(b"", "cut")] if not read.endswith(b"\n") else []
    again = [(line, REPEAT if tag == EVENT else tag) for line, tag in lines[:complete]]
    (folder / f"{name}-1.gz").write_bytes(whole)
    return [
        truth_of(f"{name}.gz", lines[:complete] + partial),
        truth_of(f"{name}-1.gz", again + lines[complete:]),
    ]


def _write(path: Path, lines: list[Tagged]) -> FileTruth:
    data = _packed(lines) if path.suffix == ".gz" else _joined(lines)
    path.write_bytes(data)
    return truth_of(path.name, lines)


def _joined(lines: list[Tagged]) -> bytes:
    return b"".join(line + b"\n" for line, _ in lines)


def _packed(lines: list[Tagged]) -> bytes:
    packed: bytes = igzip.compress(_joined(lines), COMPRESSION, mtime=0)
    return packed
