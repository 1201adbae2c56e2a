"""The generated files: the same every time, and exactly what their manifest says."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from staffroom.demo.generate import generate
from staffroom.demo.university import University
from tests.demo.conftest import SMALL, Delivered

REASONS = {"blank", "cut", "impossible_time", "no_time", "not_an_object", "not_json", "not_utf8"}


def test_the_same_seed_gives_the_same_bytes(delivered: Delivered, tmp_path: Path) -> None:
    again = generate(
        University(SMALL.seed, SMALL.events, SMALL.last_day),
        tmp_path / "logs",
        tmp_path / "exports",
        processes=1,
    )
    assert digests(tmp_path / "logs") == digests(delivered.logs)
    assert digests(tmp_path / "exports") == digests(delivered.exports)
    assert again == delivered.manifest


def test_another_seed_gives_other_lines(delivered: Delivered, tmp_path: Path) -> None:
    other = generate(University(8, SMALL.events, SMALL.last_day), tmp_path / "logs", tmp_path / "exports")
    assert other.lines != delivered.manifest.lines


def test_the_size_is_about_what_was_asked_for(delivered: Delivered) -> None:
    assert 0.8 < delivered.manifest.events / SMALL.events < 1.2


def test_every_line_is_in_the_manifest(delivered: Delivered) -> None:
    for file in delivered.manifest.files:
        lines = list(raw_lines(delivered.logs / file.name))
        assert (file.name, len(lines)) == (file.name, file.lines)
        assert file.lines == file.events + file.repeats + sum(file.rejects.values())


def test_the_manifest_counts_different_events_and_rejects_as_a_plain_reader_does(
    delivered: Delivered,
) -> None:
    seen: set[str] = set()
    reasons: Counter[str] = Counter()
    for file in delivered.manifest.read:
        for line in raw_lines(delivered.logs / file.name):
            found = read_plainly(line)
            if found.startswith("{"):
                seen.add(found)
            else:
                reasons[found] += 1
    rejects = Counter(delivered.manifest.rejects)
    rejects["not_json"] += rejects.pop("cut", 0)
    assert len(seen) == delivered.manifest.events
    assert reasons == rejects


def test_every_kind_of_mess_is_there(delivered: Delivered) -> None:
    assert set(delivered.manifest.rejects) == REASONS
    assert delivered.manifest.repeats > 0
    assert [file.same_as for file in delivered.manifest.files if file.same_as] == ["tracking.log-20260916.gz"]


def test_the_file_that_came_twice_has_the_same_bytes(delivered: Delivered) -> None:
    twice = next(file for file in delivered.manifest.files if file.same_as)
    assert twice.same_as is not None
    assert (delivered.logs / twice.name).read_bytes() == (delivered.logs / twice.same_as).read_bytes()


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def raw_lines(path: Path) -> Iterator[bytes]:
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = zlib.decompressobj(wbits=31).decompress(data)
    lines = data.split(b"\n")
    yield from lines if lines[-1] else lines[:-1]


def read_plainly(line: bytes) -> str:
    """The event as canonical JSON, or the reason why there is none: slow, short, and unlike our reader."""
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return "not_utf8"
    if not text.strip():
        return "blank"
    event = parsed(text)
    if event is None:
        return "not_json"
    if not isinstance(event, dict):
        return "not_an_object"
    if not event.get("time"):
        return "no_time"
    if "T24:" in event["time"]:
        return "impossible_time"
    return json.dumps(event, sort_keys=True)


def parsed(text: str) -> object:
    try:
        found: object = json.loads(text)
    except ValueError:
        inner = re.fullmatch(r".*?(\{.*\})\s*", text)
        if inner is None or inner[1] == text:
            return None
        return parsed(inner[1])
    return found
