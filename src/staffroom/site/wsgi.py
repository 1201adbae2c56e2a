"""The site as gunicorn runs it: ``staffroom.site.wsgi:application``."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "staffroom.site.settings")
django.setup()

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402 - needs Django set up
from django.urls import get_resolver  # noqa: E402 - needs Django set up

from staffroom.site.static_files import collect  # noqa: E402 - needs Django set up

collect()
get_resolver().url_patterns  # noqa: B018 - imports all pages now: the first reader need not wait a second
application = WSGIHandler()
