"""Everything that ``staffroom check`` can say, word for word."""

from __future__ import annotations

import getpass
import json
import os
import pwd
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from staffroom.config import load_instance
from staffroom.events.catalogue import Catalogue, Store
from staffroom.operations import check_files
from staffroom.operations.check import check_instance
from staffroom.operations.init import init_instance
from tests.instances import TestInstance
from tests.operations.deliveries import deliver

MIGRATIONS = "Run 'staffroom migrate'."
ADMINISTRATOR = (
    "wrong: accounts: there is no administrator. "
    "Run 'staffroom accounts create you@example.edu --administrator'."
)
NO_WORKER = (
    "note: schedule nightly: no worker has looked at it yet. "
    "Keep 'staffroom worker' running with your system's service manager."
)
NOTHING_TAKEN = (
    "note: source openedx: nothing has been taken in yet. "
    "Put its files into its folders and run 'staffroom nightly'."
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return init_instance(tmp_path / "instance")


def said(root: Path) -> list[str]:
    """What is found without opening a database."""
    try:
        instance = load_instance(root, {})
    except Exception:
        return [finding.sentence() for finding in check_instance(root)]
    looks = (*check_files.SAID, *check_files.FOUND)
    return list(dict.fromkeys(finding.sentence() for look in looks for finding in look(instance)))


def edit(root: Path, old: str, new: str, file: str = "staffroom.toml") -> None:
    text = (root / file).read_text()
    assert old in text
    (root / file).write_text(text.replace(old, new))


def test_a_new_instance_lacks_only_deliveries(root: Path) -> None:
    assert said(root) == [NOTHING_TAKEN]


def test_a_folder_without_settings(tmp_path: Path) -> None:
    assert said(tmp_path) == [
        f"wrong: {tmp_path}/staffroom.toml: does not exist. "
        "Run 'staffroom init DIR' or name the folder with --instance."
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            'time_zone = "UTC"',
            'time_zone = "Europe/Atlantis"',
            "wrong: staffroom.toml [institution] time_zone: 'Europe/Atlantis' is not a known time zone. "
            "Use a name such as 'America/Santiago' or 'UTC'.",
            id="unknown time zone",
        ),
        pytest.param(
            'school_year_starts = "08-01"',
            'school_year_starts = "02-29"',
            "wrong: staffroom.toml [institution] school_year_starts: '02-29' is not a month and day of every "
            "year. Write it as MM-DD, such as '08-01'.",
            id="a school year that starts on a leap day",
        ),
        pytest.param(
            "[retention]",
            "[retenton]",
            "wrong: staffroom.toml [retenton]: is not a section. Did you mean [retention]?",
            id="unknown section",
        ),
        pytest.param(
            "logs_days",
            "log_days",
            "wrong: staffroom.toml [retention] log_days: is not a setting. Did you mean 'logs_days'?",
            id="unknown key",
        ),
        pytest.param(
            "logs_days = 90",
            'logs_days = "90"',
            "wrong: staffroom.toml [retention] logs_days: is '90', which is not a whole number.",
            id="wrong type",
        ),
        pytest.param(
            'base_url = "http://127.0.0.1:8000"',
            'base_url = "http://["',
            "wrong: staffroom.toml [site] base_url: is 'http://[', which is not the address of a site. "
            "Write it as 'https://staffroom.example.edu'.",
            id="half an address",
        ),
        pytest.param(
            "segment_seconds = 5",
            "segment_seconds = 0",
            "wrong: staffroom.toml [metrics] segment_seconds: must be at least 1.",
            id="impossible threshold",
        ),
        pytest.param(
            "deliveries_days = 0",
            "deliveries_days = -1",
            "wrong: staffroom.toml [retention] deliveries_days: must be at least 0.",
            id="files kept for less than no time",
        ),
        pytest.param(
            "trail_days = 1095",
            "trail_days = 0",
            "wrong: staffroom.toml [retention] trail_days: must be at least 1.",
            id="a trail that is not kept",
        ),
        pytest.param(
            'base_url = "http://127.0.0.1:8000"',
            'base_url = "staffroom.lake.example"',
            "wrong: staffroom.toml [site] base_url: is 'staffroom.lake.example', which is not the address of "
            "a site. Write it as 'https://staffroom.example.edu'.",
            id="an address without a scheme",
        ),
        pytest.param(
            'nightly = "0 3 * * *"',
            'nigthly = "0 3 * * *"',
            "wrong: staffroom.toml [schedule] nigthly: is nothing that can be scheduled. "
            "Known: 'nightly', 'events ingest', 'metrics compute', 'loader run', 'loader check', "
            "'registry drain', 'students import'.",
            id="unknown schedule",
        ),
        pytest.param(
            'nightly = "0 3 * * *"',
            'nightly = "3 o\'clock"',
            'wrong: staffroom.toml [schedule] nightly: is "3 o\'clock", which is not a cron expression of '
            "five fields. Write minute, hour, day, month and weekday, such as '0 3 * * *'.",
            id="no cron expression",
        ),
        pytest.param(
            'nightly = "0 3 * * *"',
            'nightly = "0 25 * * *"',
            "wrong: staffroom.toml [schedule] nightly: is '0 25 * * *', which is not a cron expression: "
            "bad hour. Write minute, hour, day, month and weekday, such as '0 3 * * *'.",
            id="impossible hour",
        ),
        pytest.param(
            'nightly = "0 3 * * *"',
            'nightly = "0 3 30 2 *"',
            "wrong: staffroom.toml [schedule] nightly: is '0 3 30 2 *', which is not a cron expression: "
            "bad day-of-month. Write minute, hour, day, month and weekday, such as '0 3 * * *'.",
            id="30 February",
        ),
        pytest.param(
            'kind = "openedx"',
            'kind = "openedxx"',
            "wrong: staffroom.toml [[sources]] openedx: is of kind 'openedxx', which is not one of "
            "openedx, sis.",
            id="unknown kind of source",
        ),
    ],
)
def test_settings_that_cannot_be(root: Path, old: str, new: str, expected: str) -> None:
    edit(root, old, new)
    assert [line for line in said(root) if line.startswith("wrong")] == [expected]


