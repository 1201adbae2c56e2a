"""``staffroom registry …``: drain what was sent, see how it stands, name who may send and who may look."""

from __future__ import annotations

import argparse
import json
import signal
from typing import Any

from staffroom.accounts.start import start_site
from staffroom.command import Call, Command, Exit
from staffroom.errors import SettingsError
from staffroom.tally import counted


def drain(call: Call) -> int:
    start_site(call.instance)
    from staffroom.registry import draining

    told_to_end: list[int] = []
    if call.options.follow:
        signal.signal(signal.SIGTERM, lambda number, _: told_to_end.append(number))
        signal.signal(signal.SIGINT, lambda number, _: told_to_end.append(number))
    done = draining.drain(
        call.instance, call.progress, follow=call.options.follow, stopped=lambda: bool(told_to_end)
    )
    return call.finish(done.tally(), label="registry drain", facts={"batches": done.batches, **done.counts})


def status(call: Call) -> int:
    start_site(call.instance)
    from staffroom.registry.settings import registry_settings
    from staffroom.registry.waiting import what_waits

    waiting = what_waits()
    facts: dict[str, Any] = {
        "enabled": registry_settings(call.instance).enabled,
        "waiting_batches": waiting.batches,
        "waiting_bytes": waiting.size,
        "waiting_students_about": waiting.students_about,
        "waits_since": waiting.since,
    }
    about = f" of about {counted(waiting.students_about, 'student')}" if waiting.students_about else ""
    verb = "waits" if waiting.batches == 1 else "wait"
    sentence = f"{counted(waiting.batches, 'batch', 'batches')}{about} {verb}, {waiting.size / 1e6:,.1f} MB."
    return _answer(call, facts, sentence)


def evaluate(call: Call) -> int:
    start_site(call.instance)
    from staffroom.registry.evaluating import evaluate_all

    counts = evaluate_all(call.instance, call.progress)
    return call.finish(counts, label="registry evaluate")


def clients(call: Call) -> int:
    start_site(call.instance)
    return {"add": _add, "end": _end, "list": _list}[call.options.action](call)


def _add(call: Call) -> int:
    from staffroom.registry.clients import SCOPES, add_client

    scopes = [call.options.scope] if call.options.scope else SCOPES
    issued = add_client(_subject(call, "a name"), states=call.options.state or ["*"], scopes=scopes)
    client = issued.client
    facts = {
        "client_id": client.client_id,
        "client_secret": issued.secret,
        "username": client.username,
        "password": issued.password,
        "states": client.states,
        "scopes": client.scopes,
    }
    call.say("The secret and the password are shown this once:")
    return _answer(call, facts, "\n".join(f"{name}: {value}" for name, value in facts.items()))


def _end(call: Call) -> int:
    from staffroom.registry.clients import end_client

    client = end_client(_subject(call, "a client's id"))
    return _answer(call, {"client_id": client.client_id}, f"{client.client_id} is ended, its tokens too.")


def _list(call: Call) -> int:
    from staffroom.registry.models import Client

    for client in Client.objects.order_by("pk"):
        state = "active" if client.is_active else "ended"
        facts = {"client_id": client.client_id, "name": client.name, "states": client.states}
        facts |= {"scopes": client.scopes, "state": state}
        _answer(call, facts, "\t".join(facts.values()))
    return Exit.DONE


def registrars(call: Call) -> int:
    start_site(call.instance)
    from staffroom.accounts import people
    from staffroom.accounts.models import RegistryRole
    from staffroom.registry.fields import STATES

    if call.options.action == "list":
        for role in RegistryRole.objects.select_related("person"):
            facts = {"person": role.person.email, "state": role.state}
            _answer(call, facts, f"{role.state}\t{role.person.email}")
        return Exit.DONE
    person = people.find_person(_subject(call, "an e-mail address"))
    for state in call.options.state or ():
        if state not in STATES:
            raise SettingsError(f"state {state!r}", "is not the code of a state.")
    if not call.options.state:
        raise SettingsError(f"registry registrars {call.options.action}", "needs --state.")
    for state in call.options.state:
        add = call.options.action == "add"
        changed = bool(people.give_registry(person, state)) if add else people.take_registry(person, state)
        word = "is a registrar of" if add else ("no longer sees" if changed else "did not see")
        _answer(call, {"person": person.email, "state": state, "may": add}, f"{person.email} {word} {state}.")
    return Exit.DONE


def _subject(call: Call, wanted: str) -> str:
    if not call.options.subject:
        raise SettingsError(f"registry {call.options.action}", f"needs {wanted}.")
    return str(call.options.subject)


def _answer(call: Call, facts: dict[str, Any], sentence: str) -> int:
    print(json.dumps(facts, default=str, ensure_ascii=False) if call.options.json else sentence)
    return Exit.DONE


def _drain_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--follow", action="store_true", help="wait for more, until told to end")


def _state_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--state", action="append", metavar="CODE", help="such as CA; may be given several times"
    )


def _clients_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "end", "list"))
    parser.add_argument("subject", nargs="?", metavar="NAME|ID", help="what to call it, or which to end")
    _state_option(parser)
    parser.add_argument("--scope", choices=("read", "send"), help="only this (default: both)")


def _registrars_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("add", "remove", "list"))
    parser.add_argument("subject", nargs="?", metavar="EMAIL", help="whose role")
    _state_option(parser)


COMMANDS = (
    Command("drain", "Write what was sent to the register.", drain, _drain_options),
    Command("evaluate", "Judge all students anew, after a change of [[eligibility]].", evaluate),
    Command("status", "Say how much waits.", status),
    Command("clients", "Make, end and list the programs that send students.", clients, _clients_options),
    Command("registrars", "Name who may look at a state's students.", registrars, _registrars_options),
)
