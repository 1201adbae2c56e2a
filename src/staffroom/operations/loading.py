"""The loader as its page knows it: runs that are asked for, runs that were, and how they stand."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from staffroom.accounts.models import Person
from staffroom.config import Instance
from staffroom.jobs import runs
from staffroom.jobs.log import log_lines
from staffroom.jobs.models import Run, State
from staffroom.jobs.models.run import UNDER_WAY
from staffroom.jobs.tasks import LOADER
from staffroom.loader.arriving import path_on, today_at
from staffroom.loader.report import figures
from staffroom.loader.runs import Run as Sending
from staffroom.loader.runs import runs_folder
from staffroom.loader.settings import LoaderSettings, check_api, loader_settings

SEND, CHECK = "loader run", "loader check"
REHEARSAL = "dry-run"
"""The option of ``loader run`` that sends nothing."""
CUT_SHORT = (State.STOPPED, State.FAILED, State.LOST)
CHECKED_LINES = 50
TAIL_BYTES = 64 * 1024


def ask_for(
    name: str, arguments: Mapping[str, object] | None = None, *, started_by: Person
) -> tuple[Run, bool]:
    """Queue a run of the loader; where one waits or goes on already, that one and False."""
    with transaction.atomic():
        # Two clicks on PostgreSQL wait for each other here; SQLite lets one write at a time anyway.
        list(Person.objects.select_for_update().filter(is_administrator=True).order_by("pk"))
        busy = under_way()
        if busy is not None:
            return busy, False
        return runs.queue(name, arguments=arguments, started_by=str(started_by.pk)), True


def under_way() -> Run | None:
    """The loader's run that goes on, else the one that waits; None where it rests."""
    lane = Run.objects.filter(lane=LOADER)
    return (
        lane.filter(state__in=UNDER_WAY).first()
        or lane.filter(state=State.QUEUED).order_by("queued_at").first()
    )


def last_asked(name: str, *, rehearsal: bool = False) -> Run | None:
    """The run of this verb that was asked for last, of ``loader run`` one that sends, or a dry run."""
    found = Run.objects.filter(name=name, lane=LOADER)
    if name == SEND:
        has = {"arguments__has_key": REHEARSAL}
        found = found.filter(**has) if rehearsal else found.exclude(**has)
    return found.first()


def newest_asked() -> Run | None:
    """The run of the loader that goes on or waits, else the one that was asked for last."""
    return under_way() or Run.objects.filter(lane=LOADER).first()


def send_arguments(instance: Instance) -> dict[str, object]:
    """What a run that begins now sends: today's file by its name, so that going on tomorrow is about it too.

    Raises SettingsError where nothing could be sent.
    """
    settings = loader_settings(instance)
    check_api(settings.api)
    path = path_on(settings, today_at(instance))
    return {"remotepath": path} if path else {}


def is_cut_short(newest: Sent | None) -> bool:
    """Whether there is something to go on with."""
    last = last_asked(SEND)
    return (last is not None and last.state in CUT_SHORT) or (newest is not None and not newest.has_ended)


def resume_arguments(instance: Instance) -> dict[str, object]:
    """What has to be sent to go on: the file of the run that was cut short. Raises SettingsError."""
    last = last_asked(SEND)
    if last is not None and last.state in CUT_SHORT:
        return dict(last.arguments)
    return send_arguments(instance)


@dataclass(frozen=True, slots=True)
class Sent:
    """One run of the loader by its folder. ``facts`` are its figures, named as in the report."""

    sending: Sending
    about: Mapping[str, Any]
    facts: Mapping[str, Any] = field(default_factory=dict)
    has_ended: bool = False

    @property
    def name(self) -> str:
        return self.sending.identity

    @property
    def file(self) -> str:
        return Path(str(self.about.get("file", ""))).name

    @property
    def began_at(self) -> datetime | None:
        return datetime.fromisoformat(self.about["began_at"]) if self.about.get("began_at") else None


def sent_runs(instance: Instance, settings: LoaderSettings) -> list[Sent]:
    """All runs that left a folder, the last begun first, without their figures."""
    folder = runs_folder(instance, settings)
    folders = folder.iterdir() if folder.is_dir() else ()
    found = [sent for one in folders if (sent := _sent(one)) is not None]
    return sorted(found, key=lambda sent: (str(sent.about.get("began_at", "")), sent.name), reverse=True)


def sent_run(instance: Instance, settings: LoaderSettings, name: str) -> Sent | None:
    """The run with this name, with its figures; None for any other text."""
    named = (sent for sent in sent_runs(instance, settings) if sent.name == name)
    sent = next(named, None)
    return with_figures(sent) if sent is not None else None


def with_figures(sent: Sent) -> Sent:
    """Its figures: of a run that has ended the last line of the journal, else all of it."""
    last = last_record(sent.sending.journal)
    if "end" in last:
        return Sent(sent.sending, sent.about, last, has_ended=True)
    return Sent(sent.sending, sent.about, figures(sent.sending.journal).facts)


def _sent(folder: Path) -> Sent | None:
    sending = Sending(folder, folder.name)
    try:
        about = sending.facts
    except (OSError, ValueError):  # a folder that is no run, or is just being made
        return None
    return Sent(sending, about) if isinstance(about, dict) else None


def last_record(journal: Path) -> dict[str, Any]:
    """The last whole line of a journal, read from its end; empty where there is none."""
    try:
        file = journal.open("rb")
    except FileNotFoundError:
        return {}
    with file:
        size = file.seek(0, os.SEEK_END)
        back = min(TAIL_BYTES, size)
        while True:
            file.seek(size - back)
            lines = file.read(back).split(b"\n")
            if len(lines) > 2 or back == size:
                break
            back = min(back * 4, size)
    try:
        record = json.loads(lines[-2]) if len(lines) > 1 else {}
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}


def checked_connections(instance: Instance, run: Run) -> Iterator[dict[str, Any]]:
    """What a test of the connections found, part by part, from the run's log."""
    logs = instance.logs.resolve()
    path = (logs / run.log).resolve()
    if not run.log or not path.is_relative_to(logs) or not path.is_file():
        return
    for line in log_lines(path, last=CHECKED_LINES):
        if isinstance(line.get("check"), str):
            yield {"part": line["check"], "good": bool(line.get("good")), "said": str(line.get("said", ""))}
