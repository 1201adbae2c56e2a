"""Django's settings as a function of the instance."""

from __future__ import annotations

from pathlib import Path

import pytest

from staffroom.config import Instance, Institution, fit
from staffroom.errors import SettingsError
from staffroom.site.databases import Router, databases
from staffroom.site.mail import mail_settings
from staffroom.web.settings import SiteSettings


def an_instance(root: Path = Path("/srv/lake"), **sections: object) -> Instance:
    return Instance(root, Institution(), sections, {"database_password": "hidden"})


def test_without_a_section_there_are_three_sqlite_files() -> None:
    made = databases(an_instance())
    assert {alias: str(made[alias]["NAME"]) for alias in made} == {
        "default": "/srv/lake/database/site.sqlite3",
        "audit": "/srv/lake/database/audit.sqlite3",
        "registry": "/srv/lake/database/registry.sqlite3",
    }
    assert made["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "journal_mode=WAL" in made["default"]["OPTIONS"]["init_command"]
    durable = {alias: "synchronous=FULL" in made[alias]["OPTIONS"]["init_command"] for alias in made}
    assert durable == {"default": False, "audit": False, "registry": True}


def test_one_setting_makes_it_postgresql_with_a_schema_each() -> None:
    made = databases(an_instance(database={"url": "postgresql://lake@db.example:5433/staffroom"}))
    assert [
        (made[alias]["NAME"], made[alias]["USER"], made[alias]["HOST"], made[alias]["PORT"])
        for alias in ("default", "audit", "registry")
    ] == [("staffroom", "lake", "db.example", "5433")] * 3
    assert [made[alias]["OPTIONS"]["options"] for alias in ("default", "audit", "registry")] == [
        "-c search_path=site",
        "-c search_path=audit",
        "-c search_path=registry",
    ]
    assert made["default"]["PASSWORD"] == "hidden"


@pytest.mark.parametrize("url", ["mysql://db/x", "postgresql://db", "postgresql://u:secret@db/x"])
def test_a_wrong_database_address_says_what_to_do_and_no_password(url: str) -> None:
    with pytest.raises(SettingsError) as caught:
        databases(an_instance(database={"url": url}))
    assert "[database] url" in str(caught.value)
    assert "secret@" not in str(caught.value)


def test_the_registry_lives_apart_from_everything_else() -> None:
    router = Router()
    assert router.allow_migrate("registry", "registry", "student")
    assert not router.allow_migrate("default", "registry", "student")
    assert not router.allow_migrate("registry", "accounts", "person")


def test_the_trail_lives_apart_from_everything_else() -> None:
    router = Router()
    assert router.allow_migrate("audit", "accounts", "view")
    assert not router.allow_migrate("default", "accounts", "view")
    assert router.allow_migrate("default", "accounts", "person")
    assert not router.allow_migrate("audit", "accounts", "person")
    assert not router.allow_migrate("audit", "sessions", "session")


def test_https_in_the_address_makes_cookies_secure_and_names_the_host() -> None:
    site = fit(SiteSettings, {"base_url": "https://staffroom.lake.example"}, place="[site]")
    assert site.secure
    assert site.hosts == ["staffroom.lake.example", "127.0.0.1", "localhost"]
    assert not SiteSettings().secure


def test_mail_is_sent_through_the_named_server_only() -> None:
    assert mail_settings(an_instance(), SiteSettings()) == {
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"
    }
    named = mail_settings(an_instance(), SiteSettings(mail_server="mail.lake.example:2525"))
    assert (named["EMAIL_HOST"], named["EMAIL_PORT"], named["EMAIL_USE_TLS"]) == (
        "mail.lake.example",
        2525,
        True,
    )


def test_an_unknown_encryption_of_mail_is_an_error() -> None:
    with pytest.raises(SettingsError):
        mail_settings(an_instance(), SiteSettings(mail_server="mail", mail_encryption="ssl"))
