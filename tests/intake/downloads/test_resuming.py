"""Where a download begins: the rules that people know, made safe."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.errors import DeliveryError
from staffroom.intake.downloads.resuming import (
    NOT_REMEMBERED,
    OTHER_CONTENT,
    Local,
    OtherContent,
    Start,
    start_of,
)
from staffroom.intake.servers.errors import LocalLarger, OffsetBeyondEnd, RemoteEmpty
from staffroom.intake.servers.remote import RemoteFile

NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
TODAY = RemoteFile("students.zip", 1000, NIGHT)
YESTERDAY = RemoteFile("students.zip", 1000, NIGHT - timedelta(days=1))


def part(size: int, remembered: RemoteFile | None = TODAY) -> Local:
    return Local(size, is_whole=False, written_at=NIGHT, remembered=remembered)


def whole(size: int, remembered: RemoteFile | None = TODAY, written_at: datetime = NIGHT) -> Local:
    return Local(size, is_whole=True, written_at=written_at, remembered=remembered)


@pytest.mark.parametrize(
    ("local", "start"),
    [
        pytest.param(None, Start(0), id="nothing here"),
        pytest.param(part(0), Start(0), id="a part without a byte"),
        pytest.param(part(400), Start(400), id="less than there"),
        pytest.param(part(1000), Start(1000), id="a part that only lacks its name"),
        pytest.param(whole(1000), Start(1000, is_done=True), id="as much as there"),
        pytest.param(whole(400), Start(400), id="a whole file that somebody cut"),
        pytest.param(part(400, YESTERDAY), Start(0, note=OTHER_CONTENT), id="yesterday's beginning"),
        pytest.param(part(4000, YESTERDAY), Start(0, note=OTHER_CONTENT), id="yesterday's larger beginning"),
        pytest.param(
            whole(1000, YESTERDAY), Start(0, note=OTHER_CONTENT), id="yesterday's file of this size"
        ),
        pytest.param(part(400, None), Start(0, note=NOT_REMEMBERED), id="a beginning of unknown content"),
        pytest.param(whole(400, None), Start(0, note=NOT_REMEMBERED), id="a smaller file of unknown content"),
        pytest.param(whole(1000, None), Start(1000, is_done=True), id="a file written since, of this size"),
        pytest.param(
            whole(1000, None, NIGHT - timedelta(hours=1)),
            Start(0, note=NOT_REMEMBERED),
            id="a file of this size that is older than the remote one",
        ),
    ],
)
def test_where_a_download_begins(local: Local | None, start: Start) -> None:
    assert start_of(TODAY, local, None) == start


@pytest.mark.parametrize(
    "local", [part(1001), whole(1001), part(1001, None), whole(1001, None), whole(1001, YESTERDAY)]
)
def test_more_than_there_is_refused_with_the_reason(local: Local) -> None:
    with pytest.raises(LocalLarger, match="has 1,000 bytes on the server, and 1,001 are here"):
        start_of(TODAY, local, None)


@pytest.mark.parametrize(
    ("local", "offset"), [(part(400), 300), (part(400), 400), (part(400, None), 300), (whole(1000), 999)]
)
def test_an_offset_says_where_to_go_on(local: Local, offset: int) -> None:
    assert start_of(TODAY, local, offset) == Start(offset)


def test_offset_zero_is_an_offset() -> None:
    assert start_of(TODAY, whole(1000), 0) == Start(0)
    assert start_of(TODAY, part(400, YESTERDAY), 0) == Start(0)
    assert start_of(TODAY, None, 0) == Start(0)


@pytest.mark.parametrize(
    ("local", "offset"), [(part(400), 401), (None, 1), (part(2000), 1001), (part(400), -1)]
)
def test_an_offset_beyond_the_end_is_refused(local: Local | None, offset: int) -> None:
    with pytest.raises(OffsetBeyondEnd):
        start_of(TODAY, local, offset)


def test_an_offset_does_not_join_two_contents() -> None:
    with pytest.raises(OtherContent):
        start_of(TODAY, part(400, YESTERDAY), 300)


def test_a_remote_file_without_content_is_refused() -> None:
    with pytest.raises(RemoteEmpty):
        start_of(replace(TODAY, size=0), part(400), None)


remotes = st.builds(
    RemoteFile,
    st.just("students.zip"),
    st.integers(0, 5),
    st.sampled_from([NIGHT, NIGHT - timedelta(days=1)]),
    st.sampled_from(["", "a", "b"]),
)
locals_ = st.none() | st.builds(Local, st.integers(0, 7), st.booleans(), st.just(NIGHT), st.none() | remotes)


@given(remotes, locals_, st.none() | st.integers(-1, 8))
def test_nothing_is_ever_continued_that_is_not_its_beginning(
    file: RemoteFile, local: Local | None, offset: int | None
) -> None:
    """Whatever is here, and whatever is asked: no zeros between, nothing of another content before."""
    try:
        start = start_of(file, local, offset)
    except DeliveryError:
        return
    here = local.size if local is not None else 0
    assert 0 <= start.at <= min(here, file.size)
    remembered = local.remembered if local is not None else None
    if start.at and remembered is not None:
        assert remembered.same_content(file)
    if start.at and remembered is None:
        assert offset == start.at or start.is_done
    if offset is not None:
        assert start == Start(offset)
