"""The line between a worker and the process that it started: when the worker dies, the process ends too.

The worker holds the other end of standard input and never writes. Without this, a run that was lost with
its worker would go on, beside the one that another worker has started in its place.
"""

from __future__ import annotations

import os
import signal
import threading
import time

GRACE_SECONDS = 60


def hold(descriptor: int = 0) -> None:
    """Watch the line from a thread; call once, at the start of the process, from its main thread.

    Interrupts count even where the parent was started in the background, with interrupts ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_watch, args=(descriptor,), name="lifeline", daemon=True).start()


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    main = threading.main_thread().ident
    if main is not None:
        signal.pthread_kill(main, signal.SIGINT)
    time.sleep(GRACE_SECONDS)
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
