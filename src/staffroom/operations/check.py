"""``staffroom check``: what is wrong with an instance, in plain words, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from staffroom.config import Instance, load_instance
from staffroom.errors import StaffroomError


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: where it is, what is the case, how to mend it. Only what ``is_wrong`` fails the check."""

    place: str
    problem: str
    mend: str = ""
    is_wrong: bool = True

    def sentence(self) -> str:
        mark = "wrong" if self.is_wrong else "note"
        return " ".join(part for part in (f"{mark}: {self.place}: {self.problem}", self.mend) if part)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, error: StaffroomError) -> Finding:
        return cls(error.place, error.problem, error.next_step)


def check_instance(root: Path, *, connect: bool = False) -> list[Finding]:
    """Everything that was found, in the order in which one would mend it.

    What stands in the files is looked at first; databases only where the settings allow to open them; the
    sources' servers only with ``connect``.
    """
    try:
        instance = load_instance(root)
    except StaffroomError as error:
        return [Finding.of(error)]
    found = findings_of(instance)
    if connect:
        from staffroom.operations.check_servers import servers

        found += servers(instance)
    return found


def findings_of(instance: Instance) -> list[Finding]:
    """What is found about an instance whose settings could be read."""
    from staffroom.operations import check_files

    said = [finding for look in check_files.SAID for finding in look(instance)]
    found = [finding for look in check_files.FOUND for finding in look(instance)]
    asked = [] if said else _of_databases(instance)
    return list(dict.fromkeys((*said, *found, *asked)))  # two looks may stumble over the same thing


def _of_databases(instance: Instance) -> Iterator[Finding]:
    """Databases that are whole are asked more; of others it is said how to make them whole."""
    from staffroom.accounts.start import start_site

    try:
        start_site(instance)
    except StaffroomError as error:
        yield Finding.of(error)
        return
    from staffroom.operations import check_databases

    broken = list(check_databases.databases(instance))
    yield from broken
    for look in () if broken else check_databases.LOOKS:
        yield from look(instance)
