"""Documents come in archives, each named for its student: IEPs as PDF, photos as pictures."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from staffroom.students.rows.declaration import KEEP, Fault, Fields, Reading, Source

IEP, PHOTO = "iep", "photo"
_IEP_NAME = re.compile(r"(?P<local_id>[^_]+)_IEPAtAGlance_(?P<names>.+)\.pdf", re.IGNORECASE)
_PHOTO_NAME = re.compile(r"(?P<local_id>[^.]+)\.(?:jpe?g|png)", re.IGNORECASE)
BEGINNINGS = {".jpg": b"\xff\xd8\xff", ".jpeg": b"\xff\xd8\xff", ".png": b"\x89PNG"}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    TABLE: ClassVar[str] = "document"
    KEY: ClassVar[tuple[str, ...]] = ("student", "kind", "digest")
    student: str
    kind: str
    digest: str
    file_name: str
    size: int


@dataclass(frozen=True, slots=True)
class NamedFor:
    """Whose a document is by its file's name: the student's id, and the names beside it, if there are any."""

    local_id: str
    names: str = ""

    def fits(self, last_name: str) -> bool:
        """Whether a student of that last name may be meant."""
        return not self.names or folded(last_name) in folded(self.names)


def named_for(kind: str, file_name: str) -> NamedFor:
    """Raises Fault for a name that does not say whose it is."""
    found = (_IEP_NAME if kind == IEP else _PHOTO_NAME).fullmatch(file_name)
    if found is None:
        raise Fault("file_name", "", "")
    return NamedFor(found["local_id"].strip(), found.groupdict().get("names") or "")


def is_picture(file_name: str, data: bytes) -> bool:
    """Whether the bytes are what the file's name says."""
    ending = file_name[file_name.rfind(".") :].lower()
    return data.startswith(BEGINNINGS.get(ending, b"\0none"))


def folded(text: str) -> str:
    """Letters and digits alone, without accents, small: ``O'Brien-Núñez`` is ``obriennunez``."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(char for char in plain if char.isalnum()).casefold()


def _no_rows(fields: Fields, reading: Reading) -> Iterable[DocumentRow]:  # noqa: ARG001 - no CSV
    return ()


IEP_DOCUMENTS = Source(
    name="iep_documents",
    about="IEPs: archives of PDFs named LASID_IEPAtAGlance_Name.pdf.",
    order=9,
    tables=(DocumentRow,),
    rows=_no_rows,
    part={"kind": IEP},
    required=(),
    unmarked=KEEP,
    fresh_days=10,
)

PHOTOS = Source(
    name="photos",
    about="Photos: archives of pictures named for the student's id.",
    order=9,
    tables=(DocumentRow,),
    rows=_no_rows,
    part={"kind": PHOTO},
    required=(),
    unmarked=KEEP,
    fresh_days=365,
)

KINDS = {IEP_DOCUMENTS.name: IEP, PHOTOS.name: PHOTO}
