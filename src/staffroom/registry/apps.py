"""The Django app of the registry; its tables live in a database of their own."""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "staffroom.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"
