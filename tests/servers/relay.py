"""A relay on loopback that makes a line long or bad: latency, a reset, a stall, one direction closed.

It is a process of its own, because a relay in the process that it slows down would measure that process.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
AT_ONCE = 256 * 1024
MOST_UNDER_WAY = 64 * 1024 * 1024
"""As much as a line of 70 ms holds at 900 MB/s: the relay itself is no limit."""


@contextmanager
def relay(
    to_port: int,
    *,
    one_way_seconds: float = 0.0,
    megabytes_per_second: float = 0.0,
    fault: str = "",
    after_bytes: int = 0,
    faults: int = 1,
) -> Iterator[int]:
    """The port of a relay to ``to_port`` on loopback; 0 megabytes a second are as many as come.

    ``fault`` (``reset``, ``stall``, ``half_close``) happens once ``after_bytes`` came from the server, on
    the first ``faults`` connections.
    """
    words = [sys.executable, "-m", "tests.servers.relay", str(to_port)]
    words += [
        f"--one-way={one_way_seconds}",
        f"--speed={megabytes_per_second}",
        f"--fault={fault}",
        f"--after={after_bytes}",
        f"--faults={faults}",
    ]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


class _Relay:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.faults_left = options.faults if options.fault else 0

    async def serve(self) -> None:
        server = await asyncio.start_server(self.connected, "127.0.0.1", 0, limit=AT_ONCE)
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self.options.port, limit=AT_ONCE)
        for one in (writer, to_writer):
            one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        has_fault, self.faults_left = self.faults_left > 0, max(0, self.faults_left - 1)
        up = asyncio.create_task(self.pass_on(reader, to_writer))
        await self.pass_on(to_reader, writer, with_fault=has_fault)
        await up
        to_writer.close()

    async def pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, with_fault: bool = False
    ) -> None:
        """Read as it comes, write each block after the latency, in order, and bounded."""
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MOST_UNDER_WAY // AT_ONCE)
        out = asyncio.create_task(self.write_out(waiting, writer))
        passed = 0
        try:
            while data := await reader.read(AT_ONCE):
                passed += len(data)
                if with_fault and passed >= self.options.after and await self.fault(writer):
                    return
                await waiting.put((asyncio.get_running_loop().time() + self.options.one_way, data))
                if self.options.speed:  # who sends waits too: little is under way
                    await asyncio.sleep(len(data) / (self.options.speed * 1_000_000))
        except OSError:
            pass
        await waiting.put((0.0, b""))
        await out

    async def fault(self, writer: asyncio.StreamWriter) -> bool:
        if self.options.fault == "stall":
            await asyncio.sleep(3600)
        if self.options.fault == "half_close":  # the client hears no more, but may still speak
            writer.write_eof()
            await asyncio.sleep(3600)
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
        return True

    async def write_out(
        self, waiting: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            due, data = await waiting.get()
            try:
                if not data:
                    writer.close()
                    return
                delay = due - asyncio.get_running_loop().time()
                if delay > 0:
                    await asyncio.sleep(delay)
                writer.write(data)
                await writer.drain()
            except OSError:
                return


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("--one-way", type=float, default=0.0)
    parser.add_argument("--speed", type=float, default=0.0)
    parser.add_argument("--fault", default="")
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("--faults", type=int, default=1)
    try:
        import uvloop

        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    except ImportError:
        runner = asyncio.Runner()
    with runner:
        runner.run(_Relay(parser.parse_args()).serve())


if __name__ == "__main__":
    main()
