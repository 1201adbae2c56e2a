"""The loader's settings: a form a section, which secrets are there, and who changed what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from staffroom.config import Instance
from staffroom.config_changes import Change, changes_of
from staffroom.errors import SettingsError
from staffroom.metrics.declaration import Column, Kind, msg, plural
from staffroom.operations.pages.frame import for_administrators, operations_page
from staffroom.operations.pages.loader import BROKEN, fresh
from staffroom.operations.pages.loader_forms import GROUPS, GroupForm, values_of
from staffroom.operations.pages.loader_titles import SECRETS, TITLES
from staffroom.operations.pages.runs import people_names, say_started_by
from staffroom.operations.sections import toml_value
from staffroom.web.empty import Cause, Empty
from staffroom.web.faces import respond
from staffroom.web.pages import Page
from staffroom.web.paging import Paging
from staffroom.web.request import SignedInRequest, is_read_by_people
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say, say_count

SECRET_COLUMNS = (
    Column("setting", msg("Setting"), Kind.TEXT),
    Column("what", msg("What it is"), Kind.TEXT),
    Column("name", msg("Name of the secret"), Kind.TEXT),
    Column("is_set", msg("Set"), Kind.FLAG, msg("Whether secrets.toml or the environment holds it.")),
)
CHANGE_COLUMNS = (
    Column("at", msg("When (UTC)"), Kind.TEXT),
    Column("by", msg("Who"), Kind.TEXT),
    Column("setting", msg("Setting"), Kind.TEXT),
    Column("before", msg("Before"), Kind.TEXT),
    Column("after", msg("After"), Kind.TEXT),
)
SECRETS_ANSWER = plural("{set} of {count} secret is set.", "{set} of {count} secrets are set.")
CHANGES_ANSWER = plural(
    "{count} setting was changed on this page.", "{count} settings were changed on this page."
)
SAVED = plural("{count} setting was changed.", "{count} settings were changed.")
SAME = msg("Nothing was different: nothing was changed.")
LEAD = msg(
    "What is saved here is written into staffroom.toml, whose comments stay; the next run begins with "
    "it. Secrets are chosen by their names; their values belong into secrets.toml or the environment, and no "
    "page shows them."
)


@for_administrators
def loader_settings_page(request: SignedInRequest) -> Page:
    """Forms for the loader's settings, with what each means."""
    try:
        return _page(request, fresh(request))
    except SettingsError as error:
        return operations_page(
            "loader",
            {},
            title=say(msg("Settings of the loader")),
            notices=(say(BROKEN, why=str(error)),),
            template="operations/loader_empty.html",
            context={"is_settings": True},
        )


@require_POST
@for_administrators
def save_loader_settings(request: SignedInRequest, group: str) -> HttpResponseBase:
    """Save one form; one with errors comes back with them, and nothing is written."""
    wanted = next((one for one in GROUPS if one.slug == group), None)
    if wanted is None:
        raise Http404
    try:
        instance = fresh(request)
    except SettingsError as error:
        messages.error(request, say(BROKEN, why=str(error)))
        return redirect("loader-settings")
    form = GroupForm(instance, wanted, request.POST)
    changes = form.save(by=str(request.user.pk)) if form.is_valid() else []
    if not form.is_valid():
        return respond(request, _page(request, instance, form))
    return _saved(request, changes)


def _saved(request: SignedInRequest, changes: list[Change]) -> HttpResponse:
    if changes:
        messages.success(request, say_count(SAVED, len(changes)))
    else:
        messages.info(request, say(SAME))
    return redirect("loader-settings")


def _page(request: SignedInRequest, instance: Instance, wrong: GroupForm | None = None) -> Page:
    forms = [
        wrong if wrong is not None and wrong.group == group else GroupForm(instance, group)
        for group in GROUPS
    ]
    return operations_page(
        "loader",
        {}
        if wrong
        else {"secrets": lambda: _secrets(instance), "changes": lambda: _changes(request, instance)},
        title=say(msg("Settings of the loader")),
        lead=say(LEAD),
        template="operations/loader_settings.html",
        context={"forms": forms},
    )


def _secrets(instance: Instance) -> Section:
    rows = list(_secret_rows(instance))
    return Section(
        slug="secrets",
        title=msg("Secrets"),
        question=msg("Which secrets are there?"),
        answer=say_count(SECRETS_ANSWER, len(rows), set=sum(row["is_set"] for row in rows)),
        table=Table(columns=SECRET_COLUMNS, rows=rows),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("The settings name no secret."))),
    )


def _secret_rows(instance: Instance) -> Iterator[dict[str, Any]]:
    """One row a secret that the settings name. One that is not known may be the secret: it is not shown."""
    for group in GROUPS:
        if not _is_used(instance, group.name):
            continue
        for setting, name in values_of(instance, group).items():
            if setting in SECRETS and name:
                is_set = isinstance(name, str) and name in instance.secrets
                yield {
                    "setting": f"{group.name}.{setting}",
                    "what": say(TITLES[setting]),
                    "name": name if is_set else None,
                    "is_set": is_set,
                }


def _is_used(instance: Instance, name: str) -> bool:
    loader = instance.sections.get("loader", {})
    return name == "loader.api" or (isinstance(loader, dict) and name.split(".")[-1] in loader)


def _changes(request: SignedInRequest, instance: Instance) -> Section:
    found = [one for one in changes_of(instance.root) if one.setting.startswith("loader.")][::-1]
    paging = Paging.of(request).with_total(len(found))
    shown = found[paging.window]
    names = people_names(one.by for one in shown)
    people = is_read_by_people(request)
    rows = [
        {
            "at": one.at,
            "by": say_started_by(one.by, names) if people else one.by,
            "setting": one.setting,
            "before": _shown(one, one.before),
            "after": _shown(one, one.after),
        }
        for one in shown
    ]
    return Section(
        slug="changes",
        title=msg("Changes"),
        question=msg("Who changed which setting?"),
        answer=say_count(CHANGES_ANSWER, len(found)),
        table=Table(columns=CHANGE_COLUMNS, rows=rows, paging=paging),
        empty=Empty(Cause.NOTHING_KEPT, say(msg("Nothing was changed on this page yet."))),
    )


def _shown(change: Change, value: Any) -> str | None:
    """A value as the file has it; of what may be a secret written in the wrong place, nothing."""
    if value is None or change.setting.rsplit(".", 1)[-1] in SECRETS:
        return None
    return toml_value(value)
