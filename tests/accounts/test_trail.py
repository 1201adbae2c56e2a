"""The audit trail: one row a view, before the view."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from staffroom.accounts import trail
from staffroom.accounts.models import View
from tests.cast import LAKE, Cast

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


def test_a_list_is_one_row_with_its_learners_sorted_once_each(cast: Cast) -> None:
    shown = [("openedx", "9"), ("moodle", "9"), ("openedx", "10"), ("openedx", "9")]
    trail.record(cast.stella, "courses/time", course_id=LAKE, learners=shown)
    row = View.objects.using("audit").get()
    assert (row.person_id, row.what, row.course_id, row.learner_count) == (
        cast.stella.pk,
        "courses/time",
        LAKE,
        3,
    )
    assert trail.unpacked(row.learners) == [("moodle", "9"), ("openedx", "10"), ("openedx", "9")]


def test_a_view_that_names_nobody_leaves_no_row(cast: Cast) -> None:
    trail.record(cast.stella, "courses/time", course_id=LAKE, learners=[])
    assert View.objects.count() == 0


def test_the_ids_of_an_export_are_packed_small(cast: Cast) -> None:
    trail.record(cast.stella, "x.csv", course_id=LAKE, learners=(("openedx", str(n)) for n in range(10_000)))
    assert len(View.objects.get().learners) < 30_000


def test_rows_older_than_the_setting_go(cast: Cast) -> None:
    trail.record(cast.stella, "old", course_id=LAKE, learners=[("openedx", "1")])
    trail.record(cast.stella, "new", course_id=LAKE, learners=[("openedx", "1")])
    View.objects.filter(what="old").update(at=timezone.now() - timedelta(days=31))
    assert trail.drop_old(kept_days=30) == 1
    assert [row.what for row in View.objects.all()] == ["new"]
