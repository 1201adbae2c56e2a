"""Every SELECT of the metrics is inside the portable subset, and what is outside is named."""

from __future__ import annotations

import pytest

from staffroom.metrics.catalogue import METRICS, VIEWS, View
from staffroom.metrics.declaration import Metric
from staffroom.metrics.portable import faults


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_portable_and_casts_its_columns(metric: Metric) -> None:
    assert faults(metric.sql) == []


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_every_shared_select_is_portable(view: View) -> None:
    assert faults(view.sql, casts=False) == []


OUTSIDE = {
    "SELECT * FROM t": "SELECT * names no columns",
    "SELECT list(a) AS b FROM t": "ARRAY_AGG is not on the list of functions",
    "SELECT arg_max(a, b) AS c FROM t": "ARG_MAX is not on the list of functions",
    "SELECT approx_quantile(a, 0.5) AS c FROM t": "APPROX_QUANTILE is not on the list of functions",
    "SELECT date_diff('month', a, b) AS c FROM t": "DATEDIFF is not on the list of functions",
    "SELECT dayofweek(a) AS c FROM t": "DAY_OF_WEEK is not on the list of functions",
    "SELECT lower(a) AS c FROM t": "LOWER is not on the list of functions",
    "SELECT now() AS c FROM t": "NOW is not on the list of functions",
    "SELECT some_macro(a) AS c FROM t": "SOME_MACRO is not on the list of functions",
    "SELECT a * 0.95 AS c FROM t": "0.95 is a decimal on one engine and a double on the other",
    "SELECT CAST(a AS DECIMAL(9, 2)) AS c FROM t": "CAST to DECIMAL(9, 2) is not on the list of types",
    "SELECT a + INTERVAL 1 DAY AS c FROM t": "INTERVAL is not portable",
    "SELECT a[1] AS c FROM t": "BRACKET is not portable",
    "SELECT a ILIKE 'x' AS c FROM t": "ILIKE is not portable",
    "SELECT ROW_NUMBER() OVER (PARTITION BY a) AS c FROM t": "ROW_NUMBER OVER has no ORDER BY",
    "SELECT SUM(a) OVER (ORDER BY b) AS c FROM t": "SUM OVER (… ORDER BY …) does not say ROWS BETWEEN",
    "SELECT a FROM t ORDER BY a": "ORDER outside a window: the writer orders the rows",
    "SELECT a FROM t LIMIT 3": "LIMIT outside a window: the writer orders the rows",
    "SELECT COUNT(DISTINCT a) AS c FROM t": "DISTINCT within an aggregate is not portable",
}


@pytest.mark.parametrize("sql", OUTSIDE)
def test_what_engines_disagree_on_is_refused(sql: str) -> None:
    assert OUTSIDE[sql] in faults(sql, casts=False)


def test_a_column_without_a_cast_is_named() -> None:
    assert faults("SELECT CAST(a AS BIGINT) AS a, b FROM t") == ["b is not cast to its declared type"]
