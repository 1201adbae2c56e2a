"""Mail to the operators: a run that failed or was lost for good, a source that has fallen silent. Once each.

The run's row says whether they were told, so that any number of workers, and a mail server that was away,
make one mail. A mail holds ids, classes of errors and names of settings, never a person's data.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.core.mail import send_mail
from django.db import DatabaseError
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from staffroom.config import Instance
from staffroom.jobs.models import Run, State
from staffroom.jobs.models.run import ENDED, FAILED, SCHEDULE
from staffroom.web.settings import SiteSettings

TOLD_WITHIN = timedelta(days=1)
"""What ended longer ago is no news: it ended while nobody was to be told, or mail could not be sent."""

QUIET = "quiet"
"""The fact of a nightly run that names the sources that delivered nothing for too long."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Notice:
    subject: str
    body: str


def tell_operators(instance: Instance) -> int:
    """Send what has not been told yet; returns how many mails went. What fails is for the next call."""
    site = instance.section("site", SiteSettings)
    if not site.operators or not site.mail_server:
        return 0
    told = 0
    try:
        for run in _untold():
            told += _tell(run, instance, list(site.operators))
    except DatabaseError as error:
        logger.warning("Operators could not be told", extra={"step": type(error).__name__})
    return told


def _untold() -> QuerySet[Run]:
    worth_it = Q(name="nightly") | Q(started_by=SCHEDULE)
    news = Q(state__in=FAILED) | Q(state__in=ENDED, facts__has_key=QUIET)
    ended = Run.objects.filter(told_at=None, finished_at__gt=timezone.now() - TOLD_WITHIN)
    return ended.filter(worth_it & news).order_by("finished_at")


def _tell(run: Run, instance: Instance, operators: list[str]) -> int:
    """Mail what is to be said of one run, unless another process is at it; 0 where nothing was sent."""
    if not Run.objects.filter(id=run.id, told_at=None).update(told_at=timezone.now()):
        return 0
    sent = 0
    try:
        for notice in notices_of(run, instance):
            send_mail(notice.subject, notice.body, None, operators)
            sent += 1
    except OSError as error:  # every failure of SMTP is one
        logger.warning("Operators could not be told", extra={"step": type(error).__name__})
        Run.objects.filter(id=run.id).update(told_at=None)
    return sent


def notices_of(run: Run, instance: Instance) -> Iterator[Notice]:
    """What operators should know of ``run``: that it failed, and which sources are silent since."""
    name = " ".join(instance.institution.name.split())
    page = instance.section("site", SiteSettings).base_url.rstrip("/") + reverse("run", args=[run.id])
    if run.has_failed:
        facts = {"run": str(run.id), "what": run.name, **_failure(run, instance), "page": page}
        yield Notice(f"[{name}] {run.name} {_how(run)}", f"{_lines(facts)}\n\n{LAST_GOOD}\n")
    for source in _newly_quiet(run):
        facts = {"source": source, "found by run": str(run.id), "page": page}
        yield Notice(f"[{name}] nothing new from {source}", f"{_lines(facts)}\n\n{SEE_WHY}\n")


LAST_GOOD = "Pages show the last good numbers and say so. The run's page has its log."
SEE_WHY = (
    "It has delivered nothing for longer than its expected_every_hours, or than [jobs] quiet_source_days. "
    "See why nothing arrives any more."
)


def _how(run: Run) -> str:
    return "was lost" if run.state == State.LOST else f"failed: {run.problem}"


def _failure(run: Run, instance: Instance) -> dict[str, str]:
    assert run.finished_at is not None
    ended = run.finished_at.astimezone(instance.institution.zone)
    return {
        "error": run.problem,
        "place": run.problem_place or "-",
        "ended": f"{ended:%Y-%m-%d %H:%M} {instance.institution.time_zone}",
    }


def _newly_quiet(run: Run) -> list[str]:
    """The silent sources of ``run`` that the nightly run before it did not name."""
    before = Run.objects.filter(name="nightly", state__in=ENDED, finished_at__lt=run.finished_at)
    last = before.filter(facts__has_key="version").order_by("-finished_at").first()
    known = last.facts.get(QUIET, []) if last is not None else []
    return [source for source in run.facts.get(QUIET, []) if source not in known]


def _lines(facts: dict[str, str]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in facts.items())
