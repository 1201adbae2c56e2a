"""Which addresses are turned away, and for how long."""

from __future__ import annotations

from staffroom.intake.drop.throttle import Throttle


def test_an_address_is_barred_until_its_failures_are_old() -> None:
    now = [0.0]
    throttle = Throttle(2, 60, clock=lambda: now[0])
    throttle.failed("203.0.113.7")
    assert not throttle.is_barred("203.0.113.7")
    now[0] = 30
    throttle.failed("::ffff:203.0.113.7")
    assert throttle.is_barred("203.0.113.7")
    assert not throttle.is_barred("203.0.113.8")
    now[0] = 61
    assert not throttle.is_barred("203.0.113.7")


def test_a_customer_of_ipv6_cannot_use_a_new_address_for_each_try() -> None:
    throttle = Throttle(2, 60, clock=lambda: 0)
    throttle.failed("2001:db8:1:2::a")
    throttle.failed("2001:db8:1:2::b")
    assert throttle.is_barred("2001:db8:1:2::c")
    assert not throttle.is_barred("2001:db8:1:3::c")
