"""Archives of documents, the oldest first: each member is stored encrypted and becomes a row."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from staffroom.errors import DeliveryError
from staffroom.intake.archives.members import ArchiveLimits, Member
from staffroom.students.importing.deliveries import DeliveredExport, OpenExport, open_export
from staffroom.students.importing.items import Item
from staffroom.students.rows.declaration import Fault, PassedOver
from staffroom.students.rows.documents import PHOTO, DocumentRow, is_picture, named_for

LARGEST_DOCUMENT = 64 * 1024 * 1024
"""A larger one is set aside; it has to fit into memory to be encrypted."""


@dataclass(slots=True)
class DocumentItems:
    """Iterate once. ``last_name`` gives a student's, None for one who is not here; ``store`` keeps bytes."""

    archives: Sequence[DeliveredExport]
    kind: str
    limits: ArchiveLimits
    last_name: Callable[[str], str | None]
    store: Callable[[str, bytes], None]
    erased: Callable[[str], bool]
    absent: frozenset[str] = frozenset()
    mended_facts: dict[str, int] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Item]:
        line = 0
        for archive in self.archives:
            try:
                with (opened := open_export(archive, self.limits)).access:
                    for member in opened.members:
                        line += 1
                        yield self._item(opened, member, line)
            except DeliveryError:
                line += 1
                yield Item(line, [], archive.name.encode(), Fault("not_readable", "", ""))

    def _item(self, opened: OpenExport, member: Member, line: int) -> Item:
        name = member.name.replace("\\", "/").rpartition("/")[2]
        data = f"{opened.access.name}/{member.name}".encode()
        try:
            return Item(line, [self._row(opened, member, name)], data)
        except (Fault, PassedOver) as ended:
            return Item(line, [], data, ended)

    def _row(self, opened: OpenExport, member: Member, name: str) -> DocumentRow:
        named = named_for(self.kind, name)
        if self.erased(named.local_id):
            raise PassedOver("erased")
        last_name = self.last_name(named.local_id)
        if last_name is None:
            raise Fault("unknown_student", "", "")
        if not named.fits(last_name):
            raise Fault("other_name", "", "")
        document = self._read(opened, member)
        if self.kind == PHOTO and not is_picture(name, document):
            raise Fault("not_readable", "", "")
        digest = hashlib.sha256(document).hexdigest()
        self.store(digest, document)
        return DocumentRow(named.local_id, self.kind, digest, name[:255], len(document))

    def _read(self, opened: OpenExport, member: Member) -> bytes:
        blocks, size = [], 0
        try:
            for block in opened.blocks(member):
                blocks.append(block)
                size += len(block)
                if size > LARGEST_DOCUMENT:
                    raise Fault("too_long", "", "")
        except DeliveryError:
            raise Fault("not_readable", "", "") from None
        return b"".join(blocks)
