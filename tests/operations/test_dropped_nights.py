"""Nights whose files were pushed into the drop."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.instances import TestInstance
from tests.intake.drop.served import Served, why_not
from tests.operations.deliveries import event
from tests.servers.openssh import make_key


def test_a_night_takes_what_landed_and_nothing_that_is_still_coming(
    instance: TestInstance, tmp_path: Path
) -> None:
    if (reason := why_not()) is not None:
        pytest.skip(reason)
    now = datetime.now(UTC)
    log = tmp_path / "log"
    log.write_bytes(gzip.compress(event(f"{now - timedelta(days=1):%Y-%m-%d}", 1) + b"\n"))
    drop = Served(instance.root, make_key(tmp_path / "key"))
    drop.account()
    drop.start()
    try:
        drop.talk(
            f"put {log} logs/tracking.log-{now:%Y%m%d}.gz",
            f"put {log} logs/tracking.log-{now - timedelta(days=1):%Y%m%d}.gz.filepart",
        )
        (drop.landing / f".tracking.log-{now - timedelta(days=2):%Y%m%d}.gz.part").write_bytes(b"half")
        done = instance.run("nightly", "--json", "--quiet")
    finally:
        drop.stop()
    assert (done.code, done.facts[-1]["read"], done.facts[-1]["kept"]) == (0, 1, 1)
