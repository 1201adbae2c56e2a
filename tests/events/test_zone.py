"""Whether a store's days are those of the institution's zone."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from staffroom.config import Institution
from staffroom.errors import SettingsError
from staffroom.events.zone import check_zone, zone_facts, zone_rules


def test_zones_with_the_same_rules_are_told_to_have_the_same() -> None:
    assert zone_rules(ZoneInfo("America/Santiago")) == zone_rules(ZoneInfo("Chile/Continental"))
    assert zone_rules(ZoneInfo("America/Santiago")) != zone_rules(ZoneInfo("America/Punta_Arenas"))
    assert zone_rules(ZoneInfo("UTC")) != zone_rules(ZoneInfo("Etc/GMT+1"))


def test_a_new_store_and_an_unchanged_zone_are_right() -> None:
    institution = Institution(time_zone="America/Santiago")
    check_zone({}, institution)
    check_zone(zone_facts(institution), institution)
    check_zone({**zone_facts(institution), "tzdata": "1999a"}, institution)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time_zone": "UTC"}, "is America/Santiago, but the days of the store are those of UTC"),
        ({"zone_rules": "x"}, "has other rules in tzdata"),
    ],
)
def test_another_zone_or_other_rules_are_refused(changed: dict[str, str], said: str) -> None:
    institution = Institution(time_zone="America/Santiago")
    with pytest.raises(SettingsError, match=said):
        check_zone({**zone_facts(institution), **changed}, institution)
