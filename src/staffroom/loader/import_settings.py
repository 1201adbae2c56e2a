"""The old loader's ``settings_secret.py`` is read as data, never run, into staffroom.toml and secrets."""

from __future__ import annotations

import ast
import tomllib
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.items import Table

from staffroom.config import SECRETS_FILE, SETTINGS_FILE
from staffroom.durable import replace_file
from staffroom.errors import SettingsError

SFTP_PASSWORD, SFTP_PASSPHRASE = "loader_sftp_password", "loader_sftp_key_passphrase"
API_PASSWORD, API_SECRET = "loader_password", "loader_client_secret"


def import_settings(path: Path, root: Path) -> list[str]:
    """Take the settings over; returns what was done, a line each, without any secret."""
    old = read_as_data(path)
    settings, secrets = translated(old)
    _write_settings(root / SETTINGS_FILE, settings)
    _write_secrets(root / SECRETS_FILE, secrets)
    said = [
        f"[loader{f'.{name}' if name else ''}] {', '.join(keys)}" for name, keys in settings.items() if keys
    ]
    said += [f"secret {name}" for name in secrets]
    unused = sorted(set(old) - set(_USED))
    return said + ([f"not taken over: {', '.join(unused)}"] if unused else [])


def read_as_data(path: Path) -> dict[str, Any]:
    """The constants that the file assigns. Nothing in it is run; what is not a plain value is left out."""
    try:
        tree = ast.parse(path.read_text("utf-8"), filename=path.name)
    except OSError as error:
        raise SettingsError(str(path), f"cannot be opened: {error.strerror}.") from None
    except (SyntaxError, ValueError) as error:
        raise SettingsError(str(path), f"is not Python that can be read: {type(error).__name__}.") from None
    values: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    _take(values, target.id, statement.value)
        elif (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and statement.value
        ):
            _take(values, statement.target.id, statement.value)
    if not values:
        raise SettingsError(str(path), "assigns no plain values.", happened="Nothing was changed.")
    return values


def _take(values: dict[str, Any], name: str, value: ast.expr) -> None:
    try:
        values[name] = ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        values.pop(name, None)  # what is computed there cannot be known without running it


_USED = (
    "SFTP_FILE_DIR", "SFTP_FILE_BASENAME", "SFTP_FILE_DATEFORMAT", "SFTP_FILE_EXT", "SFTP_HOSTNAME",
    "SFTP_PORT", "SFTP_USER", "SFTP_PASSWORD", "SFTP_KEYFILE", "SFTP_KEYPASS", "ART_ENDPOINT",
    "ART_REST_ENDPOINT", "ART_STUDENT_ENDPOINT", "ART_SSL_CHECKS", "AUTH_ENDPOINT", "AUTH_PAYLOAD",
    "CHUNK_SIZE", "DELIMITER", "FILE_ENCODING",
)  # fmt: skip


def translated(old: dict[str, Any]) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    """The sections of [loader] by name ('' is [loader] itself), and the secrets."""
    payload = old.get("AUTH_PAYLOAD")
    form: dict[str, Any] = payload if isinstance(payload, dict) else {}
    url = (
        old.get("ART_ENDPOINT") or f"{old.get('ART_REST_ENDPOINT', '')}{old.get('ART_STUDENT_ENDPOINT', '')}"
    )
    secrets = {
        SFTP_PASSWORD: old.get("SFTP_PASSWORD"),
        SFTP_PASSPHRASE: old.get("SFTP_KEYPASS"),
        API_PASSWORD: form.get("password"),
        API_SECRET: form.get("client_secret"),
    }
    kept = {name: str(value) for name, value in secrets.items() if value}
    sections = {
        "": {
            "source": "sftp" if old.get("SFTP_HOSTNAME") else None,
            "remote_path": _remote_path(old),
            "encoding": old.get("FILE_ENCODING"),
            "delimiter": old.get("DELIMITER"),
        },
        "api": {
            "url": url or None,
            "token_url": old.get("AUTH_ENDPOINT"),
            "grant": form.get("grant_type"),
            "client_id": form.get("client_id"),
            "client_secret_secret": API_SECRET if API_SECRET in kept else "" if form else None,
            "user": form.get("username"),
            "password_secret": API_PASSWORD if API_PASSWORD in kept else None,
            "verify_tls": old.get("ART_SSL_CHECKS") if isinstance(old.get("ART_SSL_CHECKS"), bool) else None,
        },
        "sftp": {
            "host": old.get("SFTP_HOSTNAME"),
            "port": _port(old.get("SFTP_PORT")),
            "user": old.get("SFTP_USER"),
            "password_secret": SFTP_PASSWORD if SFTP_PASSWORD in kept else None,
            "key_file": old.get("SFTP_KEYFILE") or None,
            "key_passphrase_secret": SFTP_PASSPHRASE if SFTP_PASSPHRASE in kept else None,
        },
    }
    plain = {
        name: {key: value for key, value in section.items() if value is not None}
        for name, section in sections.items()
    }
    return {name: section for name, section in plain.items() if section}, kept


def _remote_path(old: dict[str, Any]) -> str | None:
    if not isinstance(old.get("SFTP_FILE_BASENAME"), str):
        return None
    day = old.get("SFTP_FILE_DATEFORMAT") or ""
    folder = str(old.get("SFTP_FILE_DIR") or "").removeprefix("./")
    return f"{folder}{old['SFTP_FILE_BASENAME']}{day}.{old.get('SFTP_FILE_EXT', 'zip')}"


def _port(value: object) -> int | None:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def _write_settings(path: Path, sections: dict[str, dict[str, Any]]) -> None:
    """Into the file as it stands: its comments and its other settings stay."""
    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            str(path), "does not exist.", next_step="Run 'staffroom init DIR' first."
        ) from None
    loader = document.setdefault("loader", tomlkit.table())
    for name, values in sections.items():
        section: Table = loader.setdefault(name, tomlkit.table()) if name else loader
        for key, value in values.items():
            section[key] = value
    replace_file(path, tomlkit.dumps(document).encode(), mode=path.stat().st_mode & 0o777)


def _write_secrets(path: Path, secrets: dict[str, str]) -> None:
    text = path.read_text("utf-8") if path.exists() else ""
    tomllib.loads(text)
    document = tomlkit.parse(text)
    for name, value in secrets.items():
        document[name] = value
    replace_file(path, tomlkit.dumps(document).encode(), mode=0o600)
