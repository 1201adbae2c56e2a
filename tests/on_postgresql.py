"""The settings of the tests, with PostgreSQL in the place of SQLite: at the address in TEST_DATABASE."""

import os
from dataclasses import replace

from staffroom.site.databases import databases
from staffroom.site.settings import *  # noqa: F403 - everything else is the same
from staffroom.site.settings import INSTANCE

DATABASES = databases(replace(INSTANCE, sections={"database": {"url": os.environ["TEST_DATABASE"]}}))
