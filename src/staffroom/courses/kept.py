"""What was added up from a published version, kept until the next: versions never change.

Kept results are small (no learner's name is among them unless the function says so) and are handed out only
after the access check of the page that asks.
"""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Concatenate, ParamSpec, TypeVar

from staffroom.courses.courses import OpenCourse

P = ParamSpec("P")
T = TypeVar("T")


def kept(
    *, results: int
) -> Callable[[Callable[Concatenate[OpenCourse, P], T]], Callable[Concatenate[OpenCourse, P], T]]:
    """Remember the last ``results`` of a pure function of a course's tables and hashable options."""
    return lambda function: _remembering(function, results)


def _remembering(
    function: Callable[Concatenate[OpenCourse, P], T], most: int
) -> Callable[Concatenate[OpenCourse, P], T]:
    results: OrderedDict[Hashable, T] = OrderedDict()
    lock = threading.Lock()

    @functools.wraps(function)
    def remembering(course: OpenCourse, /, *args: P.args, **kwargs: P.kwargs) -> T:
        key = (course.version, course.key, args, tuple(sorted(kwargs.items())))
        with lock:
            if key in results:
                results.move_to_end(key)
                return results[key]
        made = function(course, *args, **kwargs)
        with lock:
            results[key] = made
            while len(results) > most:
                results.popitem(last=False)
        return made

    return remembering
