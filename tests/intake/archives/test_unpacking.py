"""What archives give, and what is refused of them before it can do harm."""

from __future__ import annotations

import gzip
import io
import random
import stat
import struct
import threading
import zipfile
from pathlib import Path

import pytest

from staffroom.errors import DeliveryError
from staffroom.intake.archives.unpacking import (
    ArchiveDamaged,
    ArchiveLimits,
    ArchiveRefused,
    ArchiveTruncated,
    LocalFile,
    Member,
    extract,
    list_members,
    read_member,
)
from staffroom.intake.downloads.growing import GrowingFile, Growth

STUDENTS = b"SSID^FirstName\n" + b"".join(b"%d^Ada %d\n" % (number, number % 97) for number in range(200_000))
SCHOOLS = b"School Code^School Name\n17^Lake School\n"
NOISE = random.Random(3).randbytes(2_000_000)


def zipped(
    path: Path, *files: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content, method)
    return path


def members(path: Path, limits: ArchiveLimits = ArchiveLimits()) -> tuple[Member, ...]:  # noqa: B008 - frozen
    with LocalFile(path) as access:
        return list_members(access, limits)


def contents(path: Path, limits: ArchiveLimits = ArchiveLimits()) -> dict[str, bytes]:  # noqa: B008 - frozen
    with LocalFile(path) as access:
        return {
            member.name: b"".join(read_member(access, member, limits))
            for member in list_members(access, limits)
        }


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_member_of_a_zip_of_any_compression(tmp_path: Path, method: int) -> None:
    files = (("students.csv", STUDENTS), ("more/schools.csv", SCHOOLS), ("empty.csv", b""))
    path = zipped(tmp_path / "a.zip", *files, method=method)
    assert contents(path) == dict(files)
    assert [member.size for member in members(path)] == [len(STUDENTS), len(SCHOOLS), 0]


def test_a_zip_whose_sizes_need_64_bits(tmp_path: Path) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w") as archive,
        archive.open("students.csv", "w", force_zip64=True) as member,
    ):
        member.write(STUDENTS)
    assert contents(tmp_path / "a.zip") == {"students.csv": STUDENTS}


def test_a_zip_that_was_written_as_a_stream(tmp_path: Path) -> None:
    """Sizes and checksum stand behind each member then, and in the directory."""

    class Pipe(io.RawIOBase):
        written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data: bytes) -> int:  # type: ignore[override]
            self.written += data
            return len(data)

    with zipfile.ZipFile(Pipe(), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("students.csv", STUDENTS)
    (tmp_path / "a.zip").write_bytes(Pipe.written)
    assert contents(tmp_path / "a.zip") == {"students.csv": STUDENTS}


def test_content_decides_and_not_the_name(tmp_path: Path) -> None:
    (tmp_path / "plain.zip").write_bytes(STUDENTS)
    assert contents(tmp_path / "plain.zip") == {"plain.zip": STUDENTS}
    (tmp_path / "students.csv.gz").write_bytes(gzip.compress(STUDENTS, 1))
    assert contents(tmp_path / "students.csv.gz") == {"students.csv": STUDENTS}
    zipped(tmp_path / "students.csv", ("inner.csv", SCHOOLS))
    assert contents(tmp_path / "students.csv") == {"inner.csv": SCHOOLS}


def test_all_streams_of_a_gz_and_padding_between_them(tmp_path: Path) -> None:
    packed = gzip.compress(STUDENTS) + bytes(700) + gzip.compress(SCHOOLS) + bytes(300_000)
    (tmp_path / "a.gz").write_bytes(packed)
    assert contents(tmp_path / "a.gz") == {"a": STUDENTS + SCHOOLS}


def test_blocks_are_bounded_however_much_they_unpack_to(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("zeros", bytes(30_000_000)))
    with LocalFile(path) as access:
        sizes = [len(block) for block in read_member(access, members(path)[0])]
    assert (sum(sizes), max(sizes) <= 1024 * 1024) == (30_000_000, True)


@pytest.mark.parametrize("left", [0.3, 0.9, 0.9999])
def test_a_truncated_zip_is_refused_before_its_first_row(tmp_path: Path, left: float) -> None:
    whole = zipped(tmp_path / "a.zip", ("students.csv", STUDENTS), ("noise", NOISE)).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[: int(len(whole) * left)])
    with pytest.raises(ArchiveTruncated, match=r"^a.zip: ends too early: its directory is missing"):
        members(tmp_path / "a.zip")


