"""Write the generated pages of docs/, or say with --check which of them are out of date.

Everything that code already declares is generated from it: the event table, metrics, commands, settings,
routes, OpenAPI. Prose is written by hand and tested in tests/docs.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"


def generated() -> dict[Path, str]:
    """Every generated page with its text."""
    from staffroom.metrics import docs as metric_docs

    pages = {DOCS / "developers/events.md": event_table(), DOCS / "administrators/commands.md": commands()}
    pages[DOCS / "administrators/settings.md"] = settings()
    pages.update({DOCS / "metrics" / name: text for name, text in metric_docs.pages(ROOT / "tests").items()})
    _start_django()
    pages[DOCS / "developers/routes.md"] = routes()
    pages[DOCS / "api/openapi.yaml"] = openapi()
    return pages


def event_table() -> str:
    from staffroom.events.schema import ACTIONS, EVENT_COLUMNS, PAGE_KINDS

    rows = "\n".join(f"| `{column.name}` | {column.type} | {column.meaning} |" for column in EVENT_COLUMNS)
    actions = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in ACTIONS.items())
    kinds = "\n".join(f"| `{name}` | {meaning} |" for name, meaning in PAGE_KINDS.items())
    return f"""# The event table

One row for each thing that somebody did, whichever system recorded it, in Parquet by day (`store/events/`).
Columns are named for what happened; a row never depends on the file or the day in which its line arrived.

| column | type | meaning |
|---|---|---|
{rows}

## `action`

| action | meaning |
|---|---|
{actions}

## `page_kind`

| page kind | meaning |
|---|---|
{kinds}
"""


def commands() -> str:
    text = (
        "# Commands\n\nThe same options mean the same everywhere. Data goes to stdout, talk to stderr; the "
        "last line is the result.\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 done with rows skipped.\n"
    )
    for title, parser in _verbs():
        parser.prog = title
        text += f"\n## {title}\n\n{parser.description}\n\n```\n{parser.format_help().strip()}\n```\n"
    return text


def _verbs() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    from staffroom import verbs

    os.environ["COLUMNS"] = "100"
    for word in (*verbs.ROOMS, ""):
        parser = verbs.parser_for([word] if word else [])
        prefix = f"staffroom {word}".strip()
        chosen = _subparsers(parser)[word] if word else parser
        for name, verb in _subparsers(chosen).items():
            if word or name not in verbs.ROOMS:
                yield f"{prefix} {name}", verb


def _subparsers(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def settings() -> str:
    from staffroom.operations.init import settings_text

    return f"""# Settings

`staffroom init DIR` writes this `staffroom.toml`; every key stands there with its default and meaning.
Secrets never stand in it: they come from `secrets.toml`, which only its owner may read, or from
`STAFFROOM_SECRET_<NAME>`.

```toml
{settings_text().strip()}
```
"""


def routes() -> str:
    from staffroom.site.routes import all_routes

    rows = "\n".join(f"| `{route.pattern}` | {route.name} | {route.about} |" for route in all_routes())
    return f"""# Routes

Every address of the site. A page's sections are also at the page's address plus `<section>.csv`,
`.json` and `.svg`.

| route | name | what it answers |
|---|---|---|
{rows}
"""


def openapi() -> str:
    from staffroom.courses.openapi import schema_text

    return schema_text()


def _start_django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "staffroom.site.settings")
    django.setup()


def stale(pages: dict[Path, str]) -> list[Path]:
    """Pages whose file differs from what would be generated, and files that nothing generates any more."""
    differing = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
    left_over = [path for path in (DOCS / "metrics").glob("*.md") if path not in pages]
    return sorted([*differing, *left_over])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 where something is stale"
    )
    check = parser.parse_args().check
    pages = generated()
    old = stale(pages)
    if check:
        for path in old:
            print(f"{path.relative_to(ROOT)} is out of date: run 'make docs'.", file=sys.stderr)
        return 1 if old or _translations(check=True) else 0
    for path in old:
        if path in pages:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], "utf-8")
        else:
            path.unlink()
    return _translations(check=False)


def _translations(*, check: bool) -> int:
    """Bring the catalogues of translations up to date, or look whether they are; faults go to stderr."""
    from staffroom.site.messages import __main__ as messages

    faults = messages.check() if check else messages.update()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
