"""A mail server on loopback that keeps what it is given: the few words of SMTP that a sender says."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Mailbox:
    """``mails`` are all that arrived, with ``port`` as the place to send them to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[EmailMessage] = []

    def texts(self) -> list[tuple[str, str, str]]:
        """To whom, about what, and the text of each."""
        return [(mail["To"], mail["Subject"], _text(mail)) for mail in self.mails]


def _text(mail: EmailMessage) -> str:
    return str(mail.get_content()).replace("\r\n", "\n")


@contextmanager
def mailbox(port: int = 0) -> Iterator[Mailbox]:
    """Take mail until the block ends."""
    box = Mailbox(port)

    class Session(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 here")
            while word := self.rfile.readline()[:4].strip().upper():
                if word == b"DATA":
                    self._say("354 go on")
                    box.mails.append(self._mail())
                self._say("221 bye" if word == b"QUIT" else "250 good")
                if word == b"QUIT":
                    return

        def _mail(self) -> EmailMessage:
            lines = []
            while (line := self.rfile.readline()) not in (b".\r\n", b""):
                lines.append(line)
            return message_from_bytes(b"".join(lines), policy=policy.default)

        def _say(self, words: str) -> None:
            self.wfile.write(f"{words}\r\n".encode())

    with _Server(("127.0.0.1", port), Session) as server:
        box.port = int(server.server_address[1])
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield box
        finally:
            server.shutdown()
