"""A district for tests: its settings, the files that it delivers, and what its tables hold afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from staffroom.config import Instance
from staffroom.students.importing.results import ImportResult, SourceResult
from staffroom.students.importing.run import import_students
from staffroom.students.models import Student
from staffroom.tally import Silent

FIXTURES = Path(__file__).parent.parent / "fixtures"
NOW = datetime(2018, 3, 13, 11, 3, tzinfo=UTC)
"""The day on which all of this happens."""

SCHOOLS = {"HEA": "ESMS", "WSNS": "ESMS", "ESCS": "ESMS", "BRN": "ES", "SHS": "HS"}

STUDENTS = (
    "local_id,state_id,full_name,school_local_id,grade,enrollment_status,homeroom\n"
    '111111111,991111111,"Skywalker, Garfield",HEA,KF,Active,HEA 003\n'
    '333333333,993333333,"Rodriguez, Ryan",WSNS,8,Active,\n'
    '111222222,991222222,"Kenobi, Mari",SHS,9,Active,SHS 942\n'
    '2222222211,9922222211,"Solo, Amir",SHS,9,Active,\n'
    '2225555555,9925555555,"Ren, Kylo",SHS,12,Active,\n'
)
"""The five students whom every test knows."""


@dataclass
class District:
    """An instance with one folder of exports."""

    instance: Instance
    folder: Path
    files: list[dict[str, Any]] = field(default_factory=list)
    now: datetime = NOW

    def configure(self, **keys: Any) -> None:
        students = {**self.instance.sections["students"], **keys}
        self.instance = replace(self.instance, sections={**self.instance.sections, "students": students})

    def deliver(self, source: str, data: str | bytes, *, name: str = "", **keys: Any) -> Path:
        """Put a file where its source finds it; ``keys`` are those of its [[students.files]]."""
        name = name or f"{source}.csv"
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        others = [one for one in self.instance.sections["students"]["files"] if one["source"] != source]
        self.configure(files=[*others, {"source": source, "file": name, **keys}])
        return path

    def run(self, *sources: str, **options: Any) -> ImportResult:
        options.setdefault("now", self.now)
        return import_students(self.instance, Silent(), sources=sources, **options)

    def one(self, source: str, data: str | bytes | None = None, **options: Any) -> SourceResult:
        """Deliver (unless there is nothing new) and import one source; its result."""
        keys = {name: options.pop(name) for name in tuple(options) if name in FILE_KEYS}
        if data is not None:
            self.deliver(source, data, **keys)
        (result,) = self.run(source, **options).sources
        assert not result.problem or result.state in ("failed", "missing"), result.problem
        return result

    def populate(self) -> None:
        """The five students."""
        self.one("students", STUDENTS)
        assert Student.objects.count() == 5


FILE_KEYS = (
    "format",
    "name",
    "member",
    "unmarked",
    "date_formats",
    "unknown_students",
    "window_days",
    "encoding",
    "second_encoding",
    "delimiter",
)


def fixture(name: str) -> bytes:
    return (FIXTURES / name).read_bytes()


def facts(result: SourceResult) -> dict[str, Any]:
    """The counters of a result that are not zero, without those of rows."""
    tally = ("read", "kept", "repeated", "skipped")
    return {name: value for name, value in result.counters.as_dict().items() if name not in tally}


def table(model: Any, *fields: str, **chosen: Any) -> list[tuple[Any, ...]]:
    """What a table shows, sorted."""
    rows: Iterable[Mapping[str, Any]] = model.objects
    rows = rows.current() if hasattr(model.objects, "current") else model.objects.all()  # type: ignore[attr-defined]
    return sorted(rows.filter(**chosen).values_list(*fields))  # type: ignore[attr-defined]
