"""Addresses that failed to sign in too often are turned away for a while."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable

MOST_ADDRESSES = 100_000


class Throttle:
    """Counts failures by address; of IPv6 by the network that one customer has."""

    def __init__(self, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def failed(self, address: str) -> None:
        key = network(address)
        times = self._failures.setdefault(key, deque(maxlen=self._most))
        times.append(self._clock())
        self._failures.move_to_end(key)
        if len(self._failures) > MOST_ADDRESSES:
            self._failures.popitem(last=False)

    def is_barred(self, address: str) -> bool:
        times = self._failures.get(network(address))
        if not times:
            return False
        while times and times[0] <= self._clock() - self._seconds:
            times.popleft()
        return len(times) >= self._most


def network(address: str) -> str:
    """
    >>> network("203.0.113.7"), network("2001:db8:1:2:3::4"), network("::ffff:203.0.113.7")
    ('203.0.113.7', '2001:db8:1:2::', '203.0.113.7')
    """
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)
