"""Schemas of parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout._app.viewing.annotations import default_of, schema_of


@pytest.mark.parametrize(
    ("annotation", "schema"),
    [
        ("str", {"type": "string"}),
        ("int | None", {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        ("Optional[float]", {"anyOf": [{"type": "number"}, {"type": "null"}]}),
        ("typing.Union[str, bool]", {"anyOf": [{"type": "string"}, {"type": "boolean"}]}),
        ("list[str]", {"type": "array", "items": {"type": "string"}}),
        ("Sequence[int]", {"type": "array", "items": {"type": "integer"}}),
        ("dict[str, float]", {"type": "object", "additionalProperties": {"type": "number"}}),
        ("Literal['a', 'b']", {"type": "string", "enum": ["a", "b"]}),
        ("Literal[1, 'b']", {"enum": [1, "b"]}),
        ("'str'", {"type": "string"}),
        ("list", {"type": "array"}),
        ("Mapping", {"type": "object"}),
        ("Model", {}),
        ("f(x)", {}),
        ("not python", {}),
        (None, {}),
    ],
)
def test_annotations_have_schemas(annotation: str | None, schema: dict[str, Any]) -> None:
    assert schema_of(annotation) == schema


@given(st.text(max_size=40))
def test_any_text_has_a_schema(annotation: str) -> None:
    assert isinstance(schema_of(annotation), dict)


@pytest.mark.parametrize(
    ("text", "value"), [("3", 3), ("'a'", "a"), ("[1, 2]", [1, 2]), ("None", None), ("make()", None), (None, None)]
)
def test_defaults_are_plain_data(text: str | None, value: object) -> None:
    assert default_of(text) == value
    assert json.dumps(default_of(text))
