"""An instance with a loader, and the API that it sends to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from staffroom.config import load_instance
from staffroom.loader import night
from staffroom.loader.arriving import today_at
from staffroom.loader.night import Orders, Result
from staffroom.tally import Silent
from tests.instances import TestInstance
from tests.loader.receiver import Receiver


@pytest.fixture(scope="session")
def started_receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def receiver(started_receiver: Receiver) -> Receiver:
    started_receiver.reset()
    return started_receiver


class LoaderInstance(TestInstance):
    """An instance whose loader sends to ``receiver``."""

    __test__ = False

    def set(self, receiver: Receiver, loader: str = "", api: str = "") -> None:
        (self.root / "staffroom.toml").write_text(
            f'[loader]\nrows_a_batch = 100\n{loader}\n[loader.api]\nurl = "{receiver.url}/batch"\n'
            f'token_url = "{receiver.url}/token"\nclient_id = "loader"\nuser = "lena"\n{api}\n'
        )
        secrets = self.root / "secrets.toml"
        secrets.write_text('loader_client_secret = "opensesame"\nloader_password = "opensesame"\n')
        secrets.chmod(0o600)

    def send(self, file: Path, **orders: object) -> Result:
        opened = load_instance(self.root, {})
        wanted = Orders(today_at(opened), local_file=str(file), **orders)  # type: ignore[arg-type]
        return night.send(opened, wanted, Silent())


@pytest.fixture
def instance(tmp_path: Path, receiver: Receiver) -> LoaderInstance:
    made = LoaderInstance(tmp_path / "instance")
    made.root.mkdir()
    made.set(receiver)
    return made


Write = Callable[[str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a students' file, text in latin1."""

    def written(content: str | bytes, name: str = "students.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode("latin1") if isinstance(content, str) else content)
        return path

    return written
