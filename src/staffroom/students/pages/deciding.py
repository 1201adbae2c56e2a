"""What project leads decide on a held import: to apply it, which a worker does, or to drop it at once."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from staffroom.accounts import trail
from staffroom.accounts.models import Person
from staffroom.jobs.models import Run
from staffroom.jobs.models import State as RunState
from staffroom.metrics.declaration import msg
from staffroom.students.access import sees_district
from staffroom.students.importing import approving
from staffroom.students.importing.approving import NotHeld
from staffroom.students.importing.run import ImportBusy, import_lock
from staffroom.students.models import Import
from staffroom.students.models.imports import State
from staffroom.students.pages.frame import for_project_leads
from staffroom.students.viewing import viewer_of
from staffroom.web import formats
from staffroom.web.request import SignedInRequest
from staffroom.web.words import say

NOT_SURE = msg("Nothing was decided: say first that you have looked at what would change.")
NOT_HELD = msg("Nothing was changed: this import waits for nobody any more.")
BUSY = msg("Nothing was changed: an import is under way just now. Try again when it has ended.")
REFUSED = msg("The import was dropped; nothing was changed.")
ASKED = msg("A worker applies it now.")
WAITS = msg("It changes nothing until somebody decides.")
STANDINGS = {
    RunState.QUEUED: msg("Somebody approved it; it waits for a worker."),
    RunState.RUNNING: msg("Somebody approved it; it is being applied."),
    RunState.STOPPING: msg("Somebody approved it; it was asked to stop."),
}
FAULTS = {
    "WorldChanged": msg(
        "It was approved and could not be applied: what it was compared with has changed since. Nothing was "
        "changed. The next night compares the newest file anew."
    ),
    "ImportBusy": msg(
        "It was approved while another import was under way; nothing was changed. Approve it again."
    ),
}
FAULT = msg("It was approved and could not be applied; nothing was changed. The error was {problem}.")
STOPPED = msg("It was approved, and its run was stopped; nothing was changed. Approve it again.")
DECIDED = {
    State.DONE: msg("approved by {who}, {when}"),
    State.REFUSED: msg("refused by {who}, {when}"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """How it stands. ``said`` is who decided what, ``notice`` what keeps it waiting; finished texts."""

    can_decide: bool
    is_under_way: bool = False
    said: str = ""
    notice: str = ""


def decision_on(found: Import) -> Decision:
    """What was decided on an import, and what is still to be."""
    if found.state != State.HELD:
        return Decision(can_decide=False, said=_decided(found))
    run = approving.asked_to_approve(found)
    if run is not None and not run.has_ended:
        return Decision(can_decide=False, is_under_way=True, notice=say(STANDINGS[RunState(run.state)]))
    return Decision(can_decide=True, notice=_waiting(run))


@require_POST
@for_project_leads
def approve(request: SignedInRequest, number: int) -> HttpResponse:
    """Ask a worker to apply exactly what the held import would change."""
    found = _held(request, number)
    if found is not None:
        approving.ask_to_approve(found, request.user)
        trail.record_act(request.user, f"students/imports/{number}/approve")
        messages.success(request, say(ASKED))
    return redirect("students:import", number=number)


@require_POST
@for_project_leads
def refuse(request: SignedInRequest, number: int) -> HttpResponse:
    """Drop the held import."""
    found = _held(request, number)
    if found is not None:
        try:
            with import_lock(request.instance):
                approving.refuse(request.instance, number, by=request.user.pk)
        except ImportBusy:
            messages.error(request, say(BUSY))
        except NotHeld:
            messages.error(request, say(NOT_HELD))
        else:
            trail.record_act(request.user, f"students/imports/{number}/refuse")
            messages.success(request, say(REFUSED))
    return redirect("students:import", number=number)


def _held(request: SignedInRequest, number: int) -> Import | None:
    """The import, where it can be decided on and the person has said that they looked.

    Only who may see every student can have looked; for other project leads there is nothing to decide (404).
    """
    if not sees_district(viewer_of(request)):
        raise Http404
    found = get_object_or_404(Import, pk=number)
    if not decision_on(found).can_decide:
        messages.error(request, say(NOT_HELD))
        return None
    if request.POST.get("looked") != "yes":
        messages.error(request, say(NOT_SURE))
        return None
    return found


def _waiting(run: Run | None) -> str:
    """Why it waits still, though it may have been approved before."""
    if run is None or run.state == RunState.DONE:
        return say(WAITS)
    if run.state == RunState.STOPPED:
        return say(STOPPED)
    return say(FAULTS[run.problem]) if run.problem in FAULTS else say(FAULT, problem=run.problem or run.state)


def _decided(found: Import) -> str:
    if found.decided_at is None or found.state not in DECIDED:
        return ""
    person = Person.objects.filter(pk=found.decided_by).first() if found.decided_by else None
    who = person.name if person else say(msg("the command line"))
    return say(DECIDED[State(found.state)], who=who, when=formats.instant(found.decided_at))
