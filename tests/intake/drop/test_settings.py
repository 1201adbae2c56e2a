"""Settings of the drop that cannot be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from staffroom.config import Instance, Institution
from staffroom.errors import SettingsError
from staffroom.intake.drop.checking import check_drop
from staffroom.intake.drop.keys import public_keys
from staffroom.intake.drop.settings import drop_accounts, drop_settings

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ada"
SOURCES = [{"name": "openedx", "logs": "deliveries/openedx/logs"}]


def with_accounts(root: Path, *accounts: dict[str, Any]) -> Instance:
    made = [{"name": "lake", "source": "openedx", "keys": [KEY], **account} for account in accounts]
    return Instance(root, Institution(), {"sources": SOURCES, "drop_accounts": made})


def test_an_account_lands_in_its_sources_folder(tmp_path: Path) -> None:
    instance = with_accounts(tmp_path, {})
    (account,) = drop_accounts(instance)
    assert account.root(instance) == tmp_path / "deliveries" / "openedx"
    assert [key.get_comment() for key in public_keys(account, instance)] == ["ada"]


@pytest.mark.parametrize(
    ("account", "said"),
    [
        ({"name": "Lake"}, "is not a name"),
        ({"source": "moodle"}, "is not one of the sources: openedx"),
        ({"keys": []}, "can be opened by nobody"),
        ({"password_secret": "word"}, "has a password without an end"),
        ({"password_until": "soon"}, "is no date"),
        ({"day_files": 0}, "is 0, which is too little"),
        ({"folder": "."}, "where Staffroom keeps things of its own"),
        ({"folder": "store"}, "where Staffroom keeps things of its own"),
        ({"folder": "deliveries"}, "where Staffroom keeps things of its own"),
        ({"folder": "/"}, "where Staffroom keeps things of its own"),
        ({"folder": "deliveries/../drop"}, "where Staffroom keeps things of its own"),
        ({"kays": []}, "Did you mean 'keys'"),
    ],
)
def test_an_account_that_cannot_be_meant_is_told(tmp_path: Path, account: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        drop_accounts(with_accounts(tmp_path, account))


def test_each_account_has_a_name_and_a_folder_of_its_own(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="as another is"):
        drop_accounts(with_accounts(tmp_path, {}, {"folder": "deliveries/other"}))
    with pytest.raises(SettingsError, match="lies within that of lake"):
        drop_accounts(with_accounts(tmp_path, {}, {"name": "hill", "folder": "deliveries/openedx/logs"}))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("ssh-ed25519 AAAA", "is no public key"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "is a private key"),
        ("", "is no public key"),
    ],
)
def test_a_line_that_is_no_public_key_is_told(tmp_path: Path, line: str, said: str) -> None:
    instance = with_accounts(tmp_path, {"keys": [line]})
    with pytest.raises(SettingsError, match=said):
        public_keys(drop_accounts(instance)[0], instance)


def test_limits_of_the_drop_are_positive(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="idle_seconds"):
        drop_settings(Instance(tmp_path, Institution(), {"drop": {"idle_seconds": 0}}))


def test_check_tells_of_a_folder_that_nobody_reads(tmp_path: Path) -> None:
    found = list(check_drop(with_accounts(tmp_path, {"folder": "deliveries/elsewhere"})))
    assert [(one.place, one.text.partition(":")[0]) for one in found if one.is_wrong] == [
        ("account lake", f"what lands in {tmp_path}/deliveries/elsewhere is taken by no run")
    ]
