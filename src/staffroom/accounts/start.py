"""Start Django for a verb of the command line; the site's settings are named, never imported, from here."""

from __future__ import annotations

import os

import django
from django.apps import apps

from staffroom.config import Instance

SETTINGS = "staffroom.site.settings"


def start_site(instance: Instance) -> None:
    """Make models usable for ``instance``; nothing where Django has been started already."""
    if apps.ready:
        return
    os.environ["STAFFROOM_INSTANCE"] = str(instance.root)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    django.setup()
