"""IEPs and photos arrive in archives, belong to whom they are named for, and lie encrypted on the disk."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from staffroom.students.documents import DocumentLost, delete_document, read_document
from staffroom.students.models import Document
from tests.students.importing.district import District, facts, fixture, table


@pytest.fixture
def keyed(district: District) -> District:
    """The district with its five students and a key to encrypt with."""
    secrets = {**district.instance.secrets, "encryption_key": "a key for tests alone"}
    district.instance = replace(district.instance, secrets=secrets)
    district.populate()
    return district


def archive(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as opened:
        for name, data in files.items():
            opened.writestr(name, data)
    return made.getvalue()


def take(district: District, *archives: bytes, source: str = "iep_documents") -> dict[str, object]:
    for number, data in enumerate(archives, 1):
        (district.folder / f"{source}-{number}.zip").write_bytes(data)
    district.configure(files=[{"source": source, "file": f"{source}-*.zip"}])
    (result,) = district.run(source).sources
    assert not result.problem, result.problem
    return facts(result)


def test_the_ieps_of_two_archives(keyed: District) -> None:
    archives = [fixture("iep-pdfs-for-test-2.zip"), fixture("iep-pdfs-for-test-1.zip")]
    assert take(keyed, *archives) == {"created": 3}
    assert table(Document, "student__local_id", "kind", "file_name", "size") == [
        ("111111111", "iep", "111111111_IEPAtAGlance_Garf_Skywalker.pdf", 11),
        ("2222222211", "iep", "2222222211_IEPAtAGlance_Amir_Solo.pdf", 11),
        ("333333333", "iep", "333333333_IEPAtAGlance_Ryan_Rodriguez.pdf", 11),
    ]
    assert take(keyed) == {"unchanged": 3, "stored": 3}


def test_a_document_is_read_only_with_the_key(keyed: District) -> None:
    take(keyed, archive(**{"111111111_IEPAtAGlance_Garfield_Skywalker.pdf": b"%PDF secret"}))
    ((digest,),) = table(Document, "digest")
    assert read_document(keyed.instance, digest) == b"%PDF secret"
    (kept,) = [path for path in (keyed.instance.root / "documents").rglob("*") if path.is_file()]
    assert (b"secret" in kept.read_bytes(), digest in str(kept), kept.stat().st_mode & 0o777) == (
        False,
        False,
        0o600,
    )
    other = replace(keyed.instance, secrets={"encryption_key": "another"})
    with pytest.raises(DocumentLost):
        read_document(other, digest)
    rotated = replace(other, secrets={**other.secrets, "previous_encryption_key": "a key for tests alone"})
    assert read_document(rotated, digest) == b"%PDF secret"
    kept.write_bytes(kept.read_bytes()[:-1] + b"?")
    with pytest.raises(DocumentLost):
        read_document(keyed.instance, digest)
    delete_document(keyed.instance, digest)
    assert not kept.exists()


def test_what_is_not_the_students_own_is_set_aside(keyed: District) -> None:
    inner = archive(**{"111111111_IEPAtAGlance_Garfield_Skywalker.pdf": b"%PDF"})
    files = {
        "111111111_IEPAtAGlance_Mari_Kenobi.pdf": b"%PDF of somebody else",
        "999_IEPAtAGlance_No_Body.pdf": b"%PDF",
        "notes.txt": b"hello",
        "more.zip": inner,
        "111222222_IEPAtAGlance_Mari_Kenobi.pdf": b"%PDF",
    }
    assert take(keyed, archive(**files), b"PK\x03\x04 no archive at all") == {
        "created": 1,
        "rejected": {"file_name": 2, "not_readable": 1, "other_name": 1, "unknown_student": 1},
    }
    assert len(list(Path(keyed.instance.root / "documents").rglob("*/*"))) == 1


def test_photos_are_pictures(keyed: District) -> None:
    files = {"111111111.jpg": b"\xff\xd8\xff\xe0...", "111222222.png": b"<script>", "x.gif": b"GIF89a"}
    assert take(keyed, archive(**files), source="photos") == {
        "created": 1,
        "rejected": {"file_name": 1, "not_readable": 1},
    }
