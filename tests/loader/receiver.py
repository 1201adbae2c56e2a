"""The registration API of the tests, started, told how to behave, and asked what it has."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PROCESS = Path(__file__).with_name("api_process.py")


@dataclass(frozen=True)
class Taken:
    """``batches`` in the order in which they were first taken."""

    batches: list[list[dict[str, Any]]]
    removed: list[dict[str, Any]]
    met: dict[str, int]

    @property
    def students(self) -> list[dict[str, Any]]:
        return [row for batch in self.batches for row in batch]

    @property
    def ids(self) -> list[str]:
        """Sorted, with every repetition."""
        return sorted(row["ssid"] for row in self.students)


class Receiver:
    """The process, started and ended by a ``with`` block."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, str(PROCESS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        self.url = f"http://127.0.0.1:{int(self._process.stdout.readline())}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()

    def reset(self) -> None:
        """It forgets all, for the next test."""
        self._post("reset", b"")

    def wish(self, **wishes: Any) -> None:
        """From now on it behaves so; without wishes it is well-behaved."""
        names = {name.removeprefix("answers_"): value for name, value in wishes.items()}
        self._post("wishes", json.dumps(names).encode())

    def _post(self, path: str, data: bytes) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/{path}", data, method="POST")).close()

    @property
    def count(self) -> int:
        """How many batches it has."""
        with urllib.request.urlopen(f"{self.url}/count") as answer:
            return int(answer.read())

    @property
    def taken(self) -> Taken:
        with urllib.request.urlopen(f"{self.url}/taken") as answer:
            return Taken(**json.load(answer))
