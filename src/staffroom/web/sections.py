"""A section of a page: a question, the sentence that answers it, its table and its chart."""

from __future__ import annotations

from dataclasses import dataclass

from staffroom.metrics.declaration import Metric
from staffroom.web.charts import Chart
from staffroom.web.empty import Empty
from staffroom.web.tables import Table

BESIDE_A_TITLE, BESIDE_A_CHART = 880, 600
"""The widest table, in pixels, that stands beside its title; beside its chart as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """``title`` and ``question`` are msgids; ``answer`` is a finished sentence in the reader's language.

    ``slug`` names the section in addresses and files and is never translated. ``metric`` is the
    declaration whose rule is shown beside the numbers. ``empty`` says why there are no rows, where there
    are none.
    """

    slug: str
    title: str
    question: str
    answer: str
    table: Table
    chart: Chart | None = None
    metric: Metric | None = None
    empty: Empty | None = None

    @property
    def is_wide(self) -> bool:
        """Whether the table needs the page's whole width, below the answer, the chart and the definitions."""
        return self.table.width > (BESIDE_A_CHART if self.chart else BESIDE_A_TITLE)

    @property
    def rule(self) -> str:
        """How the numbers are counted, as a msgid."""
        return self.metric.rule if self.metric else ""
