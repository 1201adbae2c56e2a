"""All students are judged anew after a change of the rules, which drains apply to changed students only."""

from __future__ import annotations

from itertools import groupby

import orjson
from django.db import transaction

from staffroom.config import Instance
from staffroom.registry.eligibility import assessments
from staffroom.registry.models import Eligibility, Student
from staffroom.registry.writing import DATABASE, judge_again
from staffroom.tally import Counts, Progress

PART = 2000


def evaluate_all(instance: Instance, progress: Progress) -> Counts:
    """Judge every student by the rules of now, part by part; it may be killed and run again."""
    known = assessments(instance)
    names = [one.name for one in known]
    Eligibility.objects.exclude(assessment__in=names).delete()
    read, last = 0, 0
    with progress.step("students", unit="students") as step:
        while ids := list(
            Student.objects.filter(id__gt=last).order_by("id").values_list("id", flat=True)[:PART]
        ):
            with transaction.atomic(using=DATABASE):
                fresh = Student.objects.filter(id__in=ids).order_by("state").values_list("state", "record")
                for state, rows in groupby(fresh, key=lambda row: row[0]):
                    judge_again(state, [orjson.loads(record) for _, record in rows], known)
            read, last = read + len(ids), ids[-1]
            step.advance(len(ids))
    return Counts(read, read)
