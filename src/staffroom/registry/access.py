"""Who may see registered students, and send them: registrars by state, service clients by scope and state.

Closed by default. Being an administrator opens nothing here: whoever is to look into the registry of a state
has to be named for it.
"""

from __future__ import annotations

from staffroom.accounts.access import registry_states
from staffroom.registry.models import Client
from staffroom.registry.settings import RegistrySettings


def states_for(viewer: object, settings: RegistrySettings) -> frozenset[str]:
    """The states whose students ``viewer`` may look at; none while the registry is not enabled."""
    if not settings.enabled:
        return frozenset()
    return frozenset(state for state in registry_states(viewer) if settings.serves(state))


def may_work_with(client: Client, state: str, settings: RegistrySettings) -> bool:
    """Whether a client's tokens reach the students of ``state``."""
    return settings.enabled and settings.serves(state) and client.may_work_with(state)
