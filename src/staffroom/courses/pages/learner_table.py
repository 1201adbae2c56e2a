"""A section that names learners: searched, sorted and paged by the address, and noted in the audit trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from staffroom.courses.learners import LEARNER_COLUMNS, learners_in, named
from staffroom.courses.pages.frame import Visit, why_empty
from staffroom.metrics.catalogue import metric
from staffroom.metrics.declaration import Column, msg
from staffroom.web.listing import listed
from staffroom.web.sections import Section
from staffroom.web.tables import Table
from staffroom.web.words import say

NOTED = msg("This list names learners; that you saw it is noted in the audit trail.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnerList:
    """What a page says of its list of learners. ``rows`` have source, learner_id and ``columns``."""

    page: str
    slug: str
    title: str
    question: str
    table: str
    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    answer: str
    sort: str
    narrowed: bool = False
    bars: frozenset[str] = field(default_factory=frozenset)


def learner_section(visit: Visit, made: LearnerList) -> Section:
    """The section, once the trail holds whom it names."""
    table = listed(
        visit.request,
        LEARNER_COLUMNS + made.columns,
        named(visit.course, made.rows),
        sort=made.sort,
        searched=[column.name for column in LEARNER_COLUMNS],
    )
    visit.record(f"{made.page}/{made.slug}", learners_in(table.rows))
    narrowed = made.narrowed or bool(table.arrangement and table.arrangement.search)
    return Section(
        slug=made.slug,
        title=made.title,
        question=made.question,
        answer=made.answer if made.rows else "",
        table=replace(table, caption=say(NOTED), bars=made.bars, scales=_scales(made)),
        metric=metric(made.table),
        empty=None if table.rows else why_empty(visit.course, made.table, narrowed=narrowed),
    )


def _scales(made: LearnerList) -> dict[str, float]:
    """The largest value of each column with bars, so that they mean the same on every page."""
    whole = Table(columns=made.columns, rows=made.rows)
    return {name: whole.largest(name) for name in made.bars}
