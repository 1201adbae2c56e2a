"""Every section of staffroom.toml and the dataclass that it must fit."""

from __future__ import annotations

import ast
import dataclasses
import difflib
import inspect
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from staffroom.accounts.settings import AccountsSettings
from staffroom.config import SETTINGS_FILE, Instance, Institution, fit
from staffroom.courses.settings import CoursesSettings
from staffroom.errors import SettingsError
from staffroom.intake.archives.members import ArchiveLimits
from staffroom.intake.drop.settings import DropSettings, drop_accounts
from staffroom.jobs.settings import JobsSettings
from staffroom.loader.settings import ApiSettings, LoaderSettings, loader_settings
from staffroom.metrics.settings import MetricSettings
from staffroom.operations.settings import Retention
from staffroom.registry.eligibility import assessments
from staffroom.registry.settings import RegistrySettings, registry_settings
from staffroom.students.access_settings import AccessSettings, access_settings
from staffroom.students.home_settings import HomeSettings, home_settings
from staffroom.students.notes_settings import NotesSettings, notes_settings
from staffroom.students.services_settings import ServicesSettings, services_settings
from staffroom.students.settings import FileSettings, SchoolSettings, StudentsSettings, students_settings
from staffroom.web.settings import DatabaseSettings, SiteSettings


@dataclass(frozen=True, slots=True)
class SettingsSection:
    """``[name]``, the dataclass whose fields are its keys, and what it is about."""

    name: str
    shape: type[Any]
    about: str


SECTIONS = (
    SettingsSection("institution", Institution, "Who this instance serves."),
    SettingsSection("site", SiteSettings, "How people reach the site, and whom it mails."),
    SettingsSection("database", DatabaseSettings, "Where the site keeps what people enter."),
    SettingsSection(
        "metrics", MetricSettings, "Thresholds of the metrics. After a change, all tables are computed anew."
    ),
    SettingsSection("archives", ArchiveLimits, "What a zip or gz file may be at most."),
    SettingsSection(
        "drop", DropSettings, "The SFTP server that others deliver to; each of them is a [[drop_accounts]]."
    ),
    SettingsSection("jobs", JobsSettings, "How patient the worker is."),
    SettingsSection("retention", Retention, "What a nightly run deletes when it is older; days."),
    SettingsSection("accounts", AccountsSettings, "Tokens for the API."),
    SettingsSection("courses", CoursesSettings, "The data API."),
    SettingsSection("registry", RegistrySettings, "The receiving end for batches of students."),
)

LOADER_SECTIONS = (
    SettingsSection("loader", LoaderSettings, "A nightly file of students, and the API that it is sent to."),
    SettingsSection("loader.api", ApiSettings, "The registration API; without a url nothing is sent."),
)
"""Sections with tables of their own in them."""

STUDENTS_SECTIONS = (
    SettingsSection(
        "students.access", AccessSettings, "Who may see which students, besides what is granted by name."
    ),
    SettingsSection("students.notes", NotesSettings, "What educators write about students."),
    SettingsSection("students.services", ServicesSettings, "What is done for students."),
    SettingsSection("students.home", HomeSettings, "What the home page of educators tells of."),
)
"""Tables within [students]."""
STUDENTS_SECTION = SettingsSection(
    "students",
    StudentsSettings,
    "What the exports of the student system look like, and how they are guarded.",
)
STUDENTS_LISTS = (
    (
        SettingsSection("students.schools", SchoolSettings, "The schools that are imported."),
        {"local_id": "HEA", "name": "Healey School", "kind": "ESMS"},
    ),
    (
        SettingsSection("students.files", FileSettings, "The files that come every night."),
        {"source": "attendance", "file": "attendance.csv"},
    ),
)
"""Lists in it, with the values that have no default."""

FREE_SECTIONS = ("sources", "schedule", "drop_accounts", "loader", "eligibility", "students")
"""Sections that their rooms read: their keys are the operator's own names, or tables."""


LISTS_AND_TABLES = ("schools", "files", "columns", "values")
"""Keys of [students] that are lists or tables of their own."""


def wrong_sections(instance: Instance) -> Iterator[SettingsError]:
    """What does not fit: unknown sections, unknown keys, wrong types; the first fault of each section."""
    known = [*FREE_SECTIONS, *(section.name for section in SECTIONS)]
    for name in instance.sections:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean [{near[0]}]?" if near else f"Known sections: {', '.join(known)}."
            yield SettingsError(f"{SETTINGS_FILE} [{name}]", "is not a section.", next_step=hint)
    for section in SECTIONS:
        try:
            fit(
                section.shape,
                instance.sections.get(section.name, {}),
                place=f"{SETTINGS_FILE} [{section.name}]",
            )
        except SettingsError as error:
            yield error
    readers = (registry_settings, assessments, loader_settings, drop_accounts)
    for read in (
        *readers,
        access_settings,
        notes_settings,
        services_settings,
        home_settings,
        students_settings,
    ):
        try:
            read(instance)
        except SettingsError as error:
            yield error


def meanings(shape: type[Any]) -> dict[str, str]:
    """What each field of a settings dataclass means: the text that stands under it in the source."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(shape))).body
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, after in zip(body.body, body.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            text = _text(after)
            if text:
                found[field.target.id] = text
    return found


def plain(meaning: str) -> str:
    """A meaning as forms show it and catalogues hold it: one line, without the marks of code."""
    return " ".join(meaning.split()).replace("``", "'")


def _text(statement: ast.stmt) -> str:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return inspect.cleandoc(str(statement.value.value))
    return ""


def section_lines(section: SettingsSection, values: dict[str, Any]) -> Iterator[str]:
    """The section as commented TOML: each key with its meaning, and its default or what ``values`` says."""
    yield from _comment(section.about)
    yield f"[{section.name}]"
    said = meanings(section.shape)
    for field in dataclasses.fields(section.shape):
        if _is_table(field):
            continue
        yield from _comment(said.get(field.name, ""))
        yield f"{field.name} = {toml_value(values.get(field.name, default_of(field)))}"


def _is_table(field: dataclasses.Field[Any]) -> bool:
    """Whether the field is a table of its own, and no value."""
    default = default_of(field)
    return default is None or dataclasses.is_dataclass(default) or field.name in LISTS_AND_TABLES


def default_of(field: dataclasses.Field[Any]) -> Any:
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return field.default


def toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, tuple | list):
        return f"[{', '.join(toml_value(item) for item in value)}]"
    return _toml_text(str(value))


def _toml_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.replace("``", "").split()), 100)]
