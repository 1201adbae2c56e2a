"""Real instances for tests, and the real command run on them as its own process."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from staffroom.config import load_instance
from staffroom.operations.init import init_instance

ROOT = Path(__file__).resolve().parent.parent
JSON_COLUMNS = ("arguments", "progress", "counts", "facts")


def environment(**more: str) -> dict[str, str]:
    """The environment of a child process: the source tree on its path, and no settings of this process."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("STAFFROOM_", "DJANGO_"))
    }
    return {**kept, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", **more}


@dataclass(frozen=True)
class Done:
    """How a command ended: what it printed, line by line."""

    code: int
    out: list[str]
    err: list[str]

    @property
    def facts(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out]


@dataclass(frozen=True)
class TestInstance:
    """An instance in a folder of its own."""

    __test__ = False
    root: Path

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "staffroom.cli", *words, f"--instance={self.root}"]

    def run(self, *words: str, timeout: float = 120, **more: str) -> Done:
        ended = subprocess.run(
            self.command(*words),
            capture_output=True,
            text=True,
            timeout=timeout,
            env=environment(**more),
            stdin=subprocess.DEVNULL,
        )
        return Done(ended.returncode, ended.stdout.splitlines(), ended.stderr.splitlines())

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            **options,
        )

    def runs(self) -> list[dict[str, Any]]:
        """Every run as its row stands in the database, the oldest first."""
        rows = self.rows("SELECT * FROM jobs_run ORDER BY queued_at")
        return [
            {**row, **{name: json.loads(row[name]) for name in JSON_COLUMNS if isinstance(row[name], str)}}
            for row in rows
        ]

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What the site's database answers, asked from outside."""
        opened = load_instance(self.root)
        url = str(opened.sections["database"]["url"])
        if url:
            import psycopg
            from psycopg.rows import dict_row

            parts = urlsplit(url)
            with psycopg.connect(
                host=unquote(parts.hostname or ""),
                dbname=parts.path[1:],
                user=parts.username,
                password=opened.secrets.get("database_password"),
                options="-c search_path=site",
                row_factory=dict_row,
            ) as database:
                return database.execute(sql.encode()).fetchall()
        with closing(sqlite3.connect(self.root / "database" / "site.sqlite3", timeout=20)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(sql)]

    def add_settings(self, text: str) -> None:
        """Add sections, or keys to sections that are there, to staffroom.toml."""
        import tomlkit

        path = self.root / "staffroom.toml"
        document = tomlkit.parse(path.read_text("utf-8"))
        for name, section in tomlkit.parse(text).items():
            if isinstance(section, Mapping) and name in document:
                document[name].update(section)
            else:
                document[name] = section
        path.write_text(tomlkit.dumps(document), "utf-8")


def new_instance(
    root: Path, *, database: str = "", time_zone: str = "UTC", template: Path | None = None
) -> TestInstance:
    """A migrated instance. ``template`` holds SQLite files that were migrated before, to save the time."""
    instance = TestInstance(init_instance(root, name="Lake University", time_zone=time_zone))
    if database:
        instance.add_settings(f'[database]\nurl = "{database}"\n')
    if template is not None and not database:
        shutil.copytree(template, root / "database", dirs_exist_ok=True)
        return instance
    done = instance.run("migrate")
    assert done.code == 0, done.err
    return instance
