"""One of several processes that do the same at one moment: ``race.py INSTANCE tick|claim INSTANT``."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from staffroom.accounts.start import start_site
from staffroom.config import load_instance


def main(root: Path, what: str, begun: datetime) -> str:
    instance = load_instance(root)
    start_site(instance)
    from staffroom.jobs import runs
    from staffroom.jobs.schedule import tick
    from staffroom.jobs.settings import schedules

    (nightly,) = schedules(instance)
    now = datetime.now(UTC)
    if what == "tick":
        tick(nightly, now - timedelta(days=1))
    runs.last_nightly()  # the connection is open before the race
    time.sleep(max(0.0, (begun - datetime.now(UTC)).total_seconds()))
    if what == "tick":
        return "queued" if tick(nightly, now) else "nothing"
    run = runs.claim(f"racer {now.timestamp()}", lease_seconds=60)
    return str(run.id) if run else "nothing"


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), sys.argv[2], datetime.fromisoformat(sys.argv[3])))
