"""Parts of the loader that need no API: the journal, the pace, answers, mappings, imported settings."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from staffroom.errors import SettingsError
from staffroom.loader.answers import Later, Refused, RowError, Taken, TooLarge, Unauthorized, read_answer
from staffroom.loader.following import same_origin
from staffroom.loader.import_settings import import_settings
from staffroom.loader.journal import Journal, records
from staffroom.loader.mapping import load_mapping
from staffroom.loader.pace import Pace
from staffroom.loader.settings import ApiSettings, check_api, warnings

URL = "http://api.example/batch"


def test_a_line_that_a_kill_left_half_written_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    with Journal(path) as journal:
        journal.add({"batch": 1})
    with path.open("ab") as file:
        file.write(b'{"batch": 2, "torn')
    assert list(records(path)) == [{"batch": 1}]
    with Journal(path) as journal:
        journal.add({"batch": 3})
    assert list(records(path)) == [{"batch": 1}, {"batch": 3}]


def test_the_pace_grows_with_a_long_way_and_halves_when_the_api_is_pressed() -> None:
    now = 0.0
    pace = Pace(32, clock=lambda: now)
    for _ in range(500):
        pace.went_well(0.08)  # as long as the fastest: nothing waits at the other end
    assert int(pace.limit) > 20
    pace.later(0)
    pace.later(0)  # the same round
    assert int(pace.limit) in (14, 15, 16)
    for _ in range(500):
        pace.went_well(0.8)  # ten times the fastest: they wait there
    assert pace.limit < 12


@pytest.mark.parametrize(
    ("status", "headers", "body", "answer"),
    [
        (202, {"Location": "/s/1"}, b"", Taken("/s/1")),
        (200, {}, b'{"errors": [{"index": 0, "message": "no"}]}', Taken(None, (RowError(1, "", "no"),))),
        (429, {"Retry-After": "7"}, b"", Later(7.0, "429", pressed=True)),
        (503, {"Retry-After": "Mon, 05 Oct 2026 00:00:09 GMT"}, b"", Later(9.0, "503", pressed=True)),
        (500, {}, b"<html>", Later(None, "500")),
        (401, {}, b"", Unauthorized()),
        (413, {}, b"", TooLarge()),
        (
            422,
            {},
            b'{"exceptions": [{"ssid": "7", "errorMessage": "no"}]}',
            Refused("422", (RowError(None, "7", "no"),)),
        ),
    ],
)
def test_answers_are_told_apart(status: int, headers: dict[str, str], body: bytes, answer: object) -> None:
    now = datetime(2026, 10, 5, tzinfo=UTC)
    assert read_answer(URL, status, headers, body, now=now) == answer


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id = 'a'", "id: must name a field"),
        ("id = 'a'\n[fields]\na = { text = 'A', flag = 'B' }", "must be exactly one of"),
        ("id = 'a'\n[fields]\na = { text = 'A' }\nb = { mapped = 'B', by = 'x' }", r"by which of \[maps\]"),
        ("id = 'a'\ntrue_words = ['Yes']\n[fields]\na = { text = 'A' }", "small ASCII words"),
        ("nonsense", "cannot be read as TOML"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "ours.toml").write_text(text)
    with pytest.raises(SettingsError, match=words):
        load_mapping("ours.toml", tmp_path)


@pytest.mark.parametrize("url", ["http://[", "https://[", "api.example", ""])
def test_what_is_no_address_is_told_and_not_stumbled_over(url: str) -> None:
    api = ApiSettings(url=url, token_url=url)
    assert warnings(api) == ()
    with pytest.raises(SettingsError, match="which is not the address of a service"):
        check_api(api)
    assert not same_origin(url, URL)


READ = "whoever is on the way can read what is sent."


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://api.example/batch", (f"WARNING: http://api.example/batch is not https: {READ}",)),
        ("HTTP://api.example/batch", (f"WARNING: HTTP://api.example/batch is not https: {READ}",)),
        ("http://127.0.0.1:8000/batch", ()),
        ("https://api.example/batch", ()),
    ],
)
def test_what_others_can_read_is_told_each_time(url: str, said: tuple[str, ...]) -> None:
    assert warnings(ApiSettings(url=url)) == said


OLD = """
import os
os.system("touch executed")
SFTP_HOSTNAME = 'sftp.example.org'
SFTP_FILE_DIR = './Students/'
SFTP_FILE_BASENAME = 'CA_students_'
SFTP_FILE_DATEFORMAT = '%Y%m%d'
SFTP_FILE_EXT = 'zip'
SFTP_PASSWORD = 'open"sesame'
SFTP_PORT = int(os.environ.get('PORT', 22))
ART_ENDPOINT = 'https://art.example:8443/rest/external/student/CA/batch'
ART_SSL_CHECKS = False
AUTH_ENDPOINT = 'https://sso.example/auth?realm=/sbac'
AUTH_PAYLOAD = {
    'client_id': 'c', 'client_secret': 's3', 'grant_type': 'password', 'username': 'u', 'password': 'p4'
}
DELIMITER = '^'
FILE_ENCODING = 'latin1'
"""


def test_old_settings_are_read_as_data_and_never_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "settings_secret.py").write_text(OLD)
    (tmp_path / "staffroom.toml").write_text("# ours\n[institution]\nname = 'Lake'  # kept\n")
    said = import_settings(tmp_path / "settings_secret.py", tmp_path)
    assert not (tmp_path / "executed").exists()
    text = (tmp_path / "staffroom.toml").read_text()
    assert text.startswith("# ours\n[institution]\nname = 'Lake'  # kept\n")
    assert tomllib.loads(text)["loader"] == {
        "source": "sftp",
        "remote_path": "Students/CA_students_%Y%m%d.zip",
        "encoding": "latin1",
        "delimiter": "^",
        "api": {
            "url": "https://art.example:8443/rest/external/student/CA/batch",
            "token_url": "https://sso.example/auth?realm=/sbac",
            "grant": "password",
            "client_id": "c",
            "client_secret_secret": "loader_client_secret",
            "user": "u",
            "password_secret": "loader_password",
            "verify_tls": False,
        },
        "sftp": {"host": "sftp.example.org", "password_secret": "loader_sftp_password"},
    }
    secrets = tmp_path / "secrets.toml"
    assert tomllib.loads(secrets.read_text()) == {
        "loader_sftp_password": 'open"sesame', "loader_password": "p4", "loader_client_secret": "s3",
    }  # fmt: skip
    assert secrets.stat().st_mode & 0o777 == 0o600
    assert not any(secret in line for line in said for secret in ("sesame", "s3", "p4"))
