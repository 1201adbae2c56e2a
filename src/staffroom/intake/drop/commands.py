"""``staffroom drop …``: serve the drop, see who may deliver, who came, and what to mend."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from dataclasses import replace

from staffroom.command import Call, Command, Exit
from staffroom.intake.drop.settings import drop_accounts, drop_settings
from staffroom.tally import counted


def _serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="the address to listen at (default: [drop] host)")
    parser.add_argument("--port", type=int, help="the port (default: [drop] port); 0 takes a free one")


def _serve(call: Call) -> int:
    from staffroom.intake.drop.serving import serve

    settings = drop_settings(call.instance)
    options = {name: getattr(call.options, name) for name in ("host", "port")}
    settings = replace(settings, **{name: value for name, value in options.items() if value is not None})
    serve(call.instance, settings, say=call.say, quiet=call.options.quiet)
    return Exit.DONE


def _accounts(call: Call) -> int:
    from staffroom.intake.drop.keys import public_keys

    for account in drop_accounts(call.instance):
        keys = [key.get_fingerprint() for key in public_keys(account, call.instance)]
        until = account.password_until.isoformat() if account.password_until else None
        facts = {
            "account": account.name,
            "source": account.source,
            "folder": str(account.root(call.instance)),
            "keys": keys,
            "password_until": until,
        }
        told = f"{account.name}  {account.source}  {facts['folder']}  {', '.join(keys) or 'no keys'}"
        print(
            json.dumps(facts) if call.options.json else told + (f"  password until {until}" if until else "")
        )
    return Exit.DONE


def _sessions_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--account", metavar="NAME", help="only this account's")
    parser.add_argument("--limit", type=int, default=50, help="how many, the newest first (default: 50)")


def _sessions(call: Call) -> int:
    from staffroom.intake.drop.record import open_record, record_path

    if not record_path(call.instance).exists():
        call.say("Nobody has come yet.")
        return Exit.DONE
    with open_record(call.instance) as record:
        for one in record.sessions(account=call.options.account, limit=call.options.limit):
            if call.options.json:
                print(json.dumps(one.as_dict()))
            else:
                lasted = "" if one.seconds is None else f"{one.seconds:,.1f} s"
                left = f"{counted(one.files, 'file')}  {counted(one.bytes, 'byte')}"
                begun = f"{one.began_at:%Y-%m-%dT%H:%M:%SZ}"
                print(f"{begun}  {one.account}  {one.address}  {left}  {lasted}  {one.ended}")
    return Exit.DONE


def _check(call: Call) -> int:
    from staffroom.intake.drop.checking import check_drop

    findings = list(check_drop(call.instance))
    for finding in findings:
        facts = {
            "place": finding.place,
            "text": finding.text,
            "wrong": finding.is_wrong,
            "mend": finding.mend,
        }
        print(json.dumps(facts) if call.options.json else finding.sentence())
    return Exit.FAILED if any(finding.is_wrong for finding in findings) else Exit.DONE


def _hash(call: Call) -> int:
    from staffroom.intake.drop.passwords import hash_of

    text = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    hashed = hash_of(text)
    print(json.dumps({"hash": hashed}) if call.options.json else hashed)
    return Exit.DONE


COMMANDS = (
    Command("serve", "Let the accounts of [[drop_accounts]] deliver over SFTP.", _serve, _serve_options),
    Command("accounts", "List who may deliver, with which keys, and where it lands.", _accounts),
    Command("sessions", "List who came, when, and how much was delivered.", _sessions, _sessions_options),
    Command("check", "Say what is wrong with the drop's settings, keys and folders.", _check),
    Command("hash", "Turn a password (from standard input) into what secrets.toml keeps of it.", _hash),
)