def test_a_zip_that_lacks_its_middle_is_refused(tmp_path: Path) -> None:
    whole = zipped(tmp_path / "a.zip", ("noise", NOISE), ("students.csv", STUDENTS)).read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[:1_000_000] + whole[1_500_000:])
    with pytest.raises(DeliveryError):
        contents(tmp_path / "a.zip")


def test_a_wrong_checksum_is_told_after_the_last_byte(tmp_path: Path) -> None:
    """A stored member of which one byte in the middle was changed: every row comes, then the error."""
    path = zipped(tmp_path / "a.zip", ("students.csv", STUDENTS), method=zipfile.ZIP_STORED)
    whole = bytearray(path.read_bytes())
    whole[len(STUDENTS) // 2] ^= 1
    path.write_bytes(whole)
    came: list[int] = []
    with (
        LocalFile(path) as access,
        pytest.raises(ArchiveDamaged, match=r"students\.csv: its checksum is wrong"),
    ):
        came.extend(len(block) for block in read_member(access, list_members(access)[0]))
    assert sum(came) == len(STUDENTS)


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packed_bytes_that_changed_in_the_middle(tmp_path: Path, method: int) -> None:
    path = zipped(tmp_path / "a.zip", ("noise", NOISE), method=method)
    whole = bytearray(path.read_bytes())
    whole[1_000_000:1_000_100] = bytes(100)
    path.write_bytes(whole)
    with pytest.raises(ArchiveDamaged):
        contents(path)


def test_a_gz_that_ends_too_early_or_goes_on_as_something_else(tmp_path: Path) -> None:
    packed = gzip.compress(STUDENTS)
    (tmp_path / "a.gz").write_bytes(packed[:-5000])
    with pytest.raises(ArchiveTruncated, match="a is not whole"):
        contents(tmp_path / "a.gz")
    (tmp_path / "a.gz").write_bytes(packed + b"and more")
    with pytest.raises(ArchiveDamaged):
        contents(tmp_path / "a.gz")
    (tmp_path / "a.gz").write_bytes(packed[:-8] + bytes(4) + packed[-4:])
    with pytest.raises(ArchiveDamaged):
        contents(tmp_path / "a.gz")


def test_an_empty_file_and_an_empty_zip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"")
    with pytest.raises(DeliveryError, match="is empty"):
        members(tmp_path / "a.zip")
    zipped(tmp_path / "a.zip")
    with pytest.raises(ArchiveRefused, match="it holds no file"):
        members(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("/etc/passwd", "is an absolute path"),
        ("C:\\students.csv", "is an absolute path"),
        ("../students.csv", "leads out of its folder"),
        ("a/../../students.csv", "leads out of its folder"),
        ("..\\students.csv", "leads out of its folder"),
    ],
)
def test_names_that_lead_out_are_refused(tmp_path: Path, name: str, said: str) -> None:
    path = zipped(tmp_path / "a.zip", (name, STUDENTS))
    with pytest.raises(ArchiveRefused, match=said):
        members(path)
    assert sorted(tmp_path.iterdir()) == [path]


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("students.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(ArchiveRefused, match=r"students\.csv is a link or a device, not a file"):
        members(zipped(tmp_path / "a.zip", (link, b"/etc/passwd")))


def directory_with(path: Path, *, offset: int, value: int, form: str = "<H") -> None:
    """Change a field of the first entry of the directory."""
    whole = bytearray(path.read_bytes())
    entry = whole.index(b"PK\x01\x02")
    struct.pack_into(form, whole, entry + offset, value)
    path.write_bytes(whole)


def test_encrypted_members_and_unknown_compressions_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("students.csv", STUDENTS))
    directory_with(path, offset=8, value=1)
    with pytest.raises(ArchiveRefused, match=r"students\.csv is encrypted"):
        members(path)
    path = zipped(tmp_path / "a.zip", ("students.csv", STUDENTS))
    directory_with(path, offset=10, value=9)
    with pytest.raises(ArchiveRefused, match="is compressed by Deflate64, which is not read"):
        members(path)


