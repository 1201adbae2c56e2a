"""The Django app of people, roles and tokens; the trail is an app of its own (``accounts.audit``)."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "staffroom.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
