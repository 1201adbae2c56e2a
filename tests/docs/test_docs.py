"""Documentation is under test: what it names exists, and what exists is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
EVERYTHING = "\n".join(page.read_text("utf-8") for page in PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).resolve().exists()]
    assert broken == []


def test_every_metric_has_a_page_that_names_each_of_its_columns() -> None:
    from staffroom.metrics.catalogue import METRICS

    missing = []
    for metric in METRICS:
        text = (ROOT / "docs/metrics" / f"{metric.name}.md").read_text("utf-8")
        missing += [
            f"{metric.name}.{column.name}" for column in metric.columns if f"`{column.name}`" not in text
        ]
    assert missing == []


def test_every_command_of_the_documentation_exists_and_every_verb_is_documented() -> None:
    reference = (ROOT / "docs/administrators/commands.md").read_text("utf-8")
    verbs = set(re.findall(r"^## (staffroom .+)$", reference, flags=re.M))
    used = re.findall(r"(?:^|[`'\s])(staffroom (?:[a-z]+(?:-[a-z]+)*)(?: [a-z]+(?:-[a-z]+)*)?)", EVERYTHING)
    commands = {words for words in used if words.split()[1] in {verb.split()[1] for verb in verbs}}
    unknown = {words for words in commands if not any(_same_verb(words, verb) for verb in verbs)}
    assert unknown == set()


def _same_verb(words: str, verb: str) -> bool:
    return words == verb or words.startswith(f"{verb} ") or verb.startswith(f"{words} ")


def test_the_list_of_what_to_back_up_names_all_that_an_instance_holds(tmp_path: Path) -> None:
    from staffroom import config, config_changes
    from staffroom.events.ingest import ledger_path
    from staffroom.intake.drop.keys import FOLDER
    from staffroom.intake.drop.record import record_path
    from staffroom.loader.settings import LoaderSettings
    from staffroom.operations.init import FOLDERS
    from staffroom.site.databases import SCHEMAS
    from staffroom.students import documents
    from staffroom.students.importing import changes
    from staffroom.tombstones import FILE

    instance = config.Instance(tmp_path, config.Institution())
    files = {config.SETTINGS_FILE, config.SECRETS_FILE, config_changes.HISTORY_FILE}
    files |= {ledger_path(instance).name, record_path(instance).name, "fetched.sqlite3", FILE}
    files |= {f"database/{name}.sqlite3" for name in SCHEMAS.values()}
    rooms = (FOLDER, LoaderSettings().folder, documents.FOLDER, changes.FOLDER)
    folders = {f"{folder.split('/')[0]}/" for folder in (*FOLDERS, *rooms)}
    page = (ROOT / "docs/administrators/operating.md").read_text("utf-8")
    listed = set(re.findall(r"`([^`]+)`", page.partition("## Keep and restore")[2].partition("## ")[0]))
    assert files | (folders - {"database/"}) <= listed


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    assert [line for line in EVERYTHING.splitlines() if re.search(r"/(?:home|root|Users)/\w", line)] == []


def test_every_source_of_students_is_documented() -> None:
    from staffroom.students.rows.catalogue import SOURCES

    text = (ROOT / "docs/administrators/students.md").read_text("utf-8")
    assert [name for name in SOURCES if f"`{name}`" not in text] == []


def test_every_difference_from_the_reference_has_its_test() -> None:
    text = (ROOT / "docs/developers/imports.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/students").rglob("test_*.py"))
    assert [name for name in re.findall(r"`(test_\w+)`", text) if f"def {name}(" not in tests] == []
