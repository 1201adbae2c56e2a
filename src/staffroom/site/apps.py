"""The Django app of this room: pages that belong to no other room, and the catalogue of messages."""

from django.apps import AppConfig, apps
from django.db.models.signals import pre_migrate

from staffroom.site.databases import make_schema


class SiteConfig(AppConfig):
    name = "staffroom.site"
    label = "site"

    def ready(self) -> None:
        first = apps.get_app_config("contenttypes")  # the signal comes for each app: one is enough
        pre_migrate.connect(make_schema, sender=first, dispatch_uid="site")
