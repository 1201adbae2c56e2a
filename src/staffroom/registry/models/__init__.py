"""The nouns kept by the registry: students, batches and what came of them, and the clients that send them."""

from staffroom.registry.models.batch import Batch, Body, Held, Kind, Note, Removal, Standing
from staffroom.registry.models.client import AccessToken, Client
from staffroom.registry.models.student import Eligibility, Student

__all__ = [
    "AccessToken",
    "Batch",
    "Body",
    "Client",
    "Eligibility",
    "Held",
    "Kind",
    "Note",
    "Removal",
    "Standing",
    "Student",
]
