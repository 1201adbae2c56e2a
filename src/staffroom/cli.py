"""The ``staffroom`` command. Almost nothing is imported before it can answer an interrupt in one line."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns its exit code."""
    words = sys.argv[1:] if arguments is None else arguments
    try:
        from staffroom.verbs import run  # takes a third of a second

        return run(words)
    except KeyboardInterrupt:
        return _stopped(words)


def _stopped(words: list[str]) -> int:
    import shlex

    print(f"Stopped. Run it again to go on: staffroom {shlex.join(words)}", file=sys.stderr)
    # An interrupt inside exec(), with which dataclasses are made, lets Python end by the signal though it was
    # caught; the next exec() makes it forget that, and our exit code counts.
    exec("")  # noqa: S102 - a constant
    return 1


if __name__ == "__main__":
    sys.exit(main())
