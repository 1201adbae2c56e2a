"""``staffroom init``: a new instance with commented settings, fresh secrets and empty folders."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from staffroom.config import SECRETS_FILE, SETTINGS_FILE, Institution
from staffroom.errors import SettingsError
from staffroom.intake.servers.settings import S3Settings, SftpSettings
from staffroom.operations.sections import (
    LOADER_SECTIONS,
    SECTIONS,
    STUDENTS_LISTS,
    STUDENTS_SECTION,
    STUDENTS_SECTIONS,
    SettingsSection,
    section_lines,
    toml_value,
)
from staffroom.tombstones import FILE as TOMBSTONES

KEYS = {
    "signing_key": "Signs sessions. To change it, keep the old one as previous_signing_key for a while.",
    "encryption_key": "Encrypts what is kept secret in the databases.",
    "tombstone_key": "Hashes the ids of erased learners. Never change it: they would come back.",
}

FOLDERS = (
    "deliveries/openedx/logs",
    "deliveries/openedx/exports",
    "store",
    "rejects",
    "database",
    "logs",
    "cache",
)

IGNORED = (
    SECRETS_FILE,
    "ledger.sqlite3*",
    "fetched.sqlite3*",
    TOMBSTONES,
    "*.lock",
    "scratch/",
    "drop/",
    "documents/",
    "imports/",
    "loader/",
    *(f"{name}/" for name in dict.fromkeys(folder.split("/")[0] for folder in FOLDERS)),
)
"""What does not belong into a repository: everything but the settings."""

SOURCES = """\
# Where files arrive. One block a source; `name` is what events, people and learners of it are filed under.
# `logs` holds daily tracking logs, recognised by `log_pattern`; `exports` holds exports of the LMS's tables:
# auth_user-YYYYMMDD.csv, student_courseenrollment-YYYYMMDD.csv, student_courseaccessrole-YYYYMMDD.csv and
# course_blocks-<course>-YYYYMMDD.json, each of them plain or .gz. Folders are relative to this file.
[[sources]]
name = "openedx"
kind = "openedx"
logs = "deliveries/openedx/logs"
log_pattern = 'tracking\\.log-(?P<date>\\d{8})(-\\d+)?(\\.gz)?'
exports = "deliveries/openedx/exports"
# How often something should come; `staffroom check` and a mail tell when it does not. 0: [jobs] says.
expected_every_hours = 0
# Where the nightly run fetches its files, if it shall; else somebody puts them into the folders.
# [sources.sftp]
# host = "sftp.example.org"
# user = "district"
# key_file = "keys/sftp"
# fetch_logs = "/outgoing/tracking.log-%Y%m%d.gz"
"""

SCHEDULE = """\
# When the worker (`staffroom worker`) runs something by itself: minute, hour, day of the month, month and
# day of the week, in the institution's time zone. What was missed while no worker ran is made up once.
# Besides `nightly` there are "events ingest", "metrics compute" and "registry drain".
[schedule]
nightly = "0 3 * * *"
"""

LOADER_SERVERS = (
    (
        SettingsSection("loader.sftp", SftpSettings, 'The server of a file whose source is "sftp".'),
        {"host": "sftp.example.org"},
    ),
    (
        SettingsSection("loader.s3", S3Settings, 'The bucket of a file whose source is "s3".'),
        {"bucket": "students"},
    ),
)
"""What stands commented out, with the values that have no default."""

STUDENTS_TABLES = """\
# What a column is called here, and which of its values mean another one.
# [students.columns.attendance]
# local_id = "LASID"
# [students.values.free_reduced_lunch]
# "Not Eligibile" = "Not Eligible"
"""

HEAD = """\
# Settings of one Staffroom instance. Every setting stands here with its default; delete what you do not
# change. `staffroom check` says what is wrong. Secrets do not belong here, but into secrets.toml or into
# the environment as STAFFROOM_SECRET_<NAME>.
"""


def init_instance(
    root: Path, *, name: str = "", time_zone: str = "UTC", language: str = "en", demo: bool = False
) -> Path:
    """Make ``root`` an instance; returns its whole path. Raises SettingsError, changing nothing."""
    root = root.expanduser().resolve()
    institution = Institution(name or Institution().name, time_zone, language=language, demo=demo)
    institution.check()  # an unknown time zone is an error now, not on the first night
    for file in (SETTINGS_FILE, SECRETS_FILE):
        if (root / file).exists():
            raise SettingsError(
                str(root / file),
                "is there already.",
                happened="Nothing was changed.",
                next_step="Choose another folder, or edit that file.",
            )
    if not root.exists():
        root.mkdir(parents=True)
        root.chmod(0o700)  # everything in it is about people
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    _write_private(root / SECRETS_FILE, secrets_text())
    if not (root / ".gitignore").exists():
        (root / ".gitignore").write_text("".join(f"/{path}\n" for path in IGNORED), "utf-8")
    (root / SETTINGS_FILE).write_text(settings_text(institution), "utf-8")
    return root


def settings_text(institution: Institution | None = None) -> str:
    """A whole ``staffroom.toml``: every key with its default and meaning."""
    institution = institution or Institution()
    said = {
        "name": institution.name,
        "time_zone": institution.time_zone,
        "language": institution.language,
        "demo": institution.demo,
    }
    blocks = [HEAD]
    for section in SECTIONS:
        values = said if section.name == "institution" else {}
        blocks.append("\n".join(section_lines(section, values)) + "\n")
        if section.name == "institution":
            blocks += [SOURCES, SCHEDULE]
    blocks.append("\n".join(section_lines(STUDENTS_SECTION, {})) + "\n")
    blocks += [
        _commented_out(section, values).replace(f"[{section.name}]", f"[[{section.name}]]")
        for section, values in STUDENTS_LISTS
    ]
    blocks.append(STUDENTS_TABLES)
    blocks += [
        "\n".join(section_lines(section, {})) + "\n" for section in (*STUDENTS_SECTIONS, *LOADER_SECTIONS)
    ]
    blocks += [_commented_out(section, values) for section, values in LOADER_SERVERS]
    return "\n".join(blocks)


def _commented_out(section: SettingsSection, values: dict[str, str]) -> str:
    return "".join(f"# {line}\n" for line in section_lines(section, values))


def secrets_text() -> str:
    """A whole ``secrets.toml`` with fresh random keys."""
    lines = ["# Secrets of this instance: readable by its owner alone, and not in any repository.", ""]
    for key, meaning in KEYS.items():
        lines += [f"# {meaning}", f"{key} = {toml_value(secrets.token_urlsafe(48))}", ""]
    return "\n".join(lines)


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
