"""``python -m staffroom.site.messages [--check]``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from staffroom.site.messages.catalogue import Catalogue
from staffroom.site.messages.extraction import messages_of

ROOT = Path(__file__).parents[2]
LOCALE = ROOT / "site" / "locale"
LANGUAGES = ("es",)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m staffroom.site.messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; fail where something is to do")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "staffroom.site.settings")
    faults = check() if options.check else update()
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def update() -> list[str]:
    """Write both files of each language; returns what a translator still has to do."""
    found, faults = messages_of(ROOT), []
    for language in LANGUAGES:
        catalogue = Catalogue.read(LOCALE, language)
        catalogue.folder.mkdir(parents=True, exist_ok=True)
        (catalogue.folder / "django.po").write_text(catalogue.po(found), "utf-8")
        (catalogue.folder / "django.mo").write_bytes(catalogue.mo(found))
        faults += catalogue.faults(found)
    return faults


def check() -> list[str]:
    """What is missing or stale, a sentence each."""
    found, faults = messages_of(ROOT), []
    for language in LANGUAGES:
        catalogue = Catalogue.read(LOCALE, language)
        faults += catalogue.faults(found)
        for name, wanted in (("django.po", catalogue.po(found).encode()), ("django.mo", catalogue.mo(found))):
            path = catalogue.folder / name
            if not path.exists() or path.read_bytes() != wanted:
                faults.append(f"{language}: {name} is stale; run 'python -m staffroom.site.messages'.")
    return faults


if __name__ == "__main__":
    sys.exit(main())
