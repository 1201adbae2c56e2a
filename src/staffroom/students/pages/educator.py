"""One educator: what is granted to them, the form that changes it, and what was changed before."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from staffroom.metrics.declaration import msg
from staffroom.students.access import rules_now
from staffroom.students.granting import by_person, change_grants, give_label, grants_of, take_label
from staffroom.students.models import Educator, GrantChange
from staffroom.students.pages.changes import changes_section
from staffroom.students.pages.educator_form import CHANGED_MEANWHILE, GrantsForm, initial
from staffroom.students.pages.frame import for_project_leads, lead_page
from staffroom.students.viewing import ViewingRefused, start_viewing, stop_viewing
from staffroom.web.faces import respond
from staffroom.web.request import SignedInRequest
from staffroom.web.words import say

SAVED = msg("The grants were saved.")
REFUSED = msg("You cannot see pages as this educator.")


@require_http_methods(["GET", "HEAD", "POST"])
@for_project_leads
def educator(
    request: SignedInRequest, educator: int, section: str = "", face: str = "html"
) -> HttpResponseBase:
    """What is granted to one educator, and the form that changes it."""
    shown = get_object_or_404(Educator.objects.select_related("school", "person"), pk=educator)
    form = _form(shown, request)
    if request.method == "POST" and face == "html":
        answer = _save(request, shown)
        if isinstance(answer, HttpResponseBase):
            return answer
        form = answer
    page = lead_page(
        "access",
        {"changes": lambda: changes_section(request, GrantChange.objects.filter(educator=shown))},
        title=shown.full_name or shown.login,
        lead=_lead(shown),
        template="students/educator.html",
        context={"educator": shown, "form": form, "can_be_seen_as": _can_be_seen_as(request, shown)},
    )
    return respond(request, page, section, face)


@require_POST
@for_project_leads
def view_as(request: SignedInRequest, educator: int) -> HttpResponseBase:
    """From now on the project lead sees as this educator; the home page is where they begin."""
    try:
        start_viewing(request, get_object_or_404(Educator, pk=educator))
    except ViewingRefused:
        messages.error(request, say(REFUSED))
        return redirect("students:access-educator", educator=educator)
    return redirect("home")


@require_POST
def stop_view_as(request: SignedInRequest) -> HttpResponseBase:
    """End seeing as another; nothing for who does not."""
    stop_viewing(request)
    return redirect("home")


def _save(request: SignedInRequest, shown: Educator) -> HttpResponseBase | GrantsForm:
    """The answer, or the form with what is wrong with it. Nothing is saved over what was not seen."""
    with transaction.atomic():
        Educator.objects.select_for_update().get(pk=shown.pk)
        form = _form(shown, request, sent=True)
        if not form.is_valid():
            return form
        if form.cleaned_data["seen"] != _latest(shown):
            fresh = _form(shown, request)
            messages.warning(request, say(CHANGED_MEANWHILE))
            return fresh
        by = by_person(request.user)
        change_grants(shown, by, **form.grants)
        for key, wanted in form.labels.items():
            (give_label if wanted else take_label)(shown, key, by)
    messages.success(request, say(SAVED))
    return redirect("students:access-educator", educator=shown.pk)


def _form(shown: Educator, request: SignedInRequest, *, sent: bool = False) -> GrantsForm:
    start = initial(shown, grants_of(shown), _latest(shown))
    return GrantsForm(request.POST if sent else None, initial=start, educator=shown)


def _latest(shown: Educator) -> int:
    """The id of the latest change of their grants; 0 where there was none."""
    found = GrantChange.objects.filter(educator=shown).order_by("-id").values_list("pk", flat=True)
    return found.first() or 0


def _lead(shown: Educator) -> str:
    parts = [shown.login, shown.email, shown.staff_type, shown.school.name if shown.school else ""]
    return " · ".join(part for part in parts if part)


def _can_be_seen_as(request: SignedInRequest, shown: Educator) -> bool:
    return shown.person_id != request.user.pk and rules_now().settings.view_as
