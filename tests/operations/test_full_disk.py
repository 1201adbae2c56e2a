"""A disk that is full for real: what was published stays, and the next night makes up for it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from staffroom.events.catalogue import Store
from tests.instances import TestInstance, new_instance
from tests.operations.deliveries import deliver


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB; skips where this process may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, *, leave: int) -> Path:
    """A file that takes all room but ``leave`` bytes."""
    path = folder / "filler"
    with path.open("wb") as file:
        file.write(b"\0" * max(0, shutil.disk_usage(folder).free - leave))
    return path


def published(store: Path) -> dict[str, bytes]:
    """Every file that the current version names, with its bytes."""
    return {
        file.path: (store / file.path).read_bytes()
        for table in Store(store).current().tables.values()
        for file in table.files
    }


def on_small_disk(instance: TestInstance, what: str, disk: Path) -> Path:
    """Move a folder of the instance onto the small disk."""
    here = disk / what
    shutil.move(instance.root / what, here)
    (instance.root / what).symlink_to(here)
    return here


@pytest.mark.parametrize("room", [0, 20_000, 60_000])
def test_a_night_on_a_full_store_fails_and_leaves_every_published_byte(
    instance: TestInstance, small_disk: Path, room: int
) -> None:
    store = on_small_disk(instance, "store", small_disk)
    deliver(instance.root, "2026-09-01")
    assert instance.run("nightly").code == 0
    number, before = Store(store).current().number, published(store)
    deliver(instance.root, "2026-09-02")
    filler = fill(small_disk, leave=room)

    done = instance.run("nightly")

    assert done.code == 1
    assert "the disk is full." in done.err[-1]
    assert "Make room and run again." in done.err[-1]
    run = instance.runs()[-1]
    assert (run["state"], run["problem"]) == ("failed", "StoreFull")
    after = Store(store).current()
    kept = {path: data for path, data in published(store).items() if path in before}
    assert kept == before
    assert after.number >= number

    filler.unlink()
    assert instance.run("nightly").code == 0
    assert instance.runs()[-1]["state"] == "done"
    assert {"events/2026-09-01", "events/2026-09-02"} <= set(Store(store).current().tables)


def test_a_night_on_a_disk_that_is_full_altogether_fails_in_words(small_disk: Path, migrated: Path) -> None:
    """Settings, databases, ledger and store share the disk: nothing at all can be written."""
    instance = new_instance(small_disk / "instance", template=migrated)
    deliver(instance.root, "2026-09-01")
    assert instance.run("nightly").code == 0
    before = published(instance.root / "store")
    deliver(instance.root, "2026-09-02")
    filler = fill(small_disk, leave=0)

    done = instance.run("nightly")

    assert done.code == 1
    assert not [line for line in done.err if "Traceback" in line], done.err
    assert done.err[-1].startswith("staffroom: ")
    after = published(instance.root / "store")
    assert {path: after[path] for path in before} == before

    filler.unlink()
    assert instance.run("nightly").code == 0
    assert {"events/2026-09-01", "events/2026-09-02"} <= set(Store(instance.root / "store").current().tables)
