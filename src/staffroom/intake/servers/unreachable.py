"""A server that cannot be reached, in words: no such name, nobody there, no answer."""

from __future__ import annotations

import errno
import socket

from staffroom.errors import StaffroomError
from staffroom.intake.servers.errors import HostAway, HostNotFound, RemoteTimeout

_LATER = "Nothing was fetched; the next run tries again."


def unreachable(place: str, error: OSError) -> StaffroomError:
    """What kept a connection from being made, as an error of its own."""
    if isinstance(error, socket.gaierror):
        return HostNotFound(
            place,
            "its name leads nowhere.",
            happened=_LATER,
            next_step="Check the spelling of host, and DNS.",
        )
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return RemoteTimeout(
            place,
            "does not answer.",
            happened=_LATER,
            next_step="Check host and port, and firewalls between.",
        )
    if isinstance(error, ConnectionRefusedError) or "Connect call failed" in str(error):
        return HostAway(
            place,
            "refuses connections: nobody listens at this port.",
            happened=_LATER,
            next_step="Check the port, and whether the server is up.",
        )
    return HostAway(
        place,
        f"cannot be reached: {error.strerror or type(error).__name__}.",
        happened=_LATER,
        next_step="Check host and port, and the network between.",
    )