def test_settings_that_are_no_toml(root: Path) -> None:
    (root / "staffroom.toml").write_text("[institution\n")
    (line,) = said(root)
    assert line.startswith(f"wrong: {root}/staffroom.toml: cannot be read as TOML: ")
    assert line.endswith(
        " Correct it at that place: a line is 'name = value', texts stand in double quotes, "
        "and each name stands once in its section."
    )


def test_secrets_that_others_can_read(root: Path) -> None:
    (root / "secrets.toml").chmod(0o640)
    assert said(root) == [
        f"wrong: {root}/secrets.toml: can be read by others than its owner. "
        f"Run 'chmod 600 {root}/secrets.toml'."
    ]


def test_an_instance_that_everybody_can_open(root: Path) -> None:
    root.chmod(0o755)
    assert said(root) == [
        f"wrong: {root}: is open to everybody on this machine, and so are sessions and learners' records "
        f"in it. Run 'chmod o-rwx {root}'; a group may deliver files or read tables.",
        NOTHING_TAKEN,
    ]


def test_a_secret_that_is_missing_or_short(root: Path) -> None:
    (root / "secrets.toml").write_text('tombstone_key = "short"\n' + 'encryption_key = "' + "x" * 32 + '"\n')
    assert said(root) == [
        "wrong: secret signing_key: is missing. Set STAFFROOM_SECRET_SIGNING_KEY or add it to secrets.toml.",
        "wrong: secret tombstone_key: is shorter than 32 characters. "
        "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(48))'",
        NOTHING_TAKEN,
    ]


