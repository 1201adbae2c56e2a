"""Writes a whole demo university's deliveries and the truth about them."""

from __future__ import annotations

from pathlib import Path

from staffroom.demo.deliveries import write_logs
from staffroom.demo.exports import write_exports
from staffroom.demo.manifest import Manifest
from staffroom.demo.university import University
from staffroom.tally import Progress, Silent


def generate(
    university: University, logs: Path, exports: Path, *, progress: Progress | None = None, processes: int = 2
) -> Manifest:
    """Write daily logs to ``logs`` and LMS exports to ``exports``."""
    files = write_logs(university, logs, progress or Silent(), processes=processes)
    learners = {course.key: len(university.learners_in(course)) for course in university.courses}
    return Manifest(university.seed, tuple(files), learners, write_exports(university, exports))
