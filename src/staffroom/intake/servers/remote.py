"""Files on other machines, as who fetches them sees them: listed, described, read in order or at a place."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the server describes it. Two that are equal in all but ``digest`` are the same content."""

    path: str
    """As the server spells it: a path of SFTP, a key of S3."""
    size: int
    modified_at: datetime
    """UTC; SFTP counts whole seconds."""
    version: str = ""
    """What the server calls this content (the ETag of S3); empty where it calls it nothing."""
    digest: str | None = None
    """``sha256:<hex>`` or ``md5:<hex>`` of the content, where listing or describing it tells."""

    def same_content(self, other: RemoteFile) -> bool:
        """Whether nothing tells the content of ``other`` from this one's: size, time and version."""
        return (self.size, self.modified_at, self.version) == (other.size, other.modified_at, other.version)


class Remote(Protocol):
    """An open way to a server. Errors are those of ``remote_errors``."""

    @property
    def place(self) -> str:
        """The server in messages, such as ``sftp://district@sftp.example.org``."""
        ...

    async def list(self, folder: str, beginning: str = "") -> tuple[RemoteFile, ...]:
        """The plain files in ``folder`` whose names begin so, by path; S3: all below it too."""
        ...

    async def stat(self, path: str) -> RemoteFile:
        """Raises RemoteFileMissing."""
        ...

    def read(self, file: RemoteFile, offset: int = 0) -> AsyncGenerator[bytes, None]:
        """The bytes from ``offset`` to ``file.size``, strictly in order; use ``aclosing`` to stop early.

        Raises RemoteChanged where the file ends earlier, or the server says that it is another one.
        """
        ...

    async def read_at(self, file: RemoteFile, start: int, length: int) -> bytes:
        """``length`` bytes from ``start``; fewer only at the end of the file."""
        ...

    async def digest(self, file: RemoteFile) -> str | None:
        """``sha256:<hex>`` or ``md5:<hex>`` of the whole content where the server gives one."""
        ...