def test_folders_of_a_source_that_are_not_there_or_no_folders(root: Path) -> None:
    logs, exports = root / "deliveries/openedx/logs", root / "deliveries/openedx/exports"
    logs.rmdir()
    exports.rmdir()
    exports.write_text("")
    assert said(root) == [
        f"wrong: source openedx: its folder {logs} does not exist. "
        f"Run 'mkdir -p {logs}', or correct the path.",
        f"wrong: source openedx: {exports} is not a folder. Correct the path.",
    ]


@pytest.fixture
def as_nobody(tmp_path: Path) -> Iterator[Callable[[Path], None]]:
    """Look with the rights of an ordinary user, as root may read everything."""
    if os.geteuid() != 0:
        yield lambda path: None
        return
    nobody = pwd.getpwnam("nobody").pw_uid
    for folder in (tmp_path, *tmp_path.parents):
        if str(folder).startswith("/tmp/"):
            folder.chmod(folder.stat().st_mode | 0o055)

    def become(root: Path) -> None:
        for path in (root, *root.rglob("*")):
            os.chown(path, nobody, -1)
        os.seteuid(nobody)

    try:
        yield become
    finally:
        os.seteuid(0)


def test_folders_that_cannot_be_read_or_written(root: Path, as_nobody: Callable[[Path], None]) -> None:
    as_nobody(root)
    (root / "deliveries/openedx/logs").chmod(0)
    (root / "store").chmod(0o500)
    me = "nobody" if os.getuid() == 0 else getpass.getuser()
    assert said(root) == [
        f"wrong: {root}/store: cannot be written. Run 'chown -R {me} {root}/store'.",
        f"wrong: source openedx: its folder {root}/deliveries/openedx/logs cannot be read. Let {me} read it.",
    ]


def test_delivered_files_that_cannot_be_read(root: Path, as_nobody: Callable[[Path], None]) -> None:
    logs = [deliver(root, f"2026-09-0{day}") for day in (1, 2, 3)]
    as_nobody(root)
    for log in logs[1:]:
        log.chmod(0)
    me = "nobody" if os.getuid() == 0 else getpass.getuser()
    assert said(root)[0] == (f"wrong: source openedx: {logs[1]} and 1 more cannot be read. Let {me} read it.")


def test_a_language_that_pages_do_not_speak(root: Path) -> None:
    TestInstance(root).add_settings('[institution]\nlanguage = "xx"\n')
    assert said(root)[0] == (
        "wrong: staffroom.toml [institution] language: 'xx' is not a language that pages speak. "
        "Use one of 'en', 'es'."
    )


@pytest.mark.parametrize(
    "verb", ["nightly", "serve", "migrate", "worker", "metrics compute", "events ingest"]
)
def test_a_time_zone_that_nobody_knows_is_said_by_every_verb(root: Path, verb: str) -> None:
    instance = TestInstance(root)
    instance.add_settings('[institution]\ntime_zone = "Mars/Base"\n')
    done = instance.run(*verb.split())
    assert (done.code, done.err) == (
        2,
        [
            "staffroom: staffroom.toml [institution] time_zone: 'Mars/Base' is not a known time zone. "
            "Use a name such as 'America/Santiago' or 'UTC'."
        ],
    )


@pytest.mark.parametrize("verb", ["jobs list", "accounts list"])
def test_a_verb_before_the_first_migration_says_what_to_run(root: Path, verb: str) -> None:
    done = TestInstance(root).run(*verb.split())
    assert (done.code, done.err) == (
        1,
        [
            "staffroom: the database: cannot be used (OperationalError). "
            "Run 'staffroom migrate', then 'staffroom check'."
        ],
    )


def test_a_wrong_key_is_said_once_whatever_looks_at_its_section(root: Path) -> None:
    instance = TestInstance(root)
    deliver(root, "2026-09-01")
    instance.add_settings("[jobs]\nquit_source_days = 2\n[site]\nsesion_minutes = 9\n")
    assert [line for line in said(root) if line.startswith("wrong")] == [
        "wrong: staffroom.toml [site] sesion_minutes: is not a setting. Did you mean 'session_minutes'?",
        "wrong: staffroom.toml [jobs] quit_source_days: is not a setting. Did you mean 'quiet_source_days'?",
    ]


