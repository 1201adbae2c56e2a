"""PostgreSQL in the place of the SQLite files, by one setting: from the first verb to the last page."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from http.cookiejar import CookieJar

import pytest

from staffroom.operations.init import init_instance
from tests.instances import ROOT, TestInstance, environment
from tests.jobs.conftest import Soon
from tests.operations.deliveries import BROKEN, COURSE, deliver, event
from tests.operations.test_serve import serving, status
from tests.postgresql import Server

pytestmark = pytest.mark.postgresql

DATABASE_PASSWORD = "the database's own phrase"
PASSWORD = "a long enough phrase"
ADA, STELLA = "ada@lake.example", "Stella@lake.example"
VIDEO = "/courses/course-v1:Lake%2BBIO%2B2026/videos/v1/"


@pytest.fixture(scope="module")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory, postgresql: Server) -> TestInstance:
    """A new instance whose database is empty and asks for a password."""
    root = tmp_path_factory.mktemp("on-postgresql") / "instance"
    instance = TestInstance(init_instance(root, name="Lake University"))
    url = postgresql.new_database(password=DATABASE_PASSWORD.replace("'", "''"))
    instance.add_settings(f'[database]\nurl = "{url}"\n')
    with (instance.root / "secrets.toml").open("a") as secrets:
        secrets.write(f'database_password = "{DATABASE_PASSWORD}"\n')
    return instance


class Browser:
    """What a person's browser does: it keeps cookies, follows redirects and sends forms back."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, address: str) -> str:
        with self._opener.open(f"{self._site}{address}", timeout=20) as answer:
            return str(answer.read().decode())

    def send(self, page: str, to: str = "", **fields: str) -> str:
        """Send the form of ``page`` with ``fields`` to the address ``to``, or to the page itself."""
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get(page))
        assert found is not None
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": found[1]}).encode()
        sent = urllib.request.Request(f"{self._site}{to or page}", data, {"Referer": self._site})
        with self._opener.open(sent, timeout=20) as answer:
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def served(on_postgresql: TestInstance) -> TestInstance:
    """Made by the verbs of an operator's first hour: two people, one night, one reject."""
    instance = on_postgresql
    assert instance.run("migrate").code == 0
    for words in ([ADA, "--administrator"], [STELLA]):
        made = instance.run("accounts", "create", *words, STAFFROOM_SECRET_ACCOUNT_PASSWORD=PASSWORD)
        assert made.code == 0, made.err
    assert instance.run("accounts", "course-staff", "add", STELLA, COURSE).code == 0
    deliver(
        instance.root, "2026-09-01", event("2026-09-01", 1), event("2026-09-01", 3, "pause_video"), BROKEN
    )
    assert instance.run("nightly").code == 3
    return instance


def test_pages_runs_trail_and_api(served: TestInstance, soon: Soon) -> None:
    (check,) = served.run("check").out
    assert check.startswith("note: schedule nightly: no worker has looked at it yet.")
    (token,) = served.run("accounts", "token", "issue", STELLA, "--name=report").out
    with serving(served, "--workers=2", "--with-worker") as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        stella = Browser(url)
        assert COURSE in stella.send("/sign-in/", login=STELLA, password=PASSWORD)
        assert "1 learner watched this video" in stella.get(VIDEO)
        assert served.rows("SELECT what, course_id, learner_count FROM audit.accounts_view") == [
            {"what": "courses/video/learners.html", "course_id": COURSE, "learner_count": 1}
        ]
        with pytest.raises(urllib.error.HTTPError, match="404"):
            stella.get("/runs/")
        ada = Browser(url)
        ada.send("/sign-in/", login=ADA, password=PASSWORD)
        assert "nightly" in ada.get("/runs/")
        assert STELLA.lower() in ada.get("/trail/")
        assert STELLA.lower() in ada.get("/people/")
        ada.send("/runs/", "/runs/start/")
        soon(lambda: [run["state"] for run in served.runs()] == ["done_with_skips", "done"])
        asked = urllib.request.Request(f"{url}/api/v1/courses/", headers={"Authorization": f"Bearer {token}"})
        with urllib.request.urlopen(asked, timeout=20) as answer:
            assert [course["course_id"] for course in json.load(answer)["results"]] == [COURSE]


def test_an_address_is_one_person_in_any_spelling(served: TestInstance) -> None:
    again = served.run("accounts", "create", ADA.upper(), STAFFROOM_SECRET_ACCOUNT_PASSWORD=PASSWORD)
    assert (again.code, again.err) == (1, [f"staffroom: {ADA}: is already the address of a person."])


def test_after_too_many_failures_signing_in_pauses(served: TestInstance, soon: Soon) -> None:
    served.add_settings("[site]\nfailed_sign_ins = 2\n")
    with serving(served) as (_, url):
        soon(lambda: status(f"{url}/health") == 200)
        for _ in range(2):
            assert "That did not work." in Browser(url).send("/sign-in/", login=ADA, password="wrong")
        assert "That did not work." in Browser(url).send("/sign-in/", login=ADA, password=PASSWORD)
        assert COURSE in Browser(url).send("/sign-in/", login=STELLA, password=PASSWORD)


def test_a_wrong_password_of_the_database_is_named(served: TestInstance) -> None:
    done = served.run("check", STAFFROOM_SECRET_DATABASE_PASSWORD="another")
    mend = "See [database] and the secret database_password; then run 'staffroom migrate'."
    assert done.out[-3:] == [
        f"wrong: database default: cannot be used (OperationalError). {mend}",
        f"wrong: database audit: cannot be used (OperationalError). {mend}",
        f"wrong: database registry: cannot be used (OperationalError). {mend}",
    ]


def test_access_tokens_trail_and_runs_hold_there_too(postgresql: Server) -> None:
    """The tests of these rooms, once more in a process whose databases are PostgreSQL's."""
    tests = (
        *("accounts", "courses/test_access.py", "jobs/test_runs.py", "site/test_sign_in.py"),
        *("students/test_access.py", "students/test_access_agreement.py"),
        *("students/test_granting.py", "students/test_signing_in.py", "students/test_newest.py"),
        *("students/test_rosters.py", "students/pages/test_roster_pages.py"),
    )
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "--ds=tests.on_postgresql",
        "-k",
        "not at_once and not as_much_time",
    ]
    done = subprocess.run(
        [*words, *(f"tests/{name}" for name in tests)],
        cwd=ROOT,
        env=environment(TEST_DATABASE=postgresql.new_database()),
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-4000:]
