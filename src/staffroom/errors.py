"""The errors that everyone shares, drawn as a tree.

    StaffroomError
    ├── TransientError          trying again may help: a lock held, a disk full, a server away
    │   ├── StoreBusy           another run holds the store
    │   └── StoreFull           the disk has no room; what was published stays
    └── PermanentError          trying again gives the same: a person has to mend something
        ├── SettingsError       staffroom.toml or a secret is missing or wrong
        ├── DeliveryError       a delivered file as a whole cannot be used
        ├── UnknownName         a course, table, column or person that is not there
        └── StoreDamaged        the store's own files contradict each other

Each error names the place, what was found, what was expected, what happened to the data and the
next step; the same facts are attributes, so that pages and logs need not parse sentences.
"""

from __future__ import annotations


class StaffroomError(Exception):
    """An error told as facts; ``str()`` is the facts as sentences, without personal data."""

    def __init__(
        self,
        place: str,
        problem: str,
        *,
        happened: str = "",
        next_step: str = "",
    ) -> None:
        """``place`` is the file, setting or table; ``happened`` is what became of the data."""
        self.place = place
        self.problem = problem
        self.happened = happened
        self.next_step = next_step
        super().__init__(place, problem, happened, next_step)

    def __reduce__(self) -> tuple[object, ...]:
        """For errors of worker processes: made anew of the same facts."""
        return _again, (type(self), self.place, self.problem, self.happened, self.next_step)

    def __str__(self) -> str:
        sentences = [f"{self.place}: {self.problem}", self.happened, self.next_step]
        return " ".join(sentence for sentence in sentences if sentence)


def _again(
    kind: type[StaffroomError], place: str, problem: str, happened: str, next_step: str
) -> StaffroomError:
    return kind(place, problem, happened=happened, next_step=next_step)


class TransientError(StaffroomError):
    """Trying again may help."""


class StoreBusy(TransientError):
    """Another run holds the store's lock."""


class StoreFull(TransientError):
    """The disk has no room; readers still see the last published version."""


class PermanentError(StaffroomError):
    """Trying again gives the same result until somebody mends the cause."""


class SettingsError(PermanentError):
    """A setting or secret is missing, unknown or out of range."""


class DeliveryError(PermanentError):
    """A delivered file as a whole cannot be used."""


class UnknownName(PermanentError):
    """A course, table, column or person that is not there."""


class StoreDamaged(PermanentError):
    """The store's own files contradict each other."""
