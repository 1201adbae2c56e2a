"""The old loader, as its facts describe it: its requests, its token, its settings, its messages, its end.

``python -m tests.registry.old_loader SETTINGS.json FILE`` posts blocks of students with the library that it
used and a new connection each, fetches its one token before the first, takes exactly 202 for success and
stops at anything else. How payloads are made is ``bench.old_way``'s, after the same facts.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import requests
from bench.old_way import students


def main(settings: dict[str, Any], file: Path) -> None:
    token = access_token(settings)
    first = 2
    for block in students(file, settings["CHUNK_SIZE"]):
        last = first + len(block) - 1
        print(f"Uploading students from line {first}, ending at line {last}")
        post(settings, token, block)
        first = last + 1
    print(f"{first - 2} students uploaded")


def access_token(settings: dict[str, Any]) -> str:
    """The form is posted as the settings have it; the answer is read as JSON whatever its status is."""
    answer = requests.post(settings["AUTH_ENDPOINT"], data=settings["AUTH_PAYLOAD"], timeout=60)
    said = answer.json()
    if answer.status_code != 200:
        raise RuntimeError(f"no token: {said}")
    return str(said["access_token"])


def post(settings: dict[str, Any], token: str, block: list[dict[str, object]]) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    answer = requests.post(
        settings["ART_ENDPOINT"],
        data=json.dumps(block),
        headers=headers,
        verify=settings["ART_SSL_CHECKS"],
        timeout=60,
    )
    if answer.status_code != 202:
        raise RuntimeError(f"status {answer.status_code}: {answer.text}")
    print(f"Batch status URL: {answer.headers['Location']}")


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2]))
