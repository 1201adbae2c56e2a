"""The loader's settings on their page: comments stay, secrets stay hidden, wrong values change nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from staffroom.config import Instance, load_instance
from staffroom.loader.settings import loader_settings
from staffroom.operations.pages.loader_forms import GROUPS, GroupForm
from staffroom.operations.pages.loader_titles import PATHS, REFUSALS, SECRETS, TITLES
from tests.cast import Cast
from tests.loader.conftest import receiver, started_receiver
from tests.loader.files import student
from tests.loader.receiver import Receiver
from tests.operations.pages.loader import COMMENT, set_up
from tests.operations.pages.test_pages import table, text

__all__ = ["receiver", "started_receiver"]

pytestmark = pytest.mark.django_db(databases=["default", "audit"])


@pytest.fixture
def ready(lake: Instance, receiver: Receiver) -> Instance:
    set_up(lake, receiver, student(1))
    return lake


def filled(lake: Instance, slug: str, **changes: object) -> dict[str, Any]:
    """What a browser sends back: every field as the page shows it, with changes."""
    group = next(group for group in GROUPS if group.slug == slug)
    form = GroupForm(load_instance(lake.root), group)
    shown = {name: form.initial[name] for name in form.fields}
    values = {**shown, **changes}
    return {name: "on" if value is True else value for name, value in values.items() if value is not False}


def save(ada: Client, lake: Instance, slug: str, **changes: object) -> str:
    url = reverse("loader-settings-save", args=[slug])
    answer = ada.post(url, filled(lake, slug, **changes), follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def file(lake: Instance) -> str:
    return (lake.root / "staffroom.toml").read_text("utf-8")


def test_every_setting_has_a_title_and_only_settings_have(lake: Instance) -> None:
    shown = {name for group in GROUPS for name in GroupForm(lake, group).fields}
    assert {item.name for group in GROUPS for item in fields(group.shape)} - shown == {"api", "sftp", "s3"}
    assert shown == set(TITLES)
    assert set(TITLES) >= SECRETS | PATHS


def test_a_change_is_written_with_the_comments_kept_and_noted_with_who(
    ready: Instance, cast: Cast, ada: Client
) -> None:
    before = file(ready)
    page = save(ada, ready, "loader", rows_a_batch="500", skip_unchanged=True)
    assert "2 settings were changed." in page
    assert COMMENT in file(ready)
    assert file(ready).replace("skip_unchanged = true\n", "") == before.replace(
        "rows_a_batch = 100", "rows_a_batch = 500"
    )
    settings = loader_settings(load_instance(ready.root))
    assert (settings.rows_a_batch, settings.skip_unchanged) == (500, True)
    rows = table(ada, f"{reverse('loader-settings')}changes.csv")
    assert [(row["by"], row["setting"], row["before"], row["after"]) for row in rows] == [
        (str(cast.ada.pk), "loader.skip_unchanged", "", "true"),
        (str(cast.ada.pk), "loader.rows_a_batch", "100", "500"),
    ]
    assert "Ada Administrator" in text(ada, reverse("loader-settings"))


def test_a_form_sent_back_as_it_is_changes_nothing(ready: Instance, ada: Client) -> None:
    before = file(ready)
    for slug in ("loader", "loader-api"):
        assert "Nothing was different" in save(ada, ready, slug)
    assert file(ready) == before
    assert not (ready.root / "settings-history.jsonl").exists()


@pytest.mark.parametrize(
    ("slug", "changes", "said"),
    [
        ("loader", {"rows_a_batch": "0"}, "It must be from 1 to 100,000."),
        ("loader", {"rows_a_batch": "many"}, "Enter a whole number."),
        ("loader", {"rows_a_batch": ""}, "This field is required."),
        ("loader", {"encoding": "klingon"}, "That is no encoding that we know."),
        (
            "loader",
            {"delimiter": "^^"},
            "It must be one ASCII sign, and neither a letter, a digit, a quote nor a blank.",
        ),
        ("loader", {"delete_missing": True}, "It can only be chosen where the file holds all students."),
        ("loader", {"source": "sftp"}, "has no settings yet: fill in its form first."),
        ("loader", {"source": "ftp"}, "ftp is not one of the available choices."),
        ("loader", {"most_missing_share": "1.5"}, "It must be from 0 to 1."),
        ("loader-api", {"url": "javascript:alert(1)"}, "It must be the address of a service"),
        ("loader-api", {"url": "https://lena:opensesame@registry.example/"}, "without a password."),
        ("loader-api", {"url": "http://["}, "It must be the address of a service"),
        ("loader-api", {"most_in_flight": "257"}, "It must be from 1 to 256."),
        (
            "loader-api",
            {"password_secret": "signing_key"},
            "signing_key is not one of the available choices.",
        ),
        ("loader-sftp", {"port": "2022"}, "The server is missing."),
    ],
)
def test_a_wrong_value_is_an_error_of_the_form_and_nothing_is_written(
    ready: Instance, ada: Client, slug: str, changes: dict[str, object], said: str
) -> None:
    before = file(ready)
    assert said in save(ada, ready, slug, **changes).replace("&#x27;", "'")
    assert file(ready) == before
    assert not (ready.root / "settings-history.jsonl").exists()


@pytest.mark.parametrize(
    ("slug", "changes", "said"),
    [
        ("loader", {"rows_a_batch": "0"}, "Debe estar entre 1 y 100.000."),
        ("loader", {"encoding": "klingon"}, "No conocemos esa codificación."),
        ("loader-api", {"give_up_minutes": "0"}, "Debe ser mayor que 0."),
        ("loader-s3", {"region": "us-west-2"}, "Falta el bucket."),
    ],
)
def test_refusals_are_said_in_the_language_of_the_page(
    ready: Instance, cast: Cast, ada: Client, slug: str, changes: dict[str, object], said: str
) -> None:
    cast.ada.language = "es"
    cast.ada.save()
    assert said in save(ada, ready, slug, **changes)


def test_every_refusal_is_of_a_setting_or_a_section(ready: Instance) -> None:
    assert {name for name in REFUSALS if name not in TITLES} == {f"[{group.name}]" for group in GROUPS} - {
        "[loader.api]"
    }


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../outside", "~/x", "~nobody-of-this-name/x", "loader/../../x", "link/x"]
)
@pytest.mark.parametrize(
    ("slug", "name"), [("loader", "folder"), ("loader", "local_file"), ("loader-api", "certificates")]
)
def test_a_page_names_no_file_outside_the_instance(
    ready: Instance, ada: Client, path: str, slug: str, name: str
) -> None:
    (ready.root / "link").symlink_to("/")
    before = file(ready)
    assert "only what lies inside" in save(ada, ready, slug, **{name: path})
    assert file(ready) == before


@pytest.mark.parametrize("value", ['x"\n[accounts]\ntoken_days = 1 # ', "a\0b", "a\u202eb", "\x1b[0m"])
def test_characters_that_no_setting_has_are_refused(ready: Instance, ada: Client, value: str) -> None:
    before = file(ready)
    said = "Null characters" if "\0" in value else "It holds characters that no setting has."
    assert said in save(ada, ready, "loader", remote_path=value)
    assert file(ready) == before


def test_a_value_that_looks_like_the_file_stays_a_value(ready: Instance, ada: Client) -> None:
    hostile = "\"] = ''' # </textarea><script>alert(1)</script> {{ 7 }} %(x)s ümläut"
    page = save(ada, ready, "loader", remote_path=hostile)
    assert "1 setting was changed." in page
    assert "<script>alert" not in page
    assert loader_settings(load_instance(ready.root)).remote_path == hostile


def test_a_group_that_is_not_there_is_not_there(ready: Instance, ada: Client) -> None:
    for slug in ("accounts", "site", "loader-x"):
        assert ada.post(f"/loader/settings/{slug}/", {"token_days": "1"}).status_code == 404


def test_secrets_are_set_or_not_and_no_page_has_their_values(ready: Instance, ada: Client) -> None:
    urls = [reverse("loader-settings"), f"{reverse('loader-settings')}secrets.csv", reverse("loader")]
    pages = "".join(text(ada, url) for url in urls)
    assert "opensesame" not in pages
    assert not any(value in pages for value in load_instance(ready.root).secrets.values())
    rows = table(ada, urls[1])
    assert [(row["setting"], row["name"], row["is_set"]) for row in rows] == [
        ("loader.api.client_secret_secret", "loader_client_secret", "true"),
        ("loader.api.password_secret", "loader_password", "true"),
    ]
    assert "2 of 2 secrets are set." in pages


def test_a_secret_written_in_the_wrong_place_is_not_repeated(ready: Instance, ada: Client) -> None:
    with_secret = file(ready).replace('user = "lena"', 'user = "lena"\npassword_secret = "hunter2hunter2"')
    (ready.root / "staffroom.toml").write_text(with_secret)
    page = text(ada, reverse("loader-settings")) + save(ada, ready, "loader-api", user="leo")
    assert "hunter2" not in page
    assert 'password_secret = "hunter2hunter2"' in file(ready)
    assert 'user = "leo"' in file(ready)
    assert "hunter2" not in save(ada, ready, "loader-api", password_secret="loader_client_secret")
    assert 'password_secret = "loader_client_secret"' in file(ready)
    for face in ("changes.csv", "changes.json", "secrets.json"):
        assert "hunter2" not in ada.get(f"{reverse('loader-settings')}{face}").content.decode()


def test_the_keys_of_the_site_are_no_secrets_for_the_loader(ready: Instance, ada: Client) -> None:
    page = text(ada, reverse("loader-settings"))
    assert "loader_password" in page
    assert "signing_key" not in page


def test_what_was_edited_by_hand_meanwhile_stays(ready: Instance, ada: Client) -> None:
    form = filled(ready, "loader", latest=True)
    (ready.root / "staffroom.toml").write_text(file(ready).replace('user = "lena"', 'user = "lou"'))
    ada.post(reverse("loader-settings-save", args=["loader"]), form)
    assert 'user = "lou"' in file(ready)
    assert "latest = true" in file(ready)


def test_the_first_settings_can_be_made_on_the_page(lake: Instance, ada: Client) -> None:
    save(ada, lake, "loader-api", url="https://registry.example/batch", grant="none")
    save(ada, lake, "loader-sftp", host="sftp.example", user="lake")
    save(ada, lake, "loader", source="sftp", remote_path="out/students_%Y%m%d.zip")
    settings = loader_settings(load_instance(lake.root))
    assert settings.sftp is not None
    assert (settings.api.url, settings.source, settings.sftp.host) == (
        "https://registry.example/batch",
        "sftp",
        "sftp.example",
    )
    assert "Send now" in text(ada, reverse("loader"))


def test_each_language_has_the_meanings(ready: Instance, cast: Cast, ada: Client) -> None:
    cast.ada.language = "es"
    cast.ada.save()
    page = text(ada, reverse("loader-settings"))
    assert "Filas por lote" in page
    assert "El nombre del secreto que guarda la contraseña del usuario." in page
    assert "The name of the secret" not in page


def test_a_connection_that_is_not_safe_is_told_each_time(ready: Instance, ada: Client) -> None:
    save(ada, ready, "loader-api", url="http://registry.example/batch", verify_tls=False)
    page = text(ada, reverse("loader"))
    assert "http://registry.example/batch is not https" in page
    assert "Who answers is not verified" in page
