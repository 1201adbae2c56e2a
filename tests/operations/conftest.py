from tests.jobs.conftest import either, instance, migrated, soon
from tests.postgresql import postgresql

__all__ = ["either", "instance", "migrated", "postgresql", "soon"]
