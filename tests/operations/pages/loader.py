"""An instance whose loader sends to the registration API of the tests, and a worker for what is asked for."""

from __future__ import annotations

import pytest
import tomlkit

from staffroom.config import Instance, load_instance
from staffroom.jobs.worker import Worker
from tests.instances import environment
from tests.loader.files import text
from tests.loader.receiver import Receiver

COMMENT = "# Agreed with the state in 2019."


def set_up(lake: Instance, receiver: Receiver, *rows: dict[str, str], **loader: object) -> None:
    """A local file with these students, and the settings to send it."""
    (lake.root / "students.csv").write_text(text(rows), "latin1")
    path = lake.root / "staffroom.toml"
    document = tomlkit.parse(path.read_text("utf-8"))
    document["loader"] = {
        "local_file": "students.csv",
        "rows_a_batch": 100,
        **loader,
        "api": {
            "url": f"{receiver.url}/batch",
            "token_url": f"{receiver.url}/token",
            "client_id": "loader",
            "user": "lena",
            "most_in_flight": 2,
        },
    }
    path.write_text(
        tomlkit.dumps(document).replace("rows_a_batch = 100\n", f"rows_a_batch = 100  {COMMENT}\n")
    )
    with (lake.root / "secrets.toml").open("a") as secrets:
        secrets.write('loader_client_secret = "opensesame"\nloader_password = "opensesame"\n')


def work(lake: Instance) -> None:
    """Do what waits, by a real worker whose runs are processes of their own."""
    worker = Worker(load_instance(lake.root), lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", environment()["PYTHONPATH"])
        worker.work(until_idle=True)
