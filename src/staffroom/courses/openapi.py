"""The API described as OpenAPI, generated from the code; ``docs.make`` keeps docs/api/openapi.yaml fresh."""

from __future__ import annotations

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.validation import validate_schema


def schema_text() -> str:
    """The description as YAML, valid OpenAPI."""
    schema = SchemaGenerator(api_version="v1").get_schema(request=None, public=True)
    validate_schema(schema)
    text: bytes = OpenApiYamlRenderer().render(schema, renderer_context={})
    return text.decode()
