"""The Django app of people, roles, tokens and the audit trail."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "staffroom.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
