"""What is done for students, from when until when. Callers pass students whom ``access`` has let through."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from staffroom.errors import PermanentError
from staffroom.students import access
from staffroom.students.access import Rules
from staffroom.students.models import Educator, Service, Student
from staffroom.students.models.people import StudentQuerySet


class ServiceRefused(PermanentError):
    """A service that this educator may not record or end."""


@dataclass(frozen=True, slots=True)
class Phase:
    """The beginning of a service, as charts mark it."""

    starts_on: date
    kind: str


def services_of(students: StudentQuerySet) -> QuerySet[Service]:
    """All services of these students, the latest begun first."""
    return Service.objects.filter(student__in=students.values("pk"))


def active(services: QuerySet[Service], day: date) -> QuerySet[Service]:
    """Those that go on on ``day``."""
    return services.filter(Q(ended_on=None) | Q(ended_on__gt=day), starts_on__lte=day)


def phases_of(student: Student, kinds: Iterable[str]) -> list[Phase]:
    """Where the student's services of these kinds began, ended ones included, in their order."""
    found = Service.objects.filter(student=student, kind__in=list(kinds))
    return [Phase(*row) for row in found.order_by("starts_on", "pk").values_list("starts_on", "kind")]


def record_service(
    viewer: object,
    student: Student,
    *,
    kind: str,
    provider: str,
    starts_on: date,
    expected_to_end_on: date | None,
    today: date,
    rules: Rules,
) -> Service:
    """Record a service; one that was expected to end before today has ended then. Raises ServiceRefused."""
    writer = _writer(viewer, student, rules)
    is_over = expected_to_end_on is not None and expected_to_end_on < today
    return Service.objects.create(
        student=student,
        kind=kind,
        provider=provider,
        starts_on=starts_on,
        expected_to_end_on=expected_to_end_on,
        ended_on=expected_to_end_on if is_over else None,
        ended_by=writer if is_over else None,
        recorded_at=timezone.now(),
        recorded_by=writer,
    )


def end_service(viewer: object, service: Service, *, today: date, rules: Rules) -> bool:
    """End it today; False where it had ended before. Raises ServiceRefused."""
    writer = _writer(viewer, service.student, rules)
    going_on = Service.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), pk=service.pk)
    return going_on.update(ended_on=today, ended_by=writer) > 0


def provider_names(students: StudentQuerySet) -> list[str]:
    """Names to choose a provider from: educators who are there, and who gives services to these students."""
    educators = Educator.objects.present().exclude(full_name="").values_list("full_name", flat=True)
    providers = services_of(students).exclude(provider="").order_by().values_list("provider", flat=True)
    return sorted({*educators, *providers.distinct()})


def _writer(viewer: object, student: Student, rules: Rules) -> Educator:
    writer = access.writer_of(viewer, rules=rules)
    if writer is None or access.why_visible(viewer, student, rules=rules) is None:
        raise ServiceRefused(f"a service of {student}", "is not for you to change.")
    return writer
