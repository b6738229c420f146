"""The tool that a judging model calls with a structured answer, made from a pydantic model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast, get_args, get_origin

from inspect_ai.tool import ToolInfo, ToolParam, ToolParams
from pydantic import BaseModel, PydanticUserError, RootModel

from ..._support.errors import ConfigError
from .spec import AnswerStructured

RESULTS = "results"
"""Argument that holds the list, where a list of models is wanted."""

EXPLANATION = "explanation"
"""Argument that is added to a model that has no such field."""

Role = Literal["value", "label", "explanation"]
ROLES: tuple[Role, ...] = ("value", "label", "explanation")

_TOOL_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_DEFINITIONS = "#/$defs/"
_EXPLAIN: dict[str, Any] = {
    "type": "string",
    "description": "Why this is the answer, citing the ids of the messages that show it, such as [M2] or [M3-M5].",
}
_MOST_NESTED = 40


@dataclass(frozen=True)
class StructuredSchema:
    """How a structured answer travels: names and types on the wire, and the model behind them.

    Args:
        tool: The tool as the judging model sees it; arguments are named by field, never by alias.
        model: The pydantic model of one result.
        many: Whether the answer is a list of results, in an argument `results`.
        explained: Whether an argument `explanation` was added, because the model has no such field.
    """

    tool: ToolInfo
    model: type[BaseModel]
    many: bool
    explained: bool

    @property
    def explanation(self) -> str:
        """Name of the argument that holds the explanation."""
        return EXPLANATION if self.explained else roles(self.model)["explanation"]


def structured_schema(spec: AnswerStructured[Any]) -> StructuredSchema:
    """Make the tool of a structured answer.

    Raises:
        ConfigError: The type is neither a pydantic model nor a list of one, fields have no description (all of them
            are named), or the name of the tool is none that providers accept.
    """
    if not _TOOL_NAME.fullmatch(spec.answer_tool):
        raise ConfigError(
            f"answer_tool {spec.answer_tool!r} was refused: use 1 to 64 letters, digits, hyphens and underscores."
        )
    model, many = _model_of(spec.type)
    _check_descriptions(model, many=many)
    explained = EXPLANATION not in roles(model)
    parameters: dict[str, Any] = _arguments(model, explained=explained)
    if many:
        results = {"type": "array", "description": "Every result that was found; may be empty.", "items": parameters}
        parameters = {"properties": {RESULTS: results}, "required": [RESULTS]}
    properties: dict[str, dict[str, Any]] = parameters["properties"]
    tool = ToolInfo(
        name=spec.answer_tool,
        description="Report the answer to the question. Call this once, with the whole answer.",
        parameters=ToolParams(
            properties={name: ToolParam(**schema) for name, schema in properties.items()},
            required=parameters.get("required", []),
        ),
    )
    return StructuredSchema(tool, model, many, explained)


def roles(model: type[BaseModel]) -> dict[Role, str]:
    """Find the fields that become value, label and explanation of a result: by name, else by alias."""
    fields = model.model_fields
    found: dict[Role, str] = {}
    for role in ROLES:
        names = [n for n, f in fields.items() if role in (f.alias, f.serialization_alias, f.validation_alias)]
        if role in fields or names:
            found[role] = role if role in fields else names[0]
    return found


def _model_of(wanted: object) -> tuple[type[BaseModel], bool]:
    many = get_origin(wanted) is list
    model = get_args(wanted)[0] if many else wanted
    if isinstance(model, type) and issubclass(model, BaseModel) and not issubclass(model, RootModel):
        return model, many
    raise ConfigError(f"AnswerStructured type {wanted!r} was refused: it must be a pydantic model, or list[Model].")


def _check_descriptions(model: type[BaseModel], *, many: bool) -> None:
    missing = list(dict.fromkeys(_undescribed(model, (), ())))
    if missing:
        named = "\n".join(f"  - {path}" for path in missing)
        raise ConfigError(
            f"{'list of ' if many else ''}{model.__name__} was refused as a structured answer: these fields have no "
            f"description, which is all that the judging model is told about them:\n{named}\n"
            "Write them as `name: type = Field(description=...)`."
        )


def _undescribed(model: type[BaseModel], path: tuple[str, ...], inside: tuple[type[BaseModel], ...]) -> Iterator[str]:
    for name, info in model.model_fields.items():
        if not (info.description or "").strip():
            yield ".".join([*path, name])
        for nested in _models_in(info.annotation):
            # A model inside itself has been looked at already.
            if nested not in (*inside, model):
                yield from _undescribed(nested, (*path, name), (*inside, model))


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    # `list[int]` is an instance of type, but no class.
    if get_origin(annotation) is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models_in(inner)


def _arguments(model: type[BaseModel], *, explained: bool) -> dict[str, Any]:
    try:
        schema = model.model_json_schema(by_alias=False)
    except PydanticUserError as ex:
        raise ConfigError(f"{model.__name__} was refused as a structured answer: it has no JSON schema: {ex}") from ex
    definitions = cast(dict[str, Any], schema.get("$defs", {}))
    found = cast(dict[str, Any], _inlined(schema, definitions, ()))
    found.setdefault("properties", {})
    if explained:
        found["properties"] = {**found["properties"], EXPLANATION: _EXPLAIN}
        found["required"] = [*found.get("required", []), EXPLANATION]
    return found


def _inlined(schema: Any, definitions: Mapping[str, Any], inside: tuple[str, ...]) -> Any:
    """Put definitions in place of references, and write what tool parameters cannot say in a way that they can."""
    if isinstance(schema, list):
        return [_inlined(item, definitions, inside) for item in cast(list[Any], schema)]
    if not isinstance(schema, dict):
        return schema
    found = cast(dict[str, Any], schema)
    reference = found.get("$ref")
    if isinstance(reference, str) and reference.startswith(_DEFINITIONS):
        name = reference.removeprefix(_DEFINITIONS)
        beside = {k: v for k, v in found.items() if k != "$ref"}
        if name in inside or len(inside) > _MOST_NESTED:
            # A model inside itself: the reply is still validated to any depth.
            return {"type": "object", **beside}
        return _inlined({**definitions.get(name, {}), **beside}, definitions, (*inside, name))
    found = _expressible(found)
    return {
        key: {n: _inlined(s, definitions, inside) for n, s in value.items()}
        if key == "properties"
        else value
        if key in {"default", "enum", "examples", "const"}
        else _inlined(value, definitions, inside)
        for key, value in found.items()
        if key != "$defs"
    }


def _expressible(schema: dict[str, Any]) -> dict[str, Any]:
    found = dict(schema)
    if "const" in found:
        found.setdefault("enum", [found["const"]])
    if "oneOf" in found:
        found.setdefault("anyOf", found.pop("oneOf"))
    # Exclusive bounds of numbers come out a little wide; the reply is validated with the exact ones.
    step = 1 if found.get("type") == "integer" else 0
    if "exclusiveMinimum" in found:
        found.setdefault("minimum", found["exclusiveMinimum"] + step)
    if "exclusiveMaximum" in found:
        found.setdefault("maximum", found["exclusiveMaximum"] - step)
    if "properties" in found:
        found.setdefault("additionalProperties", False)
    return found
