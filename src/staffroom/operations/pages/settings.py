"""Settings, to read: each key with its value, its default and its meaning. Secrets are not shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from staffroom.config import Instance, fit
from staffroom.intake.settings import folder_sources
from staffroom.jobs.settings import schedules
from staffroom.metrics.declaration import Column, Kind, msg
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.sections import SECTIONS, default_of, meanings, toml_value
from staffroom.web.pages import Page
from staffroom.web.request import SignedInRequest
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say

COLUMNS = (
    Column("setting", msg("Setting"), Kind.TEXT),
    Column("value", msg("Value"), Kind.TEXT),
    Column("default", msg("Default"), Kind.TEXT),
    Column("meaning", msg("Meaning"), Kind.TEXT),
)


@for_administrators
def settings(request: SignedInRequest) -> Page:
    return operations_page(
        "settings",
        {"settings": lambda: _section(request.instance)},
        lead=say(msg("As staffroom.toml says; edit that file to change them. Secrets are not shown.")),
    )


def _section(instance: Instance) -> Section:
    rows = list(setting_rows(instance))
    changed = sum(row["value"] != row["default"] for row in rows)
    return Section(
        slug="settings",
        title=msg("Settings"),
        question=msg("How is this instance set up?"),
        answer=say(
            msg("{changed} of {count} settings differ from their default."), changed=changed, count=len(rows)
        ),
        table=Table(columns=COLUMNS, rows=rows),
    )


def setting_rows(instance: Instance) -> Iterator[dict[str, Any]]:
    """One row a setting, in the order of the file that ``staffroom init`` writes."""
    for section in SECTIONS:
        place = f"[{section.name}]"
        has = (
            instance.institution
            if section.name == "institution"
            else fit(section.shape, instance.sections.get(section.name, {}), place=place)
        )
        yield from _rows_of(section.name, section.shape, has)
    for schedule in schedules(instance):
        yield {
            "setting": f"schedule.{schedule.task}",
            "value": toml_value(schedule.expression),
            "default": None,
            "meaning": None,
        }
    for source in folder_sources(instance):
        yield from _rows_of(f"sources.{source.name}", type(source), source)


def _rows_of(name: str, shape: type[Any], has: Any) -> Iterator[dict[str, Any]]:
    said = meanings(shape)
    for field in dataclasses.fields(shape):
        value = getattr(has, field.name)
        if value is None:  # a part of the section that is not there
            continue
        if dataclasses.is_dataclass(value):
            yield from _rows_of(f"{name}.{field.name}", type(value), value)
            continue
        default = default_of(field)
        yield {
            "setting": f"{name}.{field.name}",
            "value": toml_value(value),
            "default": None if default is dataclasses.MISSING else toml_value(default),
            "meaning": said.get(field.name, "").replace("``", "'") or None,
        }
