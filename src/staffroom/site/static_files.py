"""Static files gathered under names that hold their content, once a version of the program."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from staffroom.locks import waited_for

MARK = ".made-of"
UNUSED = ["rest_framework*", "account*"]
"""Files of packages whose pages we do not show."""


def collect() -> bool:
    """Gather the files where those gathered are not these; True where there was something to do.

    Workers that start together take turns; all but the first find it done.
    """
    root = Path(str(settings.STATIC_ROOT))
    root.mkdir(parents=True, exist_ok=True)
    with waited_for(root.parent / "static.lock"):
        mark, wanted = root / MARK, _fingerprint()
        if mark.exists() and mark.read_text("utf-8") == wanted:
            return False
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=UNUSED)
        mark.write_text(wanted, "utf-8")
        return True


def _fingerprint() -> str:
    """A digest of every static file's name and content."""
    digest = hashlib.blake2b(settings.STORAGES["staticfiles"]["BACKEND"].encode(), digest_size=16)
    for finder in get_finders():
        for name, storage in sorted(finder.list(UNUSED), key=lambda found: found[0]):
            digest.update(name.encode())
            with storage.open(name) as file:
                digest.update(file.read())
    return digest.hexdigest()
