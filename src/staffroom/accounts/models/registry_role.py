"""What opens a state's registered students to one person."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class RegistryRole(models.Model):
    """A person who may look into the registry of one state; nobody else may, administrators included."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="registry_roles"
    )
    state = models.CharField(max_length=2)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "state"], name="accounts_one_registry_role_a_state"),
        ]
        ordering = ["state", "person_id"]

    def __str__(self) -> str:
        return f"registrar of {self.state}"
