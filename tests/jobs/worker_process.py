"""A real worker whose runs start ``verb.py`` in place of a verb: ``worker_process.py INSTANCE MODE``."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from staffroom.accounts.start import start_site
from staffroom.config import load_instance

VERB = Path(__file__).with_name("verb.py")


def main(root: Path, mode: str, *, until_idle: bool) -> None:
    instance = load_instance(root)
    start_site(instance)
    from staffroom.jobs.worker import Worker

    worker = Worker(
        instance,
        lambda text: print(text, file=sys.stderr, flush=True),
        command=lambda run: [sys.executable, str(VERB), str(root), mode, str(run.id)],
    )
    signal.signal(signal.SIGTERM, worker.leave)
    worker.work(until_idle=until_idle)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], until_idle="--until-idle" in sys.argv)
