"""One of several people who press the loader's button at one moment: ``click.py INSTANCE INSTANT``.

Without an instant it adds the person.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from staffroom.accounts.start import start_site
from staffroom.config import load_instance


def main(root: Path, begun: str) -> str:
    start_site(load_instance(root))
    from staffroom.accounts import people
    from staffroom.accounts.models import Person
    from staffroom.operations import loading

    if not begun:
        return str(people.create_person("ada@lake.example", name="Ada", administrator=True).pk)
    ada = Person.objects.get()  # the connection is open before the race
    time.sleep(max(0.0, (datetime.fromisoformat(begun) - datetime.now(UTC)).total_seconds()))
    run, is_new = loading.ask_for(loading.SEND, {"remotepath": "a.zip"}, started_by=ada)
    return f"{run.id} {is_new}"


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
