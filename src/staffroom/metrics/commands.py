"""``staffroom metrics …``: compute and publish the tables, list them, show one as CSV."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import date, datetime

from staffroom.command import Call, Command, Exit, day
from staffroom.engines import ENGINES
from staffroom.errors import UnknownName
from staffroom.events.keys import CourseKey, parse_course_key
from staffroom.metrics.catalogue import METRICS
from staffroom.metrics.catalogue import metric as metric_called
from staffroom.metrics.compute import Computed, compute
from staffroom.metrics.scope import Courses, Everything
from staffroom.metrics.store import open_published

PAGE_ROWS = 50_000


def _compute(call: Call) -> int:
    options = call.options
    return _finish(
        call,
        compute(
            call.instance,
            courses=_courses(options.course) if options.course else None,
            only=options.only or None,
            engine=options.engine,
            master=options.master,
            as_of=options.as_of,
            progress=call.progress,
        ),
    )


def _rebuild(call: Call) -> int:
    return _finish(call, compute(call.instance, again=True, as_of=call.options.as_of, progress=call.progress))


def _finish(call: Call, computed: Computed) -> int:
    for name, problem in computed.failed.items():
        call.say(f"{name} could not be computed ({problem}); its last good table stays.")
    return call.finish(
        computed.counts,
        label="metrics",
        facts={"version": computed.catalogue_number, "failed": len(computed.failed)},
    )


def _list(call: Call) -> int:
    published = open_published(call.instance.store)
    for metric in METRICS:
        fresh = published.freshness(metric.name)
        facts = {
            "name": metric.name,
            "question": metric.question,
            "through": fresh.through.isoformat() if fresh.through else None,
            "computed_at": fresh.computed_at.isoformat() if fresh.computed_at else None,
            "problem": fresh.problem,
        }
        if call.options.json:
            print(json.dumps(facts))
        else:
            through = f"through {facts['through']}" if fresh.through else "not published"
            problem = f", last run failed ({fresh.problem})" if fresh.problem else ""
            print(f"{metric.name:26}{through}{problem}  {metric.question}")
    return Exit.DONE


def _show(call: Call) -> int:
    """Rows as CSV in the order of the metric's key; raw values, days and instants in ISO form."""
    metric = metric_called(call.options.name)
    published = open_published(call.instance.store)
    within = Courses(frozenset(_courses(call.options.course))) if call.options.course else Everything()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(column.name for column in metric.columns)
    offset = 0
    while True:
        rows = published.read(
            metric.name, within=within, order_by=metric.key, limit=PAGE_ROWS, offset=offset
        ).rows
        writer.writerows([_plain(value) for value in row] for row in rows)
        offset += len(rows)
        if len(rows) < PAGE_ROWS:
            return Exit.DONE


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date | datetime) else value


def _courses(texts: list[str]) -> list[CourseKey]:
    return [_course(text) for text in texts]


def _course(text: str) -> CourseKey:
    key = parse_course_key(text)
    if key is None:
        raise UnknownName(
            f"course {text!r}", "is not a course key.", next_step="Write it as course-v1:A+B+C."
        )
    return key


def _computing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--course", action="append", metavar="KEY", help="only this course; may be repeated")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only this metric and what it needs; may be repeated"
    )
    parser.add_argument(
        "--engine", choices=ENGINES, default="duckdb", help="what computes them (default: duckdb)"
    )
    parser.add_argument("--master", metavar="URL", help="Spark's cluster (default: this machine)")
    _dated(parser)


def _dated(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as-of",
        type=day,
        metavar="DAY",
        help="the last day to count (default: yesterday in the institution's time zone)",
    )


def _showing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="the metric's name")
    parser.add_argument("--course", action="append", metavar="KEY", help="only this course; may be repeated")


COMMANDS = (
    Command("compute", "Compute and publish what has changed.", _compute, _computing),
    Command("rebuild", "Compute and publish every metric anew, changed or not.", _rebuild, _dated),
    Command("list", "List the metrics and how fresh they are.", _list),
    Command("show", "Print a metric as CSV.", _show, _showing),
)
