"""What an operator should mend before a district is told to deliver."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from staffroom.config import Instance
from staffroom.errors import StaffroomError
from staffroom.intake.drop.keys import host_key_path, public_keys
from staffroom.intake.drop.landing import undelivered_in
from staffroom.intake.drop.passwords import password_of
from staffroom.intake.drop.settings import DropAccount, drop_accounts, drop_settings, folders_of, lies_in
from staffroom.intake.settings import folder_sources
from staffroom.tally import counted

ENDS_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; ``is_wrong``: the drop cannot serve so, or what lands is lost to everybody."""

    place: str
    text: str
    is_wrong: bool = False
    mend: str = ""

    def sentence(self) -> str:
        text = " ".join(part for part in (self.text, self.mend) if part)
        return f"{'wrong' if self.is_wrong else 'good'}: {self.place}: {text}"

    @classmethod
    def of(cls, error: StaffroomError) -> Finding:
        return cls(error.place, error.problem, True, error.next_step)


def check_drop(instance: Instance) -> Iterator[Finding]:
    try:
        settings = drop_settings(instance)
        accounts = drop_accounts(instance)
    except StaffroomError as error:
        yield Finding.of(error)
        return
    yield Finding("drop", f"listens at {settings.host}:{settings.port}.")
    yield _host_key(instance)
    if not accounts:
        yield Finding("drop accounts", "nobody may deliver.", True, "Add [[drop_accounts]].")
    for account in accounts:
        yield from _account(instance, account)


def _host_key(instance: Instance) -> Finding:
    from staffroom.intake.drop.keys import host_key

    if not host_key_path(instance).exists():
        return Finding("host key", "is made when the drop is first served.")
    try:
        return Finding("host key", host_key(instance).get_fingerprint())
    except StaffroomError as error:
        return Finding.of(error)


def _account(instance: Instance, account: DropAccount) -> Iterator[Finding]:
    place = f"account {account.name}"
    try:
        keys = public_keys(account, instance)
        password = password_of(account, instance)
    except StaffroomError as error:
        yield Finding.of(error)
        return
    yield Finding(place, f"{len(keys)} keys; lands in {account.root(instance)} for {account.source}.")
    if password is not None:
        yield _password(place, password.until, datetime.now(UTC).astimezone(instance.institution.zone).date())
    yield from _landing(instance, account, place)


def _password(place: str, until: date, today: date) -> Finding:
    if until < today:
        mend = "Ask for a public key instead, or set another password with a later password_until."
        return Finding(place, f"its password ended on {until}.", True, mend)
    soon = " Ask for a key before then." if until - today <= ENDS_SOON else ""
    return Finding(place, f"its password opens it until {until}.{soon}")


def _landing(instance: Instance, account: DropAccount, place: str) -> Iterator[Finding]:
    root = account.root(instance)
    (source,) = (one for one in folder_sources(instance) if one.name == account.source)
    taken_from = folders_of(source, instance)
    if not any(lies_in(folder, root) or lies_in(root, folder) for folder in taken_from):
        yield Finding(
            place,
            f"what lands in {root} is taken by no run: the source {source.name} reads elsewhere.",
            True,
            "Correct the account's folder, or the source's logs and exports.",
        )
    if root.is_dir():
        for path in undelivered_in(root):
            yield Finding(
                place,
                f"{path.relative_to(root)} has not been delivered ({counted(path.stat().st_size, 'byte')}).",
            )
