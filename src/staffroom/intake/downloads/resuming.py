"""Where a download begins, given what is here already: the rules that people know, made safe.

Nothing here: the whole file. Less than there: go on. As much: done. More: refused, it is not its beginning.
An offset: what stands behind it is cut off, and it goes on there; behind the end it is refused, because what
lies between would be zeros. And all of it only where what is here is remembered to be of the same remote
content: yesterday's leftover is begun anew, whatever its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from staffroom.errors import DeliveryError
from staffroom.intake.servers.errors import LocalLarger, OffsetBeyondEnd, RemoteEmpty
from staffroom.intake.servers.remote import RemoteFile

OTHER_CONTENT = "What was here belongs to another content of the remote file; it was begun anew."
NOT_REMEMBERED = "Of which remote content the beginning here is, is not known; it was begun anew."


@dataclass(frozen=True, slots=True)
class Local:
    """What is here: ``is_whole`` is a file under its final name, else one that is still coming.

    ``remembered`` is the remote file that its bytes are of, None where that is not known.
    """

    size: int
    is_whole: bool
    written_at: datetime
    remembered: RemoteFile | None


@dataclass(frozen=True, slots=True)
class Start:
    """``at`` is the first byte to fetch; ``is_done`` where there is none. ``note``: why not further on."""

    at: int
    is_done: bool = False
    note: str = ""


def start_of(file: RemoteFile, local: Local | None, offset: int | None) -> Start:
    """Where to begin. Raises RemoteEmpty, LocalLarger, OffsetBeyondEnd; then nothing may be changed."""
    if file.size == 0:
        raise RemoteEmpty(
            file.path,
            "has no content on the server.",
            happened="It was not fetched, and what is here stays.",
            next_step="Ask whoever delivers it.",
        )
    if offset is not None:
        return _from_offset(file, local, offset)
    if local is None:
        return Start(0)
    if local.remembered is not None:
        return _remembered(file, local, local.remembered)
    if local.size > file.size:
        raise _larger(file, local)
    if local.is_whole and local.size == file.size and local.written_at >= file.modified_at:
        return Start(file.size, is_done=True)
    return Start(0, note=NOT_REMEMBERED if local.size else "")


def _remembered(file: RemoteFile, local: Local, remembered: RemoteFile) -> Start:
    if not remembered.same_content(file):
        if local.is_whole and local.size > file.size:  # a whole file gives way to no smaller one
            raise _larger(file, local)
        return Start(0, note=OTHER_CONTENT if local.size else "")
    if local.size > file.size:
        raise _larger(file, local)
    return Start(local.size, is_done=local.is_whole and local.size == file.size)


def _from_offset(file: RemoteFile, local: Local | None, offset: int) -> Start:
    here = local.size if local is not None else 0
    if not 0 <= offset <= min(here, file.size):
        raise _beyond(file, offset, here)
    remembered = local.remembered if local is not None else None
    if offset and remembered is not None and not remembered.same_content(file):
        raise OtherContent(
            file.path,
            f"is not the file any more whose first {here:,} bytes are here.",
            happened="Nothing was changed: its end does not belong to that beginning.",
            next_step="Fetch it whole, with offset 0.",
        )
    return Start(offset)


class OtherContent(DeliveryError):
    """An offset into another content than the one that is here."""


def _larger(file: RemoteFile, local: Local) -> LocalLarger:
    return LocalLarger(
        file.path,
        f"has {file.size:,} bytes on the server, and {local.size:,} are here.",
        happened="Nothing was changed.",
        next_step="Move the local file away, or say where to go on with an offset.",
    )


def _beyond(file: RemoteFile, offset: int, here: int) -> OffsetBeyondEnd:
    return OffsetBeyondEnd(
        file.path,
        f"cannot go on at byte {offset:,}: {here:,} are here, and {file.size:,} on the server.",
        happened="Nothing was changed.",
        next_step="Give an offset within what is here, or none.",
    )
