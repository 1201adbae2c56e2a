from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.web.conftest import cast, instance, stella

__all__ = ["cast", "instance", "stella"]


@pytest.fixture(autouse=True)
def no_memory_of_other_tests() -> Iterator[None]:
    """Sign-ins of other tests do not count towards the limit of this one."""
    cache.clear()
    yield
