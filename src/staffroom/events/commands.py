"""``staffroom events …``: take in deliveries, and look at them and at what was set aside."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime
from itertools import islice

from staffroom.command import Call, Command, Exit, day, number
from staffroom.errors import SettingsError, UnknownName
from staffroom.events.ingest import ingest, ledger_path
from staffroom.events.not_taken import files_missed
from staffroom.events.rejects import as_text, read_rejects
from staffroom.intake.ledger import Delivery, Ledger
from staffroom.tally import counted

_SHOWN_OF_A_LINE = 200


def _ingest_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", type=day, metavar="DAY", help="only logs of this day or later")
    parser.add_argument("--until", type=day, metavar="DAY", help="only logs of this day or earlier")
    parser.add_argument("--again", action="store_true", help="also deliveries that were taken in before")
    parser.add_argument("--limit", type=number(0), metavar="N", help="at most N logs of each source")


def _ingest(call: Call) -> int:
    options = call.options
    if options.since and options.until and options.since > options.until:
        raise SettingsError(
            f"--since {options.since} --until {options.until}",
            "stand in reverse order.",
            happened="Nothing was read.",
        )
    began = datetime.now(UTC)
    counts = ingest(
        call.instance,
        since=options.since,
        until=options.until,
        again=options.again,
        limit=options.limit,
        progress=call.progress,
    )
    rejects = {"skipped_rows_are_in": str(call.instance.rejects)} if counts.skipped else {}
    missed = files_missed(call.instance, since=began)
    facts = {**rejects, **missed.facts()}
    return call.finish(counts, label="Ingested", facts=facts, incomplete=bool(missed))


def _deliveries_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--problems", action="store_true", help="only those that somebody should look at")
    parser.add_argument("--limit", type=number(0), metavar="N", help="at most N, the last taken first")


def _deliveries(call: Call) -> int:
    ledger = Ledger(ledger_path(call.instance))
    chosen = (one for one in ledger.deliveries() if one.problem or not call.options.problems)
    for delivery in islice(chosen, call.options.limit):
        print(json.dumps(asdict(delivery)) if call.options.json else _line(delivery))
    summary = ledger.summary()
    if not call.options.json:
        deliveries = counted(summary.deliveries, "delivery", "deliveries")
        print(f"{deliveries}, {summary.problems:,} with a problem.")
    return Exit.DONE


def _line(delivery: Delivery) -> str:
    words = f"{delivery.taken_at}  {delivery.source}  {delivery.name}  {delivery.state}: "
    return words + delivery.counts.sentence() + (f". {delivery.problem}" if delivery.problem else "")


def _rejects_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("delivery", nargs="?", help="a delivery's name or digest (default: all)")
    parser.add_argument("--reason", help="only those set aside for this reason")
    parser.add_argument("--limit", type=number(0), metavar="N", help="at most N")


def _rejects(call: Call) -> int:
    """List rejects: the beginning of each line for people, all of it with --json."""
    options = call.options
    ledger = Ledger(ledger_path(call.instance))
    deliveries = ledger.find(options.delivery) if options.delivery else ledger.deliveries()
    if options.delivery and not deliveries:
        raise UnknownName(
            options.delivery, "is not a delivery.", next_step="See 'staffroom events deliveries'."
        )
    found = (
        (delivery.name, reject)
        for delivery in deliveries
        if delivery.skipped
        for reject in read_rejects(call.instance.rejects, delivery.digest)
        if options.reason in (None, reject.reason)
    )
    for name, reject in islice(found, options.limit):
        if options.json:
            text = reject.data.decode("utf-8", "backslashreplace")
            print(json.dumps({"delivery": name, "line": reject.line, "reason": reject.reason, "data": text}))
        else:
            text = as_text(reject.data)
            shown = text if len(text) <= _SHOWN_OF_A_LINE else f"{text[:_SHOWN_OF_A_LINE]} …"
            print(f"{name} line {reject.line}: {reject.reason}: {shown}")
    return Exit.DONE


COMMANDS = (
    Command(
        "ingest", "Take in new deliveries: logs into events, exports into tables.", _ingest, _ingest_options
    ),
    Command("deliveries", "List deliveries and what became of their rows.", _deliveries, _deliveries_options),
    Command("rejects", "List rows that were set aside, with the reason.", _rejects, _rejects_options),
)
