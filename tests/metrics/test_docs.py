"""The pages of the metrics are drawn from what the metrics declare."""

from __future__ import annotations

from pathlib import Path

import pytest

from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.docs import main, pages

ROOT = Path(__file__).resolve().parents[2]


def test_every_metric_has_a_page_with_its_rule_columns_and_example() -> None:
    written = pages(ROOT / "tests")
    for metric in METRICS:
        text = written[f"{metric.name}.md"]
        assert metric.rule in text
        assert [column.name for column in metric.columns if f"| `{column.name}` |" not in text] == []
        assert f"`{metric.name}` is:" in text


def test_the_pages_in_docs_are_fresh() -> None:
    assert main(["--check", f"--tests={ROOT / 'tests'}", f"--docs={ROOT / 'docs' / 'metrics'}"]) == 0


def test_a_stale_page_and_one_that_nothing_generates_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [f"--tests={ROOT / 'tests'}", f"--docs={tmp_path / 'pages'}"]
    assert main(options) == 0
    (tmp_path / "pages" / "video_summary.md").write_text("old", "utf-8")
    (tmp_path / "pages" / "gone.md").write_text("gone", "utf-8")
    assert main(["--check", *options]) == 1
    named = [line.split(" ")[0].rpartition("/")[2] for line in capsys.readouterr().err.splitlines()]
    assert named == ["gone.md", "video_summary.md"]
    assert main(options) == 0
    assert main(["--check", *options]) == 0
