"""Answers with a shape of their own: pydantic models, filled in by calling a tool."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, cast

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat
from pydantic import JsonValue

from ..._support.errors import ConfigError
from ..._types import Result, as_resultset
from .contract import ExtractReferences, as_float, unreadable_result
from .markup import unique_keys
from .references import extract_references as references_in
from .reply import Reply
from .schema import EXPLANATION, StructuredSchema, roles, structured_schema
from .spec import AnswerStructured
from .thoughts import THOUGHT_MARK
from .validate import StructuredItem, StructuredValue, validate_structured

# What an object, or a list of objects, begins with.
_START = re.compile(r"\{(?=\s{0,99}[\"}])|\[(?=\s{0,99}\{)")
_MOST, _MOST_MISTAKES = 50, 1000


@dataclass(frozen=True)
class StructuredAnswer:
    """A pydantic model, or a list of them; made of an `AnswerStructured`."""

    schema: StructuredSchema
    prompt: str
    format: str
    max_attempts: int

    def result_for_answer(
        self, output: ModelOutput, extract_references: ExtractReferences, value_to_float: ValueToFloat | None = None
    ) -> Result[Any]:
        """Read a reply whose text holds the arguments as JSON, by itself or between words."""
        reply = Reply.of(output)
        value = self.value_in(reply)
        if not isinstance(value, str):
            return structured_result(value, extract_references, value_to_float)
        if reply.cut is not None:
            value = f"The reply was cut off (stop reason {reply.cut!r}) before it held a whole answer."
        return unreadable_result(reply.whole, value, extract_references, reply.cut)

    def value_in(self, reply: Reply) -> StructuredValue | str:
        """Read the answer out of a reply's text; gives what is wrong, if there is none."""
        try:
            # A reply that is nothing but JSON has no thoughts around it, whatever its strings hold.
            candidates = [json.loads(reply.whole, object_pairs_hook=unique_keys)]
        except (ValueError, RecursionError):
            candidates = _embedded_json(reply.seen.text)
        problem = "The reply is not JSON." if not candidates else ""
        values: list[StructuredValue] = []
        for candidate in candidates:
            found = validate_structured(self.schema, candidate)
            if isinstance(found, str):
                problem = problem or found
            elif found not in values:
                values.append(found)
        if len(values) > 1:
            return f"The reply holds {len(values)} answers that differ. Give one."
        return values[0] if values else problem


def structured_answer(spec: AnswerStructured[Any]) -> StructuredAnswer:
    """Make a structured answer.

    Raises:
        ConfigError: The type cannot be used (see `structured_schema`), a template has an error or a variable that
            does not exist, or `max_attempts` is below 1.
    """
    if isinstance(spec.max_attempts, bool) or spec.max_attempts < 1:
        raise ConfigError(f"max_attempts {spec.max_attempts!r} was refused: it must be 1 or more.")
    return StructuredAnswer(
        structured_schema(spec),
        _rendered("answer_prompt", spec.answer_prompt, spec.answer_tool),
        _rendered("answer_format", spec.answer_format, spec.answer_tool),
        spec.max_attempts,
    )


def structured_result(
    value: StructuredValue, extract_references: ExtractReferences, value_to_float: ValueToFloat | None = None
) -> Result[Any]:
    """Make the result of a structured answer.

    The fields called (or aliased) value, label and explanation become those of the result. Other fields are its
    metadata if there is a value field, else they are the value, as a dict by field name. A list becomes a resultset.
    Every string is searched for citations, and values are turned into numbers last of all.
    """
    results = [_item_result(item, extract_references, value_to_float) for item in value.items]
    if not value.many:
        return results[0]
    found = as_resultset(results)
    found.parsed = [item.instance for item in value.items]
    return found


def _item_result(
    item: StructuredItem, extract_references: ExtractReferences, value_to_float: ValueToFloat | None
) -> Result[Any]:
    by_role = roles(type(item.instance))
    fields: dict[str, JsonValue] = item.instance.model_dump(mode="json", by_alias=False)
    label = _as_text(fields.pop(by_role["label"], None)) if "label" in by_role else None
    explanation = _as_text(fields.pop(by_role[EXPLANATION], None)) if EXPLANATION in by_role else item.explanation
    metadata: dict[str, Any] | None = None
    found: JsonValue = fields
    if "value" in by_role:
        found = fields.pop(by_role["value"], None)
        metadata = fields or None
    return Result(
        value=as_float(found, value_to_float),
        label=label,
        explanation=explanation,
        metadata=metadata,
        references=references_in([found, explanation, metadata], extract_references),
        parsed=item.instance,
    )


def _embedded_json(text: str) -> list[Any]:
    """Find the objects, and lists of objects, in a text.

    What stands inside another object, or inside one that is never finished, is a part, not a candidate.

    Returns:
        The values, each once; none if there are too many to be an answer.
    """
    decoder = json.JSONDecoder(object_pairs_hook=unique_keys)
    found: list[Any] = []
    mistakes = 0
    end = len(text.rstrip(" \t\r\n`" + THOUGHT_MARK))
    start = _START.search(text)
    while start is not None:
        position = start.end()
        try:
            value, position = decoder.raw_decode(text, start.start())
        except json.JSONDecodeError as ex:
            # What it holds up to the mistake was read; where the text ends first, all of it is a part.
            mistakes += 1
            if ex.pos >= end or ex.msg.startswith("Unterminated"):
                break
            position = max(position, ex.pos)
        except (ValueError, RecursionError):
            return []
        else:
            if _is_candidate(value) and value not in found:
                found.append(value)
        if len(found) > _MOST or mistakes > _MOST_MISTAKES:
            return []
        start = _START.search(text, position)
    return found


def _is_candidate(value: object) -> bool:
    if isinstance(value, list):
        items = cast("list[object]", value)
        return bool(items) and all(isinstance(item, dict) for item in items)
    return isinstance(value, dict)


def _as_text(value: JsonValue) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _rendered(name: str, template: str, tool: str) -> str:
    # Loaded here: most scans ask for no structured answer.
    from jinja2 import StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # The result is a prompt for a model, not a page: nothing is to be escaped.
    # Templates of a resumed scan may come from a stranger's `_scan.json`: they can reach nothing.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    try:
        return environment.from_string(template).render(answer_tool=tool)
    except TemplateError as ex:
        raise ConfigError(f"{name} {template!r} cannot be rendered: {ex}. Its only variable is answer_tool.") from ex
