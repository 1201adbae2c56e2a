"""The command as a whole: what holds for every verb."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.instances import TestInstance, environment, new_instance


def test_a_reader_that_has_seen_enough_ends_the_verb_without_a_word(tmp_path: Path) -> None:
    instance: TestInstance = new_instance(tmp_path / "instance")
    instance.run("nightly")
    listing = subprocess.Popen(
        instance.command("jobs", "list"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    )
    assert listing.stdout is not None and listing.stderr is not None
    listing.stdout.close()
    assert (listing.stderr.read(), listing.wait(60)) == (b"", 1)
    listing.stderr.close()
