"""``staffroom intake …``: fetch files over the network, see what is there, accept a server's host key."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from staffroom.command import Call, Command, Exit
from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.intake.fetching import FetchResult, fetch, listing, network_sources
from staffroom.intake.settings import folder_sources
from staffroom.intake.wanted import Wanted
from staffroom.tally import counted


def _source_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="NAME", help="only this source (default: all that name a server)")


def _fetch_options(parser: argparse.ArgumentParser) -> None:
    _source_option(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would be fetched, fetch nothing")


def _fetch(call: Call) -> int:
    if call.options.dry_run:
        return _would_fetch(call)
    result = fetch(call.instance, progress=call.progress, only=call.options.source)
    for error in (error for one in result.sources for error in one.errors):
        call.say(f"staffroom: {error}")
    if call.options.json:
        print(json.dumps(_facts(result)))
    else:
        failed = f" Failed: {', '.join(result.failed)}." if result.failed else ""
        print(f"Fetched {counted(result.files, 'file')}, {counted(result.bytes, 'byte')}.{failed}")
    return Exit.FAILED if result.failed else Exit.DONE


def _facts(result: FetchResult) -> dict[str, object]:
    return {
        "result": "fetch",
        "files": result.files,
        "bytes": result.bytes,
        "failed": dict(result.failed),
    }


def _would_fetch(call: Call) -> int:
    chosen = [
        (source.name, one)
        for source in network_sources(call.instance, only=call.options.source)
        for one in listing(call.instance, source)
        if one.is_new
    ]
    for name, one in chosen:
        print(_line(call, name, one))
    size = sum(one.file.size for _, one in chosen)
    call.say(f"Would fetch {counted(len(chosen), 'file')}, {counted(size, 'byte')}.")
    return Exit.DONE


def _list(call: Call) -> int:
    for source in network_sources(call.instance, only=call.options.source):
        for one in listing(call.instance, source):
            print(_line(call, source.name, one))
    return Exit.DONE


def _line(call: Call, source: str, one: Wanted) -> str:
    file = one.file
    if call.options.json:
        facts = {
            "source": source,
            "path": file.path,
            "size": file.size,
            "modified_at": file.modified_at.isoformat(),
            "day": one.day.isoformat() if one.day else None,
            "is_new": one.is_new,
        }
        return json.dumps(facts)
    mark = "new" if one.is_new else "here"
    return f"{source}  {file.modified_at:%Y-%m-%dT%H:%M:%SZ}  {file.size:>15,}  {mark:4}  {file.path}"


def _trust_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("host", metavar="HOST", help="the server, or HOST:PORT where its port is not 22")
    parser.add_argument(
        "--accept",
        nargs="?",
        const="",
        metavar="FINGERPRINT",
        help="accept the key that it shows; with a fingerprint only if it is that one",
    )
    parser.add_argument("--replace", action="store_true", help="in place of the key that was accepted before")


def _trust(call: Call) -> int:
    from staffroom.intake.servers.known_hosts import KnownHosts, ask
    from staffroom.intake.servers.running import run

    options = call.options
    host, port = _host_and_port(options.host)
    hosts = KnownHosts(call.instance.path(_file_of(call.instance, host, port)))
    shown = hosts.shown(host, port, run(ask(host, port)))
    accepts = options.accept is not None and options.accept in ("", shown.fingerprint)
    if accepts:
        hosts.accept(shown, replace=options.replace)
    facts = {
        "host": options.host,
        "kind": shown.kind,
        "fingerprint": shown.fingerprint,
        "accepted": accepts or (shown.is_accepted and not shown.others),
        "accepted_before": [*shown.others],
    }
    print(json.dumps(facts) if options.json else _told(options.host, facts))
    return Exit.DONE if facts["accepted"] else Exit.FAILED


def _told(host: str, facts: dict[str, object]) -> str:
    said = f"{host} shows the key {facts['fingerprint']} ({facts['kind']})."
    if facts["accepted"]:
        return f"{said} It is accepted."
    before = facts["accepted_before"]
    if isinstance(before, Sequence) and before:
        return (
            f"{said} Accepted was {', '.join(before)}. Either the server was set up anew, or somebody else "
            "answers in its place. Ask its operator; then run this again with --accept --replace."
        )
    return f"{said} It is not accepted. Compare it with what its operator says; then run this with --accept."


def _host_and_port(text: str) -> tuple[str, int]:
    """
    >>> _host_and_port("sftp.example.org:2222")
    ('sftp.example.org', 2222)
    >>> _host_and_port("[2001:db8::1]:22"), _host_and_port("2001:db8::1")
    (('2001:db8::1', 22), ('2001:db8::1', 22))
    """
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.endswith("]")):
        return text.strip("[]"), 22
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise SettingsError(text, "is no HOST or HOST:PORT.")
    return host.strip("[]"), int(port)


def _file_of(instance: Instance, host: str, port: int) -> str:
    """The file of accepted keys that the source with this server reads."""
    for source in folder_sources(instance):
        if source.sftp is not None and (source.sftp.host, source.sftp.port) == (host, port):
            return source.sftp.known_hosts
    return "known_hosts"


COMMANDS = (
    Command("fetch", "Fetch new files from the sources' servers into their folders.", _fetch, _fetch_options),
    Command("list", "List the files on the sources' servers that fit their patterns.", _list, _source_option),
    Command("trust", "Show a server's host key, and accept it.", _trust, _trust_options),
)
