"""The app ``audit``: routed to the database of the same name."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "staffroom.accounts.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
