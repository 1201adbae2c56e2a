"""What ``staffroom check`` says of the accounts that deliver into the drop."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.operations.test_check import NOTHING_TAKEN, root, said

__all__ = ["root"]

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ada"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$Qm9ndXNoYXNoYm9ndXNoYXNoYm9ndXNoYXNoYm8"
LAKE = "staffroom.toml [[drop_accounts]] lake"


def add_account(root: Path, keys: str) -> None:
    with (root / "staffroom.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[drop_accounts]]\nname = "lake"\nsource = "openedx"\n{keys}\n')


def test_a_good_account_is_nothing_to_mend(root: Path) -> None:
    add_account(root, f'keys = ["{KEY}"]')
    assert said(root) == [NOTHING_TAKEN]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (
            f'kays = ["{KEY}"]',
            "wrong: staffroom.toml [[drop_accounts]] number 1 kays: is not a setting. Did you mean 'keys'?",
        ),
        ("", f"wrong: {LAKE}: can be opened by nobody. Set keys or keys_file."),
        (
            'keys = ["ssh-ed25519 AAAA"]',
            f"wrong: {LAKE} keys number 1: is no public key. "
            "Copy the one line of the .pub file, without options before it.",
        ),
        (
            'keys_file = "keys/lake.pub"',
            f"wrong: {LAKE} keys_file: {{root}}/keys/lake.pub cannot be read (FileNotFoundError). "
            "Correct the path, or let this account of the machine read it.",
        ),
        (
            'password_secret = "lake_password"\npassword_until = 2020-12-31',
            "wrong: account lake: its password ended on 2020-12-31. "
            "Ask for a public key instead, or set another password with a later password_until.",
        ),
        (
            'password_secret = "nobodys"\npassword_until = 2999-12-31',
            "wrong: secret nobodys: is missing. Set STAFFROOM_SECRET_NOBODYS or add it to secrets.toml.",
        ),
        (
            f'keys = ["{KEY}"]\nfolder = "deliveries/elsewhere"',
            "wrong: account lake: what lands in {root}/deliveries/elsewhere is taken by no run: the source "
            "openedx reads elsewhere. Correct the account's folder, or the source's logs and exports.",
        ),
    ],
    ids=["wrong key", "no key", "unreadable key", "no file", "ended password", "no secret", "folder"],
)
def test_an_account_that_nobody_could_use_is_told_with_how_to_mend_it(
    root: Path, keys: str, expected: str
) -> None:
    with (root / "secrets.toml").open("a", encoding="utf-8") as file:
        file.write(f'lake_password = "{HASH}"\n')
    add_account(root, keys)
    assert [line for line in said(root) if line.startswith("wrong")] == [expected.format(root=root)]
