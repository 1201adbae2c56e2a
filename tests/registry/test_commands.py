"""The registry's verbs, and what a night drops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from staffroom.config import Instance
from staffroom.errors import SettingsError
from staffroom.registry import evaluating, retention
from staffroom.registry.eligibility import assessments
from staffroom.registry.models import AccessToken, Batch, Body, Eligibility, Note
from staffroom.registry.settings import registry_settings
from staffroom.tally import Silent
from tests.cast import PASSWORD
from tests.instances import TestInstance
from tests.registry.conftest import Configure, Drain, Sender
from tests.registry.pupils import ADA, BRUNO, CHIARA

in_process = pytest.mark.django_db(databases=["default", "audit", "registry"])


def test_clients_are_made_listed_and_ended(instance: TestInstance) -> None:
    made = instance.run("registry", "clients", "add", "Night loader", "--state=CA", "--state=NV", "--json")
    assert made.code == 0
    facts = made.facts[0]
    assert sorted(facts) == ["client_id", "client_secret", "password", "scopes", "states", "username"]
    assert (facts["states"], facts["scopes"]) == ("CA NV", "read send")
    listed = instance.run("registry", "clients", "list")
    assert listed.out == [f"{facts['client_id']}\tNight loader\tCA NV\tread send\tactive"]
    ended = instance.run("registry", "clients", "end", facts["client_id"])
    assert ended.out == [f"{facts['client_id']} is ended, its tokens too."]
    assert instance.run("registry", "clients", "list").out[0].endswith("\tended")
    wrong = instance.run("registry", "clients", "add", "Loader", "--state=XX")
    assert (wrong.code, wrong.err[-1]) == (
        1,
        "staffroom: a client: needs a name, states and scopes, and 'XX' was named.",
    )
    assert instance.run("registry", "clients", "end").code == 2
    assert instance.run("registry", "clients", "end", "nobody").code == 1


def test_registrars_are_named_and_unnamed(instance: TestInstance) -> None:
    instance.run("accounts", "create", "nora@lake.example", STAFFROOM_SECRET_ACCOUNT_PASSWORD=PASSWORD)
    added = instance.run("registry", "registrars", "add", "nora@lake.example", "--state=CA")
    assert added.out == ["nora@lake.example is a registrar of CA."]
    assert instance.run("registry", "registrars", "list").out == ["CA\tnora@lake.example"]
    removed = instance.run("registry", "registrars", "remove", "nora@lake.example", "--state=CA")
    assert removed.out == ["nora@lake.example no longer sees CA."]
    assert instance.run("registry", "registrars", "list").out == []
    assert instance.run("registry", "registrars", "add", "nora@lake.example").code == 2
    assert instance.run("registry", "registrars", "add", "nora@lake.example", "--state=XX").code == 2


def test_the_status_says_what_waits(instance: TestInstance) -> None:
    assert instance.run("registry", "status").out == ["0 batches wait, 0.0 MB."]
    assert instance.run("registry", "status", "--json").facts == [
        {
            "enabled": False,
            "waiting_batches": 0,
            "waiting_bytes": 0,
            "waiting_students_about": 0,
            "waits_since": None,
        }
    ]


def test_a_drain_of_nothing_says_so(instance: TestInstance) -> None:
    done = instance.run("registry", "drain")
    assert (done.code, done.out) == (
        0,
        [
            "registry drain: read 0, kept 0, repeated 0, skipped 0. batches: 0. created: 0. updated: 0. "
            "unchanged: 0. removed: 0. held: 0. superseded: 0. rejected: 0."
        ],
    )


BAD_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"unknown_schools": "guess"}, "unknown_schools: is 'guess'. Use one of accept, hold, reject."),
    ({"states": ["Cal"]}, "states: 'Cal' is not the code of a state, such as 'CA'."),
    ({"token_seconds": 0}, "token_seconds: is less than 1."),
]


@in_process
@pytest.mark.parametrize(("keys", "problem"), BAD_SETTINGS)
def test_settings_that_cannot_be_are_named(configure: Configure, keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(SettingsError) as error:
        registry_settings(configure(**keys))
    assert str(error.value) == f"staffroom.toml [registry] {problem}"


NO_RULE = "is not a rule. Write: field operator value, with one of = > < >= <= between."
BAD_RULES = [
    (
        "gradeLevelWhenAssessed",
        "is not a rule. Write: field operator value, with one of = > < >= <= between.",
    ),
    ("shoeSize = 40", "is not a rule. Write: field operator value, with one of = > < >= <= between."),
    ("sex > Male", "cannot be: sex has no order. Use '='."),
    ("asian = perhaps", "is neither true nor false."),
]


@in_process
@pytest.mark.parametrize(("rule", "problem"), BAD_RULES)
def test_rules_that_cannot_be_are_named(configure: Configure, rule: str, problem: str) -> None:
    with pytest.raises(SettingsError) as error:
        assessments(configure(eligibility=[{"assessment": "Any", "enable": [rule]}]))
    assert str(error.value) == f"staffroom.toml [[eligibility]] {rule!r}: {problem}"


@in_process
def test_a_change_of_rules_is_applied_to_all_by_an_evaluation(
    configure: Configure, sender: Sender, drain: Drain
) -> None:
    configure(eligibility=[{"assessment": "Eight", "enable": ["gradeLevelWhenAssessed = 08"]}])
    sender.send([ADA, BRUNO, CHIARA])
    drain()
    rules = [
        {"assessment": "Higher", "enable": ["gradeLevelWhenAssessed >= 09"]},
        {"assessment": "Lower", "enable": ["gradeLevelWhenAssessed < 09"], "districts": ["0161119"]},
        {"assessment": "Elsewhere", "enable": ["sex = Male"], "states": ["NV"]},
    ]
    counts = evaluating.evaluate_all(configure(eligibility=rules), Silent())
    assert (counts.read, counts.kept) == (3, 3)
    assert sorted(Eligibility.objects.values_list("ssid", "assessment")) == [
        ("1001", "Lower"),
        ("1002", "Lower"),
        ("1003", "Higher"),
    ]


@in_process
def test_bytes_go_before_counts_and_what_waits_stays(
    registry: Instance, sender: Sender, drain: Drain, configure: Configure
) -> None:
    instance = configure(body_days=30, batch_days=400)
    sender.send([{**ADA, "sex": ""}])
    drain()
    sender.send([BRUNO])
    AccessToken.objects.update(expires_at=timezone.now() + timedelta(days=500))

    def kept() -> tuple[int, int, int]:
        return Body.objects.count(), Note.objects.count(), Batch.objects.count()

    def dropped(days: int) -> dict[str, int]:
        found = retention.drop_old(instance, timezone.now() + timedelta(days=days))
        return {name: count for name, count in found.items() if count}

    assert (dropped(29), kept()) == ({}, (2, 1, 2))
    assert (dropped(31), kept()) == ({"registry_bodies": 1}, (1, 1, 2))
    assert (dropped(401), kept()) == ({"registry_errors": 1, "registry_batches": 1}, (1, 0, 1))
    assert drain() == {"created": 1}


def test_a_night_drops_what_the_registry_has_kept_long_enough(instance: TestInstance) -> None:
    done = instance.run("nightly", "--json")
    assert done.code == 0, done.err