def test_a_store_of_another_time_zone(root: Path) -> None:
    Store(root / "store").publish(Catalogue(facts={"time_zone": "America/Santiago", "zone_rules": "x"}))
    assert said(root) == [
        NOTHING_TAKEN,
        "wrong: staffroom.toml [institution] time_zone: is UTC, but the days of the store are those of "
        "America/Santiago. Set it back, or remove the store's folder and take in all deliveries again.",
    ]


def test_a_store_that_is_damaged(root: Path) -> None:
    Store(root / "store").publish(Catalogue())
    (root / "store/catalogue-00000001.json").write_text("{")
    assert said(root) == [
        NOTHING_TAKEN,
        "wrong: catalogue-00000001.json: is not a catalogue (JSONDecodeError). "
        "Restore it, or delete it and run 'staffroom nightly'.",
    ]


def test_a_disk_that_is_nearly_full(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_files, "LEAST_FREE_BYTES", 1024 * 1024**4)
    said_now = said(root)[-1]
    assert said_now.startswith(f"wrong: {root}: the disk has ")
    assert said_now.endswith(" MB left. Make room: a night may need 1,073,741,824 MB.")


def test_what_is_said_of_databases(either: TestInstance) -> None:
    done = either.run("check")
    assert (done.code, done.out, done.err) == (
        1,
        [NOTHING_TAKEN, ADMINISTRATOR, NO_WORKER],
        ["1 thing is wrong."],
    )
    either.run(
        "accounts",
        "create",
        "ada@lake.example",
        "--administrator",
        STAFFROOM_SECRET_ACCOUNT_PASSWORD="a long enough phrase",
    )
    assert either.run("worker", "--until-idle").code == 0
    deliver(either.root, "2026-09-01")
    assert either.run("nightly").code == 0
    done = either.run("check")
    assert (done.code, done.out, done.err) == (0, [], ["Nothing is wrong."])


def test_databases_without_migrations(root: Path) -> None:
    instance = TestInstance(root)
    done = instance.run("check", "--json")
    assert done.code == 1
    told = [(fact["place"], fact["mend"]) for fact in done.facts if fact["is_wrong"]]
    assert told == [(f"database {name}", MIGRATIONS) for name in ("default", "audit", "registry")]
    assert done.facts[1]["problem"].startswith("lacks ")


def test_a_database_that_cannot_be_reached(root: Path) -> None:
    instance = TestInstance(root)
    instance.add_settings('[database]\nurl = "postgresql://nobody@127.0.0.1:1/nothing"\n')
    done = instance.run("check")
    mend = "See [database] and the secret database_password; then run 'staffroom migrate'."
    assert done.out[1:] == [
        f"wrong: database default: cannot be used (OperationalError). {mend}",
        f"wrong: database audit: cannot be used (OperationalError). {mend}",
        f"wrong: database registry: cannot be used (OperationalError). {mend}",
    ]


def test_a_schedule_that_nobody_took_up(instance: TestInstance) -> None:
    instance.run("worker", "--until-idle")
    due = (datetime.now(UTC) - timedelta(days=3)).replace(microsecond=0)
    import sqlite3

    with sqlite3.connect(instance.root / "database/site.sqlite3") as database:
        database.execute("UPDATE jobs_tick SET due_at = ?", (due.isoformat(" "),))
    database.close()
    (line,) = [line for line in instance.run("check").out if "schedule" in line]
    assert line.startswith("wrong: schedule nightly: was due at ")
    assert line.endswith(
        " 03:00+00:00 and no worker took it up. Start 'staffroom worker' and keep it running."
    )


def test_a_night_that_failed(instance: TestInstance) -> None:
    logs = instance.root / "deliveries/openedx/logs"
    logs.rename(logs.with_name("elsewhere"))
    instance.run("nightly")
    logs.with_name("elsewhere").rename(logs)
    (log,) = (instance.root / "logs" / "runs").iterdir()
    assert (
        f"wrong: nightly: the last run failed (DeliveryError at {logs}). "
        f"See {log}, then run 'staffroom nightly'." in instance.run("check").out
    )