def test_a_directory_that_lies_about_the_size_is_found_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("students.csv", STUDENTS))
    directory_with(path, offset=24, value=1000, form="<I")
    with pytest.raises(ArchiveDamaged, match="unpacks to more than its directory says"):
        contents(path)


def test_bombs_are_refused_by_ratio_by_size_and_by_number(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("zeros", bytes(110 * 1024 * 1024)))
    with pytest.raises(ArchiveRefused, match="zeros unpacks to more than 400 times its packed size"):
        members(path)
    assert len(members(path, ArchiveLimits(largest_ratio=2000))) == 1
    with pytest.raises(ArchiveRefused, match="zeros has more than 100 MB unpacked"):
        members(path, ArchiveLimits(largest_ratio=2000, largest_member_mb=100))
    (tmp_path / "zeros.gz").write_bytes(gzip.compress(bytes(110 * 1024 * 1024)))
    with pytest.raises(ArchiveRefused, match="zeros unpacks to more than 400 times its packed size"):
        contents(tmp_path / "zeros.gz")
    many = zipped(tmp_path / "many.zip", *((f"{number}", b"") for number in range(11)))
    with pytest.raises(ArchiveRefused, match="it holds 11 files, more than 10"):
        members(many, ArchiveLimits(most_members=10))


def test_members_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("one", NOISE), ("two", NOISE))
    whole = bytearray(path.read_bytes())
    second = whole.index(b"PK\x01\x02", whole.index(b"PK\x01\x02") + 4)
    struct.pack_into("<I", whole, second + 42, 0)
    path.write_bytes(whole)
    with pytest.raises(ArchiveRefused, match="shares its bytes with another file"):
        members(path)


def test_a_member_is_extracted_whole_or_not_at_all(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", ("more/students.csv", STUDENTS), method=zipfile.ZIP_STORED)
    with LocalFile(path) as access:
        (member,) = list_members(access)
        target = extract(access, member, tmp_path)
        assert (target, target.read_bytes()) == (tmp_path / "more" / "students.csv", STUDENTS)
    whole = bytearray(path.read_bytes())
    whole[500] ^= 1
    path.write_bytes(whole)
    target.unlink()
    with LocalFile(path) as access, pytest.raises(ArchiveDamaged):
        extract(access, member, tmp_path)
    assert list((tmp_path / "more").iterdir()) == []


def test_nothing_is_extracted_through_a_link_that_leads_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "in" / "more").symlink_to(tmp_path / "out")
    path = zipped(tmp_path / "in" / "a.zip", ("more/students.csv", STUDENTS))
    with LocalFile(path) as access, pytest.raises(ArchiveRefused, match="leads out of"):
        extract(access, list_members(access)[0], tmp_path / "in")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_zip_is_read_while_it_still_comes(tmp_path: Path) -> None:
    """Its directory from the server, its members from the file that grows."""
    path = zipped(tmp_path / "a.zip", ("students.csv", STUDENTS), ("schools.csv", SCHOOLS))
    growth, target = Growth(), tmp_path / "here.zip"
    read: dict[str, bytes] = {}

    def reader() -> None:
        with LocalFile(path) as server, GrowingFile(target, path.stat().st_size, growth) as file:
            for member in list_members(server):
                read[member.name] = b"".join(read_member(file, member))

    thread = threading.Thread(target=reader)
    thread.start()
    with (tmp_path / "here.zip.part").open("wb", buffering=0) as part:
        whole = path.read_bytes()
        for start in range(0, len(whole), 50_000):
            part.write(whole[start : start + 50_000])
            growth.reached(part.tell())
    (tmp_path / "here.zip.part").rename(target)
    growth.end()
    thread.join(20)
    assert read == {"students.csv": STUDENTS, "schools.csv": SCHOOLS}
