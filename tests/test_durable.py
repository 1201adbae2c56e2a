"""A file is replaced whole or not at all, and keeps secrets from others at every moment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from staffroom.durable import replace_file


def test_the_new_content_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert [item.name for item in tmp_path.iterdir()] == ["settings.toml"]


def test_a_leftover_of_a_killed_writer_is_in_nobody_s_way(tmp_path: Path) -> None:
    (tmp_path / "settings.toml.part").write_text("half of")
    replace_file(tmp_path / "settings.toml", b"new")
    assert [item.name for item in tmp_path.iterdir()] == ["settings.toml"]


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_mode_is_the_one_asked_for(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "secrets.toml"
    path.write_text("old")
    replace_file(path, b"new", mode=mode)
    assert path.stat().st_mode & 0o777 == mode


def test_what_cannot_be_written_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("old")
    (tmp_path / "settings.toml.part").mkdir()
    with pytest.raises(OSError, match="Is a directory"):
        replace_file(path, b"new")
    assert path.read_text() == "old"


def test_without_a_mode_the_umask_decides(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        replace_file(tmp_path / "CURRENT", b"catalogue-00000001.json")
    finally:
        os.umask(before)
    assert (tmp_path / "CURRENT").stat().st_mode & 0o777 == 0o640
