"""The buttons of the loader's page: each asks for a run, which a worker takes up, or ends one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.jobs import runs
from staffroom.loader.settings import loader_settings
from staffroom.metrics.declaration import msg
from staffroom.operations import loading
from staffroom.operations.loading import CHECK, REHEARSAL, SEND
from staffroom.operations.pages.frame import for_administrators
from staffroom.operations.pages.loader import BROKEN, fresh
from staffroom.web.request import SignedInRequest
from staffroom.web.words import say

BUSY = msg("The loader is busy already: nothing else was started.")
STOPPED = msg("The run was asked to stop. What was sent stays sent; the run can go on later.")
ENDED = msg("The run had ended already.")


@dataclass(frozen=True, slots=True)
class Action:
    """``verb`` is queued with what ``arguments`` finds; ``said`` is a msgid."""

    verb: str
    arguments: Callable[[Instance], dict[str, object]]
    said: str


def _check_arguments(instance: Instance) -> dict[str, object]:
    loader_settings(instance)
    return {}


def _rehearsal_arguments(instance: Instance) -> dict[str, object]:
    return {REHEARSAL: True, **loading.send_arguments(instance)}


ACTIONS = {
    "check": Action(CHECK, _check_arguments, msg("The test of the connections waits for a worker.")),
    "rehearse": Action(SEND, _rehearsal_arguments, msg("The dry run waits for a worker.")),
    "send": Action(SEND, loading.send_arguments, msg("The run waits for a worker.")),
    "resume": Action(SEND, loading.resume_arguments, msg("The run waits for a worker to go on.")),
}


@require_POST
@for_administrators
def start_loader(request: SignedInRequest) -> HttpResponse:
    """Queue what the button names; where the loader has something to do already, nothing."""
    action = ACTIONS.get(request.POST.get("action", ""))
    if action is None:
        raise Http404
    try:
        arguments = action.arguments(fresh(request))
    except SettingsError as error:
        messages.error(request, say(BROKEN, why=str(error)))
        return redirect("loader")
    _, is_new = loading.ask_for(action.verb, arguments, started_by=request.user)
    if is_new:
        messages.success(request, say(action.said))
    else:
        messages.info(request, say(BUSY))
    return redirect("loader")


@require_POST
@for_administrators
def stop_loader(request: SignedInRequest) -> HttpResponse:
    """End the run that goes on or waits."""
    run = loading.under_way()
    if run is not None and runs.request_stop(run.id):
        messages.success(request, say(STOPPED))
    else:
        messages.info(request, say(ENDED))
    return redirect("loader")
