"""The site, served by gunicorn: threads in a few processes, on loopback unless told otherwise."""

from __future__ import annotations

import atexit
import errno
import gc
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connections
from gunicorn.app.base import BaseApplication

from staffroom.config import Instance
from staffroom.errors import PermanentError, TransientError
from staffroom.operations.migrate import pending
from staffroom.tally import counted

APPLICATION = "staffroom.site.wsgi:application"
WORKER_LEAVES_SECONDS = 90
GARBAGE_AFTER = 20_000
"""New objects after which garbage is looked for: more than most pages make."""


class AddressTaken(TransientError):
    """Nothing can listen at this host and port just now."""


@dataclass(frozen=True, slots=True)
class Serving:
    """Where and with how many processes and threads; ``with_worker`` starts a worker beside the site."""

    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 1
    threads: int = 8
    with_worker: bool = False

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def serve_site(instance: Instance, serving: Serving, *, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Raises PermanentError where the databases lack migrations, AddressTaken where nothing can listen there.
    """
    _check_databases()
    _check_address(serving)
    say(f"{instance.institution.name}: http://{serving.address}/ (Ctrl-C ends it)")
    with _worker_beside(instance, wanted=serving.with_worker):
        try:
            _Site(serving).run()
        except SystemExit as left:  # gunicorn ends by leaving; its code 0 is the ordinary end
            if left.code:
                raise PermanentError(
                    f"http://{serving.address}/",
                    f"is no longer served (code {left.code}).",
                    next_step="The lines above say why.",
                ) from None


class _Site(BaseApplication):  # type: ignore[misc]  # gunicorn has no annotations
    """gunicorn with our settings; the application is imported after the fork, so that nothing is shared."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        super().__init__()

    def load_config(self) -> None:
        settings: dict[str, Any] = {
            "bind": self._serving.address,
            "workers": self._serving.processes,
            "threads": self._serving.threads,
            "worker_class": "gthread",
            "proc_name": "staffroom",
            "accesslog": None,
            "loglevel": "warning",
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 5,
            "control_socket_disable": True,
            # Whom to believe about scheme and asker is said once, by [site] proxies, and heeded by the site;
            # gunicorn would believe everybody on loopback.
            "forwarded_allow_ips": "",
            "forwarder_headers": "",
            "secure_scheme_headers": {},
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from gunicorn.util import import_app

        application = import_app(APPLICATION)
        _spare_collections()
        return application


def _spare_collections() -> None:
    """What was loaded by now stays: looking through it for garbage would stop all readers for a tenth of a
    second each time. At the end it is looked through again, as some libraries expect."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
    atexit.register(gc.unfreeze)


def _check_address(serving: Serving) -> None:
    """Whether one can listen there: gunicorn itself would try for a while and say it in its own words."""
    family = socket.AF_INET6 if ":" in serving.host else socket.AF_INET
    with socket.socket(family) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((serving.host, serving.port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            raise AddressTaken(
                f"http://{serving.address}/",
                f"cannot be served: {'the port is taken' if taken else error.strerror}.",
                happened="The site was not started.",
                next_step="Name another with --port or --host.",
            ) from None


def _check_databases() -> None:
    for alias in connections:
        try:
            lacking = pending(alias)
        except DatabaseError as error:
            raise PermanentError(
                f"database {alias}",
                f"cannot be used ({type(error).__name__}).",
                next_step="Run 'staffroom check'.",
            ) from None
        if lacking:
            raise PermanentError(
                f"database {alias}",
                f"lacks {counted(len(lacking), 'migration')}.",
                happened="The site was not started.",
                next_step="Run 'staffroom migrate'.",
            )
    connections.close_all()  # what is open before the fork would be shared by all processes


@contextmanager
def _worker_beside(instance: Instance, *, wanted: bool) -> Iterator[None]:
    if not wanted:
        yield
        return
    command = [sys.executable, "-m", "staffroom.cli", "worker", "--tied", f"--instance={instance.root}"]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(WORKER_LEAVES_SECONDS)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
