"""JSON schemas for editors."""

from __future__ import annotations

import json

import pytest

from inspect_scout import ProjectConfig, ScanJobConfig
from inspect_scout._project.schemas import SCHEMAS, make_schema, schema_text


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_that_of_the_model(name: str) -> None:
    assert schema_text(name) == make_schema(name), "run: python docs/generate_schemas.py"


@pytest.mark.parametrize(("name", "model"), [("project", ProjectConfig), ("scanjob", ScanJobConfig)])
def test_a_schema_has_every_field_and_refuses_others(name: str, model: type[ScanJobConfig]) -> None:
    schema = json.loads(schema_text(name))
    assert schema["properties"].keys() == model.model_fields.keys()
    assert schema["additionalProperties"] is False
    assert schema.get("required", []) == []
