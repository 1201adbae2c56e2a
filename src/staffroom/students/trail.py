"""How students stand in the audit trail: by local id, under a name that no source of learners can have."""

from __future__ import annotations

from collections.abc import Iterable

from staffroom.accounts.trail import Learner

SOURCE = "@students"


def named(local_ids: Iterable[str]) -> list[Learner]:
    """Students as the trail names them."""
    return [(SOURCE, local_id) for local_id in local_ids]


def local_ids_in(learners: Iterable[Learner]) -> list[str]:
    """The students among those whom a view named."""
    return [local_id for source, local_id in learners if source == SOURCE]
