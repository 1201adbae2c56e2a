"""The Django app of this room: templates, template tags and static files."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "staffroom.web"
    label = "web"
