"""The Django app of this room: pages that belong to no other room, and the catalogue of messages."""

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "staffroom.site"
    label = "site"
