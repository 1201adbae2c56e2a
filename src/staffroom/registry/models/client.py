"""The programs that send students and ask for them, and the tokens they work with."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class Client(models.Model):
    """A service client. Its secret and its password are kept only as SHA-256 digests: both are random."""

    name = models.CharField(max_length=100)
    client_id = models.CharField(max_length=64, unique=True)
    secret_digest = models.CharField(max_length=64)
    username = models.CharField(max_length=64, unique=True)
    """For the password grant, beside the client's own secret."""
    password_digest = models.CharField(max_length=64)
    states = models.CharField(max_length=300)
    """Codes of states with blanks between; ``*`` is all."""
    scopes = models.CharField(max_length=100, default="read send")
    """``read``, ``send`` or both."""
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return f"client {self.pk}"

    def may_work_with(self, state: str) -> bool:
        return self.states == "*" or state in self.states.split()


class AccessToken(models.Model):
    """A short-lived token of a client, kept only as its SHA-256 digest."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.CharField(max_length=100)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="registry_token_expires")]

    def __str__(self) -> str:
        return f"access token {self.pk}"

    def is_good(self, now: datetime) -> bool:
        return now < self.expires_at

    def allows(self, scope: str) -> bool:
        return scope in self.scopes.split()
