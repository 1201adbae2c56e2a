"""``staffroom demo``: an invented university on this machine, from its files to its pages."""

from __future__ import annotations

import argparse
from pathlib import Path

from staffroom.command import Call, Command, Exit, day, number
from staffroom.demo.term import yesterday
from staffroom.demo.university import DEMO_EVENTS, DEMO_SEED, University

FOLDER = "demo-university"


def demo(call: Call) -> int:
    from staffroom.demo import flow

    options = call.options
    root = Path(options.directory).resolve()
    instance = flow.make_demo(
        root, University(options.seed, options.events, options.until or yesterday()), call.progress, call.say
    )
    if options.no_serve:
        return Exit.DONE
    from staffroom.operations.serve import Serving, serve_site

    port = flow.free_port(options.port)
    log = instance.logs / "site.log"
    print(flow.guide(f"http://127.0.0.1:{port}/", log), flush=True)
    with flow.talk_to(log):
        serve_site(instance, Serving(port=port, with_worker=True), say=call.say)
    return Exit.DONE


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "directory", nargs="?", default=FOLDER, metavar="DIR", help=f"the demo's folder (default: {FOLDER})"
    )
    parser.add_argument(
        "--events", type=number(1), default=DEMO_EVENTS, help="about how many events its logs hold"
    )
    parser.add_argument("--seed", type=int, default=DEMO_SEED, help="another number, another university")
    parser.add_argument("--until", type=day, metavar="DATE", help="its last day (default: yesterday)")
    parser.add_argument(
        "--port", type=number(0, 65_535), default=8000, help="the port to listen at, if it is free"
    )
    parser.add_argument("--no-serve", action="store_true", help="make it, and do not serve it")


COMMANDS = (
    Command("demo", "Make a demo university on this machine, and serve it on loopback.", demo, _options),
)
