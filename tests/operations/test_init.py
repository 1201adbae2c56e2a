"""A new instance: its settings say everything, its secrets are its own, and nothing is ever overwritten."""

from __future__ import annotations

import dataclasses
import stat
import tomllib
from pathlib import Path

import pytest

from staffroom.config import fit, load_instance
from staffroom.errors import SettingsError
from staffroom.intake.servers.settings import S3Settings, SftpSettings
from staffroom.intake.settings import FolderSource, folder_sources
from staffroom.jobs.settings import schedules
from staffroom.loader.settings import ApiSettings, LoaderSettings, loader_settings
from staffroom.operations.init import init_instance, settings_text
from staffroom.operations.sections import SECTIONS, default_of, meanings, section_lines
from staffroom.students.settings import READ_ELSEWHERE, FileSettings, StudentsSettings, students_settings
from tests.instances import environment


def test_the_settings_hold_every_key_with_its_default() -> None:
    settings = tomllib.loads(settings_text())
    names = [section.name for section in SECTIONS]
    assert list(settings) == [names[0], "sources", "schedule", *names[1:], "students", "loader"]
    for section in SECTIONS:
        assert fit(section.shape, settings[section.name], place=section.name) == section.shape()
        assert list(settings[section.name]) == [field.name for field in dataclasses.fields(section.shape)]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_most_keys_say_what_they_mean(section: object) -> None:
    """A key without a text of its own is one of a group whose first key tells for all."""
    shape = section.shape  # type: ignore[attr-defined]
    first = dataclasses.fields(shape)[0].name
    assert first in meanings(shape)
    assert set(meanings(shape)) <= {field.name for field in dataclasses.fields(shape)}


def test_a_section_reads_as_one_would_write_it() -> None:
    retention = next(section for section in SECTIONS if section.name == "retention")
    assert list(section_lines(retention, {"logs_days": 7}))[:6] == [
        "# What a nightly run deletes when it is older; days.",
        "[retention]",
        "# Delivered files that were taken in, by the time at which they arrived; 0 keeps them for ever.",
        "deliveries_days = 0",
        "# Rows that could not be used, kept aside with their exact bytes.",
        "rejects_days = 180",
    ]
    assert "logs_days = 7" in section_lines(retention, {"logs_days": 7})


def test_what_was_asked_for_stands_in_the_settings(tmp_path: Path) -> None:
    root = init_instance(
        tmp_path / "new", name='The "Lake" \\ Üniversity', time_zone="America/Santiago", language="es"
    )
    instance = load_instance(root, {})
    assert instance.institution.name == 'The "Lake" \\ Üniversity'
    assert (instance.institution.time_zone, instance.institution.language) == ("America/Santiago", "es")
    assert folder_sources(instance) == (
        FolderSource("openedx", logs="deliveries/openedx/logs", exports="deliveries/openedx/exports"),
    )
    assert [(one.task, one.rule) for one in schedules(instance)] == [
        ("nightly", "0 3 * * * America/Santiago")
    ]


def test_the_folders_are_there_and_the_secrets_are_the_owners_alone(tmp_path: Path) -> None:
    root = init_instance(tmp_path / "new")
    assert sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_dir()) == [
        "cache",
        "database",
        "deliveries",
        "deliveries/openedx",
        "deliveries/openedx/exports",
        "deliveries/openedx/logs",
        "logs",
        "rejects",
        "store",
    ]
    assert stat.S_IMODE((root / "secrets.toml").stat().st_mode) == 0o600
    assert stat.S_IMODE(root.stat().st_mode) == 0o700
    secrets = tomllib.loads((root / "secrets.toml").read_text())
    others = tomllib.loads((init_instance(tmp_path / "other") / "secrets.toml").read_text())
    assert list(secrets) == ["signing_key", "encryption_key", "tombstone_key"]
    assert len({*secrets.values(), *others.values()}) == 6
    assert min(len(value) for value in secrets.values()) == 64


def test_a_repository_around_it_takes_the_settings_alone(tmp_path: Path) -> None:
    import subprocess

    root = init_instance(tmp_path / "new")
    held = (
        "ledger.sqlite3",
        "nightly.lock",
        "store/CURRENT",
        "database/site.sqlite3",
        "loader/known.sqlite3",
    )
    for name in held:
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text("")
    subprocess.run(["git", "init", "-q", str(root)], check=True, env=environment())
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--others", "--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert listed.stdout.split() == [".gitignore", "staffroom.toml"]


@pytest.mark.parametrize("there", ["staffroom.toml", "secrets.toml"])
def test_nothing_is_overwritten(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("mine")
    with pytest.raises(SettingsError) as raised:
        init_instance(tmp_path)
    assert str(raised.value) == (
        f"{tmp_path}/{there}: is there already. Nothing was changed. "
        "Choose another folder, or edit that file."
    )
    assert [path.name for path in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


def test_an_unknown_time_zone_makes_nothing(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as raised:
        init_instance(tmp_path / "new", time_zone="America/Atlantis")
    assert str(raised.value) == (
        "staffroom.toml [institution] time_zone: 'America/Atlantis' is not a known time zone. "
        "Use a name such as 'America/Santiago' or 'UTC'."
    )
    assert not (tmp_path / "new").exists()


def test_the_loader_stands_there_with_its_servers_commented_out(tmp_path: Path) -> None:
    root = init_instance(tmp_path / "new")
    assert loader_settings(load_instance(root, {})) == LoaderSettings()
    text = settings_text()
    settings = tomllib.loads(text)["loader"]
    names = [field.name for field in dataclasses.fields(LoaderSettings)]
    assert list(settings) == [name for name in names if name not in ("sftp", "s3")]
    assert list(settings["api"]) == [field.name for field in dataclasses.fields(ApiSettings)]
    servers = text[text.index('# # The server of a file whose source is "sftp".') :]
    said = tomllib.loads("".join(f"{line.removeprefix('# ')}\n" for line in servers.splitlines()))
    assert said["loader"] == {
        "sftp": dataclasses.asdict(SftpSettings("sftp.example.org")),
        "s3": dataclasses.asdict(S3Settings("students")),
    }


def test_students_stand_there_with_their_lists_and_tables_commented_out(tmp_path: Path) -> None:
    root = init_instance(tmp_path / "new")
    assert students_settings(load_instance(root, {})) == StudentsSettings()
    text = settings_text()
    lists = ("schools", "files", "columns", "values")
    names = [field.name for field in dataclasses.fields(StudentsSettings)]
    keys = list(tomllib.loads(text)["students"])
    assert keys == [*(name for name in names if name not in lists), *READ_ELSEWHERE]
    begins, ends = text.index("# # The schools that are"), text.index("# Who may see which students")
    said = "".join(f"{line.removeprefix('# ')}\n" for line in text[begins:ends].splitlines())
    said = said.replace("What a column is called", "# What a column is called")
    given = tomllib.loads(said)["students"]
    assert [fit(FileSettings, one, place="") for one in given["files"]] == [
        FileSettings("attendance", file="attendance.csv")
    ]
    assert given["schools"] == [{"local_id": "HEA", "name": "Healey School", "kind": "ESMS", "slug": ""}]
    assert (given["columns"], given["values"]) == (
        {"attendance": {"local_id": "LASID"}},
        {"free_reduced_lunch": {"Not Eligibile": "Not Eligible"}},
    )


def test_every_setting_has_a_default() -> None:
    for section in SECTIONS:
        for field in dataclasses.fields(section.shape):
            assert default_of(field) is not dataclasses.MISSING
