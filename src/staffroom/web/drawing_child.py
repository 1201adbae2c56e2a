"""The process that draws: a Vega-Lite specification a line on stdin, an SVG a line on stdout, both as JSON.

It is a process of its own because drawing holds the interpreter's lock for tens of milliseconds. It ends
with its parent, when stdin closes, and never fetches anything.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import vl_convert


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")
        sys.stdout.flush()


def answer(wanted: dict[str, Any]) -> dict[str, str]:
    """``{"svg": …}``, or ``{"error": class of the error}``: messages may hold data and stay here."""
    try:
        svg = vl_convert.vegalite_to_svg(
            wanted["spec"],
            allowed_base_urls=[],
            format_locale=wanted["numbers"],
            time_format_locale=wanted["times"],
        )
    except Exception as error:  # a chart that cannot be drawn must not end the process
        return {"error": type(error).__name__}
    return {"svg": svg}


if __name__ == "__main__":
    main()