def test_operators_whom_no_mail_can_reach(root: Path) -> None:
    TestInstance(root).add_settings('[site]\noperators = ["olga@lake.example"]\n')
    assert said(root)[0] == (
        "wrong: staffroom.toml [site] operators: are told nothing, because no mail can be sent. "
        "Name a server under [site] mail_server."
    )


@pytest.mark.parametrize(("settings", "is_said"), [("", True), ("proxies = 1\n", False)])
def test_a_site_under_https_whose_proxy_is_not_believed(root: Path, settings: str, is_said: bool) -> None:
    TestInstance(root).add_settings(f'[site]\nbase_url = "https://staffroom.lake.example"\n{settings}')
    finding = (
        "wrong: staffroom.toml [site] proxies: is 0, though people come by https: every reader seems to be "
        "the proxy that speaks it. Say how many proxies stand before the site."
    )
    assert (finding in said(root)) is is_said


def test_a_source_that_has_fallen_silent(instance: TestInstance) -> None:
    path = deliver(instance.root, "2026-09-01")
    five_days_ago = time.time() - 5 * 86400 - 60
    os.utime(path, (five_days_ago, five_days_ago))
    instance.run("nightly")
    day = datetime.fromtimestamp(five_days_ago, UTC).date()
    assert (
        f"wrong: source openedx: its newest delivery is 5 days old, of {day}. "
        "See why nothing arrives any more." in instance.run("check").out
    )


def test_json_tells_the_same_as_words(root: Path) -> None:
    (root / "deliveries/openedx/logs").rmdir()
    instance = TestInstance(root)
    words = instance.run("check")
    facts = [json.loads(line) for line in instance.run("check", "--json").out]
    assert words.out == [
        " ".join(
            part
            for part in (
                f"{'wrong' if fact['is_wrong'] else 'note'}: {fact['place']}: {fact['problem']}",
                fact["mend"],
            )
            if part
        )
        for fact in facts
    ]


LOADER = """
[loader]
source = "sftp"
mapping = "nevada"
[loader.api]
url = "https://registry.lake.example/batch"
token_url = "registry.lake.example"
client_id = "loader"
[loader.sftp]
host = "sftp.lake.example"
user = "district"
password_secret = "sftp_password"
"""


def test_what_a_run_of_the_loader_would_lack(root: Path) -> None:
    text = (root / "staffroom.toml").read_text()
    (root / "staffroom.toml").write_text(text[: text.index("# A nightly file of students")] + LOADER)
    assert [line for line in said(root) if line.startswith("wrong")] == [
        "wrong: staffroom.toml [loader.api] token_url: is 'registry.lake.example', "
        "which is not the address of a service.",
        "wrong: mapping nevada: is not there. Name a .toml file, or one of california.",
        "wrong: secret loader_client_secret: is missing. "
        "Set STAFFROOM_SECRET_LOADER_CLIENT_SECRET or add it to secrets.toml.",
        "wrong: secret loader_password: is missing. "
        "Set STAFFROOM_SECRET_LOADER_PASSWORD or add it to secrets.toml.",
        "wrong: staffroom.toml [loader] remote_path: names no file.",
        "wrong: secret sftp_password: is missing. "
        "Set STAFFROOM_SECRET_SFTP_PASSWORD or add it to secrets.toml.",
        "wrong: sftp://district@sftp.lake.example: has a host key that nobody has accepted yet. "
        "Run 'staffroom intake trust sftp.lake.example'.",
    ]


def test_a_setting_of_the_loader_that_there_is_not(root: Path) -> None:
    edit(root, 'grant = "password"', 'grand = "password"')
    assert [line for line in said(root) if line.startswith("wrong")] == [
        "wrong: staffroom.toml [loader.api] grand: is not a setting. Did you mean 'grant'?"
    ]
