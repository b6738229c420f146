"""Making an answer from what a user asks for, and reading a reply with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import ValueToFloat

from ..._support.errors import ConfigError
from ..._support.shapes import is_mapping
from ..._types import PossibleValues, Result
from .boolean import BOOLEAN
from .contract import Answer, ExtractReferences, ParsedAnswer, TextAnswer, answer_form
from .labels import many_labels, one_label
from .numeric import NUMERIC
from .references import with_unseen
from .spec import AnswerMultiLabel, AnswerSpec, AnswerStructured
from .structured import structured_answer


def _read_string(text: str) -> ParsedAnswer:
    return ParsedAnswer(text, text, text)


STRING = TextAnswer(
    "Here is a question about the transcript above:",
    answer_form("$TEXT", "your whole answer, on that one line."),
    PossibleValues("text"),
    _read_string,
)
"""Free text: the rest of the line, as it stands."""

_ALLOWED = (
    "'boolean', 'numeric', 'string', a list of labels, AnswerMultiLabel(labels=[...]) or AnswerStructured(type=Model)"
)


def answer_type(answer: AnswerSpec | Answer) -> Answer:
    """Make the answer that a spec describes.

    Args:
        answer: The spec. An answer that is made already is handed back.

    Raises:
        ConfigError: If it describes none: an unknown name, no labels, a type that is not a pydantic model, or a model
            with fields that have no description.

    Example:
        ```python
        answer = answer_type(["helpful", "harmful"])
        print(answer.prompt)
        ```
    """
    wanted = cast(object, answer)
    match wanted:
        case "boolean":
            return BOOLEAN
        case "numeric":
            return NUMERIC
        case "string":
            return STRING
        # These two are tuples, so they come before lists and tuples of labels.
        case AnswerMultiLabel(labels=labels, allow_none=allow_none):
            return many_labels(labels, allow_none=bool(allow_none))
        case AnswerStructured():
            return structured_answer(cast("AnswerStructured[Any]", wanted))
        case list() | tuple():
            return one_label(cast("list[str]", wanted))
        case _ if callable(getattr(wanted, "result_for_answer", None)):
            return cast(Answer, wanted)
        case _:
            raise ConfigError(f"answer {wanted!r} is not known; it must be {_ALLOWED}.")


def parse_answer(
    output: ModelOutput,
    answer: AnswerSpec | Answer,
    extract_refs: ExtractReferences,
    value_to_float: ValueToFloat | None = None,
) -> Result[Any]:
    r"""Read a reply, without asking a model for anything.

    Args:
        output: The reply. For `AnswerStructured` its text is the JSON that the tool would be called with.
        answer: What kind of answer it should hold.
        extract_refs: Finds the messages that a text cites (as `messages_as_str(include_ids=True)` returns it).
        value_to_float: Turns the value into a number.

    Returns:
        The result. If the reply cannot be read, its value and answer are None, its explanation is the whole reply,
        and `metadata["parse_error"]` says why. `metadata["unseen_citations"]` lists citations of messages that were not
        shown, if there are any.

    Raises:
        ConfigError: If the answer cannot be made (see `answer_type`).

    Example:
        ```python
        from inspect_ai.model import ModelOutput

        text, extract_references = await messages_as_str(transcript, include_ids=True)
        reply = ModelOutput.from_content("mockllm/model", "It edits the tests in [M3].\n\nANSWER: yes")
        print(parse_answer(reply, "boolean", extract_references).value)
        ```
    """
    return with_unseen(answer_type(answer).result_for_answer(output, extract_refs, value_to_float), extract_refs)


def recorded_values(asked: object) -> PossibleValues | None:
    """Tell which values results of a scan can have, by the kind of answer that it recorded; None if that is not known."""
    if is_mapping(asked) and "labels" in asked:
        asked = AnswerMultiLabel(asked["labels"], bool(asked.get("allow_none")))
    elif not isinstance(asked, str | list):
        return None
    try:
        return possible_values(answer_type(cast("AnswerSpec", asked)))
    except ConfigError:  # a scan of another version
        return None


def possible_values(answer: Answer, *, numbered: bool = False) -> PossibleValues | None:
    """Tell which values results of an answer can have; None if that is not known.

    Args:
        answer: The answer.
        numbered: Whether a function of the user's makes numbers of the values.
    """
    if not isinstance(answer, TextAnswer):
        return None
    kind = answer.values.kind
    return None if numbered and kind == "text" else replace(answer.values, numbered=numbered and kind != "labels")
