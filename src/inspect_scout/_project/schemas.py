"""JSON schemas of project files and job files, for editors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SCHEMAS = ("project", "scanjob")
"""Names of the schemas."""


def schema_text(name: str) -> str:
    """Read a schema as it comes with the package (`NAME.schema.json` in this folder).

    Args:
        name: One of `SCHEMAS`.
    """
    return (Path(__file__).parent / f"{name}.schema.json").read_text(encoding="utf-8")


def make_schema(name: str) -> str:
    """Make a schema from the model that reads such files."""
    from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
    from pydantic_core.core_schema import ModelSchema

    from .config import ProjectConfig, ScanJobConfig

    class Quiet(GenerateJsonSchema):
        """Leaves out what no file can hold, functions as predicates, and examples in Python."""

        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.ignored_warning_kinds = {"skipped-choice", "non-serializable-default"}

        def model_schema(self, schema: ModelSchema) -> JsonSchemaValue:
            made = super().model_schema(schema)
            if "description" in made:
                made["description"] = made["description"].partition("\n\nExample:")[0]
            return made

    model = ProjectConfig if name == "project" else ScanJobConfig
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **model.model_json_schema(schema_generator=Quiet),
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
