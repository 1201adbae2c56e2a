"""States in addresses."""

from __future__ import annotations

from staffroom.registry.fields import STATES


class StateConverter:
    """The code of a state, in capitals; what is none is no address."""

    regex = "[A-Z]{2}"

    def to_python(self, value: str) -> str:
        if value not in STATES:
            raise ValueError
        return value

    def to_url(self, value: str) -> str:
        return value


class SsidConverter:
    """A student's id within a state."""

    regex = "[A-Za-z0-9]{1,40}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class BatchConverter:
    """A batch's public name."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
