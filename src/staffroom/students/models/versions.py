"""Rows that an import stages unseen and switches on at once: each says with which import it came and went."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

FOREVER = 2**62
"""``left_in`` of rows that no import has taken away."""

M = TypeVar("M", bound=models.Model)


class Switch(models.Model):
    """Which import a table shows: its rows are those that came with it or before, and had not left by then.

    People have a switch too, which shows nothing and hides nothing: it tells that an import has changed them.
    """

    table = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.table} shows import {self.number}"


class VersionedQuerySet(models.QuerySet[M]):
    def current(self) -> Self:
        """The rows that are visible now."""
        shown = _shown(self.model)
        return self.filter(arrived_in__lte=shown, left_in__gt=shown)

    def left_over(self, number: int) -> Self:
        """What an import that was never switched on has staged, where ``number`` is the one that is shown."""
        return self.filter(arrived_in__gt=number)

    def leaving(self, number: int) -> Self:
        """What an import that was never switched on would have taken away."""
        return self.filter(left_in__gt=number, left_in__lt=FOREVER)

    def gone(self, number: int) -> Self:
        """What is seen no more."""
        return self.filter(left_in__lte=number)


def _shown(model: type[models.Model]) -> Any:
    """One scalar query, which a database asks once."""
    number = Switch.objects.filter(table=model._meta.model_name).values("number")[:1]
    return Coalesce(models.Subquery(number), Value(0), output_field=models.BigIntegerField())


class Versioned(models.Model):
    """A row that ``arrived_in`` an import and ``left_in`` a later one. Read them through ``current``."""

    arrived_in = models.BigIntegerField(default=0)
    left_in = models.BigIntegerField(default=FOREVER)

    objects = VersionedQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["left_in"], condition=Q(left_in__lt=FOREVER), name="%(app_label)s_%(class)s_left"
            )
        ]


def one_at_a_time(name: str, *fields: str) -> models.UniqueConstraint:
    """At most one row of this key that has not left."""
    return models.UniqueConstraint(fields=[*fields, "left_in"], name=name)
