"""The registry keeps what its description promises: schemathesis asks, with right and wrong values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, settings
from pytest_django import Settings
from schemathesis import GenerationMode

from staffroom.registry import draining
from staffroom.registry.models import Batch
from staffroom.tally import Silent
from tests.registry.conftest import Sender
from tests.registry.pupils import ADA
from tests.registry.test_api import grant

pytestmark = pytest.mark.django_db(databases=["default", "audit", "registry"])

OPENAPI = Path(__file__).resolve().parents[2] / "docs/api/openapi.yaml"
REGISTRY = "/api/v1/registry/|/rest/external/|/auth/"
API = schemathesis.openapi.from_path(OPENAPI).include(path_regex=REGISTRY)
API.app = get_wsgi_application()


@pytest.fixture
def sent(sender: Sender, settings: Settings) -> str:
    """California's loader has sent Ada, and a student with a fault; the batch's name."""
    settings.ALLOWED_HOSTS = ["*"]
    sender.send([ADA, {**ADA, "ssid": "1009", "sex": ""}])
    draining.drain(settings.INSTANCE, Silent())
    return Batch.objects.get().key


@API.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_the_registry_keeps_its_promises(case: schemathesis.Case[Any], sent: str, sender: Sender) -> None:
    parts = case.path_parameters or {}
    if len(str(parts.get("batch", ""))) == 32:
        parts["batch"] = sent
    is_right = case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE
    if is_right and "state" in parts:
        parts["state"] = "CA"
    if is_right and isinstance(case.body, dict) and "ssid" in case.body:  # rules that no schema can say
        case.body = {**ADA, "ssid": parts.get("ssid", "1001")}
    if is_right and isinstance(case.body, dict) and "grant_type" in case.body:
        case.body = {**grant(sender, str(case.body["grant_type"]))}
    if is_right and case.method == "DELETE" and case.path.endswith("/batch"):  # OpenAPI has no such bodies
        case.body, case.media_type = [{"ssid": "1001", "stateCode": "CA"}], "application/json"
    case.call_and_validate(headers=sender.headers())
