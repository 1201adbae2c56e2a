"""A page of documentation for each metric, drawn from its declaration, its SQL and its worked example.

``python -m staffroom.metrics.docs`` writes docs/metrics anew; with ``--check`` it says which pages are stale.
The worked example is the test's: ``metrics/library/<name>/given/*.csv`` and ``expected/<name>.csv``.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from staffroom.metrics.catalogue import METRICS, tables_of
from staffroom.metrics.declaration import Column, Metric, Visibility

INDEX = "index.md"


def pages(tests: Path) -> dict[str, str]:
    """Every page by its file name; ``tests`` is the folder of the project's tests."""
    library = tests / "metrics" / "library"
    return {
        INDEX: index(),
        **{f"{metric.name}.md": page(metric, library / metric.name) for metric in METRICS},
    }


def index() -> str:
    """The list of all metrics, those that pages show before those they are made of."""
    shown = "\n".join(_index_row(metric) for metric in METRICS if metric.shown)
    steps = "\n".join(_index_row(metric) for metric in METRICS if not metric.shown)
    heading = "| metric | question | one row for each |\n|---|---|---|"
    return f"""# The metrics

Each metric is one question, one table, one section of a page, one CSV and one resource of the API, all drawn
from one declaration. Its SQL runs on DuckDB and on Spark with equal results.

{heading}
{shown}

Steps on the way, which no page shows:

{heading}
{steps}
"""


def page(metric: Metric, example: Path) -> str:
    """The page of one metric; ``example`` is the folder of its worked example."""
    columns = "\n".join(_column_row(column) for column in metric.columns)
    differs = "\n".join(f"- {sentence}" for sentence in metric.differs) or "It does not."
    sources = ", ".join(f"`{name}`" for name in sorted(tables_of(metric)))
    return f"""# {metric.title}

**{metric.question}**

Table `{metric.name}`, one row for each {_key(metric)}. Made from {sources} by
[its SQL](../../src/staffroom/metrics/library/{metric.name}.sql).

## Rule

{metric.rule}

## Columns

| column | title | unit or kind | meaning |
|---|---|---|---|
{columns}

## How it differs from what it replaces

{differs}

## A late event

{metric.late_event}

## Worked example

{_example(metric, example)}"""


def _index_row(metric: Metric) -> str:
    return f"| [`{metric.name}`]({metric.name}.md) | {metric.question} | {_key(metric)} |"


def _key(metric: Metric) -> str:
    names = [f"`{name}`" for name in metric.key]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _column_row(column: Column) -> str:
    hidden = " Only administrators see it." if column.visible_to is Visibility.ADMINISTRATORS else ""
    return f"| `{column.name}` | {column.title} | {column.unit or column.kind} | {column.help}{hidden} |"


def _example(metric: Metric, folder: Path) -> str:
    given = sorted((folder / "given").glob("*.csv"))
    parts = [f"Given `{path.stem}`:\n\n{_table(path)}" for path in given]
    parts.append(f"`{metric.name}` is:\n\n{_table(folder / 'expected' / f'{metric.name}.csv')}")
    return "\n\n".join(parts) + "\n"


def _table(path: Path) -> str:
    """A CSV file as a table, without the columns that are empty in every row."""
    with path.open(newline="", encoding="utf-8") as file:
        header, *rows = list(csv.reader(file))
    used = [position for position in range(len(header)) if any(row[position] for row in rows)]
    lines = [_line([header[position] for position in used]), "|" + "---|" * len(used)]
    return "\n".join([*lines, *(_line([row[position] for position in used]) for row in rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _stale(folder: Path, wanted: dict[str, str]) -> Iterator[Path]:
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            yield path
    yield from (path for path in folder.glob("*.md") if path.name not in wanted)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or name those that are stale; returns the exit code."""
    parser = argparse.ArgumentParser("staffroom.metrics.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where a page is stale")
    parser.add_argument("--tests", type=Path, default=Path("tests"), help="the folder of the tests")
    parser.add_argument("--docs", type=Path, default=Path("docs/metrics"), help="the folder of the pages")
    options = parser.parse_args(arguments)
    wanted = pages(options.tests)
    stale = sorted(_stale(options.docs, wanted))
    if options.check:
        for path in stale:
            print(f"{path} is out of date: run 'make docs'.", file=sys.stderr)
        return 1 if stale else 0
    options.docs.mkdir(parents=True, exist_ok=True)
    for path in stale:
        if path.name in wanted:
            path.write_text(wanted[path.name], "utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
