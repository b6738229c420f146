"""What calls of models are given besides messages, and why they end, as Inspect has it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import msgspec

from ..._support.shapes import is_list, is_mapping
from ..json_values import Json, JsonMapping, JsonObject
from ..run import StopReason

_STOPS: Final[Mapping[str, StopReason]] = {
    "stop": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "completed": "stop",
    "complete": "stop",
    "length": "max_tokens",
    "max_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "model_context_window_exceeded": "model_length",
    "tool_call": "tool_calls",
    "tool_calls": "tool_calls",
    "tool_use": "tool_calls",
    "function_call": "tool_calls",
    "content_filter": "content_filter",
    "safety": "content_filter",
    "refusal": "content_filter",
}

_NUMBERS: Final = {
    "temperature": float,
    "top_p": float,
    "frequency_penalty": float,
    "presence_penalty": float,
    "max_tokens": int,
    "top_k": int,
    "seed": int,
}
_SYNONYMS: Final = {
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "maxOutputTokens": "max_tokens",
    "maxTokens": "max_tokens",
    "topP": "top_p",
    "topK": "top_k",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "choice.count": "num_choices",
    "n": "num_choices",
    "stop": "stop_seqs",
    "stop_sequences": "stop_seqs",
    "stopSequences": "stop_seqs",
}
_SCHEMAS: Final = ("parameters", "input_schema", "inputSchema", "parametersJsonSchema", "parameters_json_schema")
_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "array", "object", "null"})


def stop_of(reason: object) -> StopReason:
    """Convert why an answer ended, in the words of any provider."""
    return _STOPS.get(reason.lower().replace("-", "_"), "unknown") if isinstance(reason, str) else "unknown"


def config_of(given: JsonMapping) -> JsonObject:
    """Convert settings of a call under the names that providers have for them; others, and None, are left out."""
    config: JsonObject = {}
    for name, value in given.items():
        known = _SYNONYMS.get(name, name)
        if (
            known in _NUMBERS
            and isinstance(value, int | float)
            and not isinstance(value, bool)
            and math.isfinite(value)
        ):
            config[known] = _NUMBERS[known](value)
        elif known == "num_choices" and isinstance(value, int) and not isinstance(value, bool):
            config[known] = value
        elif known == "stop_seqs" and (texts := [value] if isinstance(value, str) else value) and is_list(texts):
            config[known] = [each for each in texts if isinstance(each, str)]
        elif known == "reasoning_effort" and value in ("none", "minimal", "low", "medium", "high", "xhigh", "max"):
            config[known] = value
    return config


def tools_of(given: object) -> list[JsonObject]:
    """Convert descriptions of tools, of any provider; what is not one is left out."""
    found = [_tool(each) for each in from_text(given)] if is_list(from_text(given)) else []
    return [each for each in found if each is not None]


def _tool(given: object) -> JsonObject | None:
    given = from_text(given)
    if not is_mapping(given):
        return None
    described = given["function"] if is_mapping(given.get("function")) else given
    name = described.get("name")
    if not isinstance(name, str) or not name:
        return None
    schemas = [from_text(described.get(key)) for key in _SCHEMAS]
    schema: Json = next((each for each in schemas if is_mapping(each)), None)
    parameters = _schema(schema)
    return {
        "name": name,
        "description": str(described.get("description") or ""),
        "parameters": {
            "type": "object",
            "properties": parameters.get("properties", {}),
            "required": parameters.get("required", []),
            "additionalProperties": False,
        },
    }


def _schema(given: object, depth: int = 0) -> JsonObject:
    """Keep of a schema what Inspect has names for."""
    if not is_mapping(given) or depth > 20:
        return {}
    kept: JsonObject = {
        name: given[name] for name in ("format", "description", "pattern") if isinstance(given.get(name), str)
    }
    types = given.get("type")
    names = [each.lower() for each in (types if is_list(types) else [types]) if isinstance(each, str)]
    if known := [each for each in names if each in _TYPES]:
        kept["type"] = known if is_list(types) else known[0]
    if is_list(given.get("enum")):
        kept["enum"] = given["enum"]
    if is_list(required := given.get("required")):
        kept["required"] = [each for each in required if isinstance(each, str)]
    return kept | _inner_schemas(given, depth + 1)


def _inner_schemas(given: JsonMapping, depth: int) -> JsonObject:
    kept: JsonObject = {}
    if is_mapping(given.get("items")):
        kept["items"] = _schema(given["items"], depth)
    if is_mapping(properties := given.get("properties")):
        kept["properties"] = {name: _schema(each, depth) for name, each in properties.items()}
    if is_list(choices := given.get("anyOf")):
        kept["anyOf"] = [_schema(each, depth) for each in choices]
    return kept


def from_text(given: object) -> Json:
    """Give what JSON text says; what is not text, or not JSON, is given as it is."""
    if not isinstance(given, str) or given.lstrip()[:1] not in ("{", "[", '"'):
        return given
    try:
        return msgspec.json.decode(given)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return given
