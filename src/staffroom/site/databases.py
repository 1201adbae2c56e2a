"""The application's databases: SQLite files, or schemas of one PostgreSQL database; no key between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.db import connections

from staffroom.config import SETTINGS_FILE, Instance
from staffroom.errors import SettingsError
from staffroom.web.settings import DatabaseSettings

SCHEMAS = {"default": "site", "audit": "audit", "registry": "registry"}
"""Django's name of a database, and its file or schema."""

AUDIT_MODELS = frozenset({("accounts", "view")})
"""(app label, model name) of what lives in ``audit``."""

REGISTRY = "registry"
"""The database, and the app, of the registry."""

_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-8000;"
_DURABLE = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000; PRAGMA wal_autocheckpoint=64000;
"""
"""The registry acknowledges what it has committed, so a commit has to be on the disk.

What is written goes from the log into the file once in 256 MB, because a drain changes the same pages of the
indexes again and again: it takes a third less time than with 32 MB.
"""


def databases(instance: Instance, *, in_memory: bool = False) -> dict[str, dict[str, Any]]:
    """Django's DATABASES. ``in_memory`` is for the built-in example, which leaves no files."""
    url = instance.section("database", DatabaseSettings).url
    if not url:
        folder = None if in_memory else instance.database
        return {alias: _sqlite(folder, schema) for alias, schema in SCHEMAS.items()}
    password = instance.secrets.get("database_password", "")
    return {alias: _postgresql(url, password, schema) for alias, schema in SCHEMAS.items()}


def _sqlite(folder: Path | None, schema: str) -> dict[str, Any]:
    pragmas = _DURABLE if schema == REGISTRY else _PRAGMAS
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:" if folder is None else folder / f"{schema}.sqlite3",
        "CONN_MAX_AGE": 600,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
    }


def _postgresql(url: str, password: str, schema: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        port = str(parts.port or "")
    except ValueError:  # such as postgresql://[
        parts, port = urlsplit(""), ""
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise SettingsError(
            f"{SETTINGS_FILE} [database] url",
            "is not the address of a PostgreSQL database.",
            next_step="Write it as 'postgresql://user@host:5432/name', or leave it out to use SQLite.",
        )
    if parts.password:
        raise SettingsError(
            f"{SETTINGS_FILE} [database] url",
            "holds a password.",
            next_step="Move it to the secret database_password.",
        )
    name = unquote(parts.path.strip("/"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": password,
        "HOST": unquote(parts.hostname or ""),
        "PORT": port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": f"-c search_path={schema}", "connect_timeout": 5},
        "TEST": {"NAME": f"test_{name}_{schema}"},
    }


def make_schema(using: str, **facts: Any) -> None:  # noqa: ARG001 - what Django's signal tells besides
    """Before migrations: make the PostgreSQL schema that the database ``using`` has in its search path."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        schema = cursor.fetchone()[0].strip('"')
        cursor.execute("SELECT FROM pg_namespace WHERE nspname = %s", [schema])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE SCHEMA {connection.ops.quote_name(schema)}")


class Router:
    """The audit trail lives in ``audit``, the registry in ``registry``, everything else in ``default``."""

    def db_for_read(self, model: Any, **hints: Any) -> str:  # noqa: ARG002 - Django calls it so
        return _home(model._meta.app_label, model._meta.model_name)

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:  # noqa: ARG002 - Django calls it so
        return self.db_for_read(type(one)) == self.db_for_read(type(other))

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:  # noqa: ARG002 - Django calls it so
        return _home(app_label, model_name) == db


def _home(app_label: str, model_name: str | None) -> str:
    if app_label == REGISTRY:
        return REGISTRY
    return "audit" if (app_label, model_name) in AUDIT_MODELS else "default"
