"""What every test shares."""

from __future__ import annotations

import os

import pytest

from tests.browsers import chromium

__all__ = ["chromium"]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where every service must be there (STAFFROOM_NO_SKIPS=1, as in CI), a skipped test is a failure."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not os.environ.get("STAFFROOM_NO_SKIPS"):
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == 0:
        reporter.write_line(f"{len(skipped)} tests were skipped, and STAFFROOM_NO_SKIPS allows none.")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
