"""Files that the process may not read, also where the tests run as root, who may read everything."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def without_rights_to(path: Path, root: Path) -> Iterator[None]:
    """For the block, ``path`` cannot be opened; all else below ``root`` can be read and written."""
    is_root = os.geteuid() == 0
    if is_root:
        nobody = pwd.getpwnam("nobody").pw_uid
        for folder in (root, *root.parents):
            if str(folder).startswith("/tmp/"):
                folder.chmod(folder.stat().st_mode | 0o055)
        for one in (root, *root.rglob("*")):
            os.chown(one, nobody, -1)
    mode = path.stat().st_mode
    path.chmod(0)
    if is_root:
        os.seteuid(nobody)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        path.chmod(mode)
