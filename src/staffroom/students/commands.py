"""``staffroom students …``: import the exports of student systems, look what they would change, decide."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit, day, number
from staffroom.students.erasure_commands import COMMANDS as ERASURE

if TYPE_CHECKING:
    from staffroom.students.importing.changes import Change
    from staffroom.students.importing.results import ImportResult, SourceResult

SHOWN = 20
"""How many imports, or differences of one, are shown where nothing else is asked."""


def import_(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.importing.run import import_students

    result = import_students(call.instance, call.progress, dry_run=call.options.dry_run, **_chosen(call))
    for one in result.sources:
        _tell_source(call, one)
    return _finish(
        call, result, "students import, nothing was changed" if call.options.dry_run else "students import"
    )


def validate(call: Call) -> int:
    """Every difference between the exports and what is stored; nothing is changed."""
    start_site(call.instance)
    from staffroom.students.importing.run import import_students

    found = 0

    def told(change: Change) -> None:
        nonlocal found
        found += 1
        _tell_change(call, change)

    result = import_students(call.instance, call.progress, dry_run=True, told=told, **_chosen(call))
    for one in result.sources:
        _tell_rejects(call, one)
    return _finish(call, result, "students validate", differences=found)


def imports(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.importing.approving import differences, find_held
    from staffroom.students.models import Import

    if call.options.number is not None:
        for change in differences(call.instance, find_held(call.options.number), limit=call.options.limit):
            _tell_change(call, change)
        return Exit.DONE
    chosen = Import.objects.all()
    if call.options.source:
        chosen = chosen.filter(source__in=call.options.source)
    for record in chosen[: call.options.limit]:
        facts = {
            "import": record.pk,
            "source": record.source,
            "state": record.state,
            "began_at": record.began_at.isoformat(timespec="seconds"),
            "file": record.file_name,
            "stale": record.is_stale,
            "schools": record.schools,
            "problem": record.problem,
            **record.counts,
        }
        _print(call, facts, _line(facts))
    return Exit.DONE


def approve(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.importing import approving
    from staffroom.students.importing.counters import added
    from staffroom.students.importing.run import import_lock

    by = approving.asked_by(call.options.run) if call.options.run else None
    with import_lock(call.instance):
        record = approving.approve(call.instance, call.options.number, call.progress, by=by)
    counts = added(record.counts)
    return call.finish(counts, label=f"import {record.pk} of {record.source} is approved and done")


def refuse(call: Call) -> int:
    start_site(call.instance)
    from staffroom.students.importing import approving
    from staffroom.students.importing.run import import_lock

    with import_lock(call.instance):
        record = approving.refuse(call.instance, call.options.number, by=None)
    facts = {"result": "refused", "import": record.pk, "source": record.source}
    return _print(call, facts, f"Import {record.pk} of {record.source} is refused; nothing was changed.")


def sources(call: Call) -> int:
    """What can be imported, and which columns it has."""
    from staffroom.students.rows.catalogue import SOURCES

    for source in SOURCES.values():
        facts = {
            "source": source.name,
            "about": source.about,
            "required": source.required,
            "optional": source.optional,
            "unmarked": source.unmarked,
        }
        columns = ", ".join(source.required)
        optional = f" ({', '.join(source.optional)})" if source.optional else ""
        _print(call, facts, f"{source.name}: {source.about} {columns}{optional}")
    return Exit.DONE


def _chosen(call: Call) -> dict[str, Any]:
    return {
        "sources": call.options.source or (),
        "schools": call.options.school or (),
        "since": call.options.since,
    }


def _tell_source(call: Call, one: SourceResult) -> None:
    facts = one.facts()
    _print(call, facts | ({"samples": one.samples} if one.samples else {}), _line(facts))
    if not call.options.json:
        for action, samples in one.samples.items():
            for sample in samples:
                print(
                    f"  {action} {sample['table']} {_key(sample['key'])}{_differing(sample['differences'])}"
                )
    _tell_rejects(call, one)


def _tell_rejects(call: Call, one: SourceResult) -> None:
    """Some of the rows that were set aside: where and why, without what stood in them."""
    for reject in one.rejects:
        call.say(f"  {one.file_name} line {reject.line}: {reject.reason}")


def _tell_change(call: Call, change: Change) -> None:
    from staffroom.students.importing.tables import TABLES

    facts = change.as_facts(TABLES[change.table].content)
    line = f"{change.action} {change.table} {_key(change.key)}{_differing(facts['differences'])}"
    _print(call, facts, line)


def _key(key: list[Any]) -> str:
    return " ".join(json.dumps(part, ensure_ascii=False) for part in key)


def _differing(differences: Mapping[str, list[Any]]) -> str:
    told = [
        f"{name}: stored {json.dumps(stored, ensure_ascii=False)}, in the file "
        f"{json.dumps(new, ensure_ascii=False)}"
        for name, (stored, new) in differences.items()
    ]
    return f" – {'; '.join(told)}" if told else ""


def _line(facts: Mapping[str, Any]) -> str:
    """``students: done, import 12. created 4, rejected blank:grade 1``"""
    head = f"{facts['source']}: {facts['state']}"
    told = []
    for name, value in facts.items():
        if name in ("source", "state") or not value:
            continue
        shown = (
            ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else value
        )
        told.append(f"{name.replace('_', ' ')} {shown}")
    return f"{head}. {'; '.join(told)}" if told else f"{head}."


def _print(call: Call, facts: Mapping[str, Any], sentence: str) -> int:
    print(json.dumps(facts, default=str, ensure_ascii=False) if call.options.json else sentence)
    return Exit.DONE


def _finish(call: Call, result: ImportResult, label: str, **facts: Any) -> int:
    facts |= result.facts()
    if result.counts.skipped and not call.options.dry_run and label == "students import":
        facts["rejects"] = str(call.instance.rejects)
    incomplete = bool(result.named("held", "missing") or facts.get("differences"))
    code = call.finish(result.counts, label=label, facts=facts, incomplete=incomplete)
    for number_ in (one.number for one in result.sources if one.state == "held"):
        words = shlex.join(["staffroom", "students", "approve", str(number_)])
        call.say(f"Import {number_} waits. Look with 'staffroom students imports {number_}', then: {words}")
    if result.named("failed"):
        for one in result.sources:
            if one.problem:
                print(f"staffroom: {one.problem}", file=sys.stderr)
        return Exit.FAILED
    return code


def _import_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--source", action="append", metavar="NAME", help="only this; may be given several times"
    )
    parser.add_argument(
        "--school", action="append", metavar="CODE", help="only this; may be given several times"
    )
    parser.add_argument(
        "--since", type=day, metavar="DAY", help="only attendance, incidents and tests from then on"
    )


def _dry_run_too(parser: argparse.ArgumentParser) -> None:
    _import_options(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="say what would be changed, and change nothing"
    )


def _validate_options(parser: argparse.ArgumentParser) -> None:
    _import_options(parser)
    parser.set_defaults(dry_run=True)


def _imports_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "number", nargs="?", type=number(1), metavar="IMPORT", help="what this held one would change"
    )
    parser.add_argument(
        "--source", action="append", metavar="NAME", help="only this; may be given several times"
    )
    parser.add_argument("--limit", type=number(1), default=SHOWN, help=f"how many lines (default: {SHOWN})")


def _number_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("number", type=number(1), metavar="IMPORT", help="the number of a held import")


COMMANDS = (
    Command("import", "Import what the student systems have delivered.", import_, _dry_run_too),
    Command(
        "validate",
        "Compare the exports with what is stored; name every difference.",
        validate,
        _validate_options,
    ),
    Command("imports", "List imports, or what a held one would change.", imports, _imports_options),
    Command("approve", "Apply a held import, exactly as it was shown.", approve, _number_option),
    Command("refuse", "Drop a held import.", refuse, _number_option),
    Command("sources", "List what can be imported, with the columns of each file.", sources),
    *ERASURE,
)
