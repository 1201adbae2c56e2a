"""What was added up from a published version, kept until the next: versions never change.

Kept results are handed out only after the access check of the page that asks. The first result of a newer
version drops all those of older ones; what nobody has asked for in a quarter of an hour goes, too.
"""

from __future__ import annotations

import functools
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Concatenate, Generic, ParamSpec, Protocol, TypeVar

from staffroom.events.keys import CourseKey

LARGEST = 200_000
"""So many rows of one function's results are kept, however few results hold them."""

IDLE_SECONDS = 900
"""Results go when nothing has been asked of their function for so long.

They hold rows about learners. A newer version drops them only in a process that is asked again; one that
stands idle, as all do at night, would hold somebody's rows for days after they were erased. Who reads pages
comes back within minutes, so nothing is lost in speed.
"""

Version = tuple[str, int]
"""The store and the number of its catalogue."""


class OfVersion(Protocol):
    """A course as one published version has it."""

    @property
    def key(self) -> CourseKey: ...
    @property
    def version(self) -> Version: ...


C = TypeVar("C", bound=OfVersion)
P = ParamSpec("P")
T = TypeVar("T")


def kept(*, results: int) -> Callable[[Callable[Concatenate[C, P], T]], Callable[Concatenate[C, P], T]]:
    """Remember the last ``results`` of a pure function of a course's tables and hashable options."""
    return lambda function: _remembering(function, results)


def _remembering(function: Callable[Concatenate[C, P], T], most: int) -> Callable[Concatenate[C, P], T]:
    results: _Results[T] = _Results(most)

    @functools.wraps(function)
    def remembering(course: C, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (course.key, args, tuple(sorted(kwargs.items())))
        found = results.find(course.version, key)
        if found is not None:
            return found[0]
        made = function(course, *args, **kwargs)
        results.keep(course.version, key, made)
        return made

    return remembering


class _Results(Generic[T]):
    """The results of one function for the newest version that was asked for, those last used at the end."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._version: Version = ("", 0)
        self._results: OrderedDict[Hashable, tuple[T]] = OrderedDict()
        self._size = 0
        self._asked_at = 0.0
        self._is_watched = False
        self._lock = threading.Lock()

    def find(self, version: Version, key: Hashable) -> tuple[T] | None:
        """The result in a tuple of one; None where there is none."""
        with self._lock:
            self._asked_at = time.monotonic()
            if version != self._version or key not in self._results:
                return None
            self._results.move_to_end(key)
            return self._results[key]

    def keep(self, version: Version, key: Hashable, made: T) -> None:
        with self._lock:
            root, number = self._version
            if version != self._version:
                if version[0] == root and version[1] < number:
                    return  # a request that began before the newer version was published
                self._results.clear()
                self._version, self._size = version, 0
            if key not in self._results:
                self._results[key] = (made,)
                self._size += _size(made)
            while len(self._results) > self._most or self._size > LARGEST:
                _, (gone,) = self._results.popitem(last=False)
                self._size -= _size(gone)
            if not self._is_watched:
                self._watch(IDLE_SECONDS)

    def _watch(self, seconds: float) -> None:
        """Look again in so many seconds whether anybody still asks."""
        self._is_watched = True
        look = threading.Timer(seconds, self._drop_if_idle)
        look.daemon = True
        look.start()

    def _drop_if_idle(self) -> None:
        with self._lock:
            left = self._asked_at + IDLE_SECONDS - time.monotonic()
            if left > 0:
                self._watch(left)
            else:
                self._results.clear()
                self._size, self._is_watched = 0, False


def _size(made: object) -> int:
    return len(made) if isinstance(made, Sized) else 1
