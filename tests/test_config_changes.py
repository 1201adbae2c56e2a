"""Settings changed from a page: the file keeps its comments and mode, wrong values leave it alone."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from staffroom.config import Instance, load_instance
from staffroom.config_changes import Change, change_settings, changes_of
from staffroom.errors import SettingsError

BEFORE = """\
# Ours, since 2019.
[institution]
name = "Lake University"  # as on the letterhead

[loader]
# A thousand is what the state asks for.
rows_a_batch = 1000
[loader.api]
url = "https://old.example/batch"  # until June

[site]
# The last section.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "staffroom.toml").write_text(BEFORE)
    return tmp_path


def fine(instance: Instance) -> None:
    """Nothing is wrong."""


def changed(root: Path, section: str, **values: object) -> list[tuple[str, object, object]]:
    changes = change_settings(root, section, values, by="7", check=fine)
    return [(change.setting, change.before, change.after) for change in changes]


def text(root: Path) -> str:
    return (root / "staffroom.toml").read_text()


def test_a_value_changes_and_everything_else_stays_byte_for_byte(root: Path) -> None:
    assert changed(root, "loader.api", url="https://new.example/batch") == [
        ("loader.api.url", "https://old.example/batch", "https://new.example/batch")
    ]
    assert text(root) == BEFORE.replace("old.example", "new.example")


def test_a_section_that_is_not_there_is_added(root: Path) -> None:
    assert changed(root, "loader.sftp", host="sftp.example") == [("loader.sftp.host", None, "sftp.example")]
    assert changed(root, "retention", logs_days=30) == [("retention.logs_days", None, 30)]
    instance = load_instance(root, {})
    assert instance.sections["loader"]["sftp"] == {"host": "sftp.example"}
    assert instance.sections["retention"] == {"logs_days": 30}
    for comment in ("# Ours, since 2019.", "# as on the letterhead", "# until June", "# The last section."):
        assert comment in text(root)


def test_a_section_in_two_places_of_the_file_is_changed_where_it_stands(root: Path) -> None:
    (root / "staffroom.toml").write_text(BEFORE + '\n[loader.sftp]\nhost = "old.example" # there\n')
    changed(root, "loader.sftp", host="new.example")
    changed(root, "loader", rows_a_batch=500)
    assert text(root) == BEFORE.replace("= 1000", "= 500") + '\n[loader.sftp]\nhost = "new.example" # there\n'


def test_what_is_the_same_writes_nothing(root: Path) -> None:
    before = (root / "staffroom.toml").stat()
    assert changed(root, "loader", rows_a_batch=1000) == []
    assert (root / "staffroom.toml").stat() == before
    assert list(changes_of(root)) == []


def test_hostile_values_stay_values(root: Path) -> None:
    hostile = '"\n[accounts]\nadministrator = "eve\\ \u202e\x00\'\'\' """ # ümläut'
    changed(root, "loader.api", url=hostile)
    instance = load_instance(root, {})
    assert instance.sections["loader"]["api"]["url"] == hostile
    assert set(instance.sections) == {"loader", "site"}


def test_what_the_check_refuses_is_not_written_and_not_noted(root: Path) -> None:
    def refuse(instance: Instance) -> None:
        assert instance.sections["loader"]["rows_a_batch"] == 0
        raise SettingsError("staffroom.toml [loader] rows_a_batch", "must be from 1 to 100,000.")

    with pytest.raises(SettingsError, match="must be from 1"):
        change_settings(root, "loader", {"rows_a_batch": 0}, by="7", check=refuse)
    assert text(root) == BEFORE
    assert list(changes_of(root)) == []


def test_the_history_says_who_changed_what_from_what(root: Path) -> None:
    changed(root, "loader", rows_a_batch=500)
    change_settings(root, "loader", {"rows_a_batch": 800, "latest": True}, by="8", check=fine)
    with (root / "settings-history.jsonl").open("a") as file:
        file.write('{"at": "2026-')
    history = list(changes_of(root))
    assert [(one.by, one.setting, one.before, one.after) for one in history] == [
        ("7", "loader.rows_a_batch", 1000, 500),
        ("8", "loader.rows_a_batch", 500, 800),
        ("8", "loader.latest", None, True),
    ]
    assert all(isinstance(one, Change) and one.at.endswith("+00:00") for one in history)
    assert stat.S_IMODE((root / "settings-history.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_file_keeps_its_mode_and_a_link_stays_a_link(root: Path, mode: int) -> None:
    real = root / "real.toml"
    (root / "staffroom.toml").rename(real)
    (root / "staffroom.toml").symlink_to(real)
    real.chmod(mode)
    changed(root, "loader", rows_a_batch=500)
    assert (root / "staffroom.toml").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == mode
    assert "rows_a_batch = 500" in real.read_text()


def test_a_file_that_is_no_toml_is_left_alone(root: Path) -> None:
    (root / "staffroom.toml").write_text("[loader\n")
    with pytest.raises(SettingsError, match="cannot be read as TOML"):
        changed(root, "loader", rows_a_batch=500)
    assert text(root) == "[loader\n"


def test_a_setting_is_not_taken_for_a_section(root: Path) -> None:
    with pytest.raises(SettingsError, match="is not a section"):
        changed(root, "loader.rows_a_batch", x=1)
    assert text(root) == BEFORE


def test_two_who_save_at_the_same_moment_lose_nothing(root: Path) -> None:
    def save(number: int) -> None:
        changed(root, "loader.api", **{f"key_{number}": number})

    threads = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    api = load_instance(root, {}).sections["loader"]["api"]
    assert {key: value for key, value in api.items() if key != "url"} == {f"key_{n}": n for n in range(8)}
    assert len(list(changes_of(root))) == 8
