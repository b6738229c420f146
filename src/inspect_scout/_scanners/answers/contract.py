"""What every kind of answer offers, and the two results that it can come to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from inspect_ai.model import ModelOutput
from inspect_ai.scorer import Reference, ValueToFloat
from pydantic import JsonValue

from ..._support.errors import ConfigError
from ..._types import PossibleValues, Result
from .forms import FoundAnswer
from .markup import is_closed, plain_letters, unwrap_answer, unwrap_markup
from .reading import NO_ANSWER, explanation_before, find_answers, quoted
from .reply import Reply
from .thoughts import THOUGHT_MARK

ExtractReferences: TypeAlias = Callable[[str], list[Reference]]
"""Finds the messages that a text cites."""

PARSE_ERROR = "parse_error"
"""Key in the metadata of a result: why the reply could not be read. Such a result has neither value nor answer."""

_LONGEST_LINE = 2_000

STOP_REASON = "stop_reason"
"""Key in the metadata of a result: why the model stopped."""


class LabelsNotNumericError(ConfigError, NotImplementedError):
    """A number was asked for of a list of labels."""


class Answer(Protocol):
    """A kind of answer.

    Example:
        ```python
        answer = answer_type("numeric")
        print(answer.prompt, answer.format)
        ```
    """

    @property
    def prompt(self) -> str:
        """One line that goes before the question and says what kind of question it is."""
        ...

    @property
    def format(self) -> str:
        """The form that the reply must have."""
        ...

    def result_for_answer(
        self,
        output: ModelOutput,
        extract_references: ExtractReferences,
        value_to_float: ValueToFloat | None = None,
    ) -> Result[Any]:
        """Read a reply.

        Args:
            output: The reply.
            extract_references: Finds the messages that the explanation cites.
            value_to_float: Turns the value into a number. It is not asked when there is no value.

        Returns:
            The result. If the reply cannot be read, its value and answer are None, its explanation is the whole
            reply, and `metadata["parse_error"]` says why.
        """
        ...


@dataclass(frozen=True, slots=True)
class ParsedAnswer:
    """What an answer in text comes to: the value, as text and as Python sees it, and what else there is to say."""

    value: Any
    answer: str
    parsed: Any
    metadata: dict[str, Any] | None = None


def _never(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class TextAnswer:
    """A kind of answer that a reply gives in its text.

    Args:
        prompt: One line that goes before the question and says what kind of question it is.
        format: The form that the reply must have.
        values: Which values results can have. A check mark is an answer where they are booleans, only a decoration of
            one elsewhere; a list of labels may go on below its line; text is taken as it stands.
        read: Reads what the reply gives as its answer; gives the reason, as a sentence, if that is not an answer.
        complete: Whether a text that may have been cut off at its end means the same however it goes on.
    """

    prompt: str
    format: str
    values: PossibleValues
    read: Callable[[str], ParsedAnswer | str]
    complete: Callable[[str], bool] = _never

    def result_for_answer(
        self, output: ModelOutput, extract_references: ExtractReferences, value_to_float: ValueToFloat | None = None
    ) -> Result[Any]:
        """Read a reply.

        Raises:
            ConfigError: A number is wanted of a list of labels.
        """
        if self.values.kind == "labels":
            refuse_number(value_to_float)
        reply = Reply.of(output)
        found = find_answers(reply.seen.text, free_text=self.values.kind == "text", cut=reply.cut is not None)
        answer = self._agreed(reply, found)
        if reply.cut is not None and (isinstance(answer, str) or not self._is_complete(found[-1])):
            return unreadable_result(reply.whole, _cut_off(reply.cut, found), extract_references, reply.cut)
        if isinstance(answer, str):
            return unreadable_result(reply.whole, answer, extract_references)
        explanation = _explanation(reply, explanation_before(reply.seen.text, found[-1]))
        return Result(
            value=as_float(answer.value, value_to_float),
            answer=answer.answer,
            explanation=explanation,
            references=extract_references(explanation),
            metadata=answer.metadata,
            parsed=answer.parsed,
        )

    def _agreed(self, reply: Reply, found: list[FoundAnswer]) -> ParsedAnswer | str:
        # Several forms that say the same are one answer; where they differ, any choice would be a guess.
        answers = [self._read(f.value.lstrip(THOUGHT_MARK + " \t")) for f in found]
        if not answers:
            return NO_ANSWER
        below = _next_line(reply.seen.text, found[-1].end) if self.values.kind == "labels" else THOUGHT_MARK
        if THOUGHT_MARK not in below and isinstance(self._read(below), ParsedAnswer):
            return "The list after 'ANSWER:' goes on below its line."
        refused = [answer for answer in answers if isinstance(answer, str)]
        if refused:
            return refused[-1]
        return answers[-1] if all(a == answers[-1] for a in answers) else "The reply gives several answers that differ."

    def _read(self, value: str) -> ParsedAnswer | str:
        """Read a value as it stands, else without what surrounds it."""
        if self.values.kind == "text":
            # What was said around a thought is not one text.
            return self.read(unwrap_answer(value)) if value and THOUGHT_MARK not in value else NO_ANSWER
        value = plain_letters(value.replace(THOUGHT_MARK, " ").strip())
        answer = self.read(value)
        if isinstance(answer, str) and (peeled := unwrap_markup(value, checks=self.values.kind != "boolean")) != value:
            again = self.read(peeled)
            return answer if isinstance(again, str) else again
        return answer

    def _is_complete(self, found: FoundAnswer) -> bool:
        return found.ended or is_closed(found.value) or self.complete(plain_letters(found.value))


def answer_form(written: str, meaning: str) -> str:
    """Say which form a reply must have: what follows "ANSWER: ", and what that stands for."""
    return (
        "End your reply with a line of its own in this form, without quotes:\n\n"
        f"'ANSWER: {written}'\n\nwhere {written} is {meaning}"
    )


def refuse_number(value_to_float: ValueToFloat | None) -> None:
    """Refuse to make a number of labels.

    Raises:
        ConfigError: One is wanted.
    """
    if value_to_float is not None:
        raise LabelsNotNumericError(
            "value_to_float cannot be used with AnswerMultiLabel: a list of labels is not a number. Leave it out, or ask "
            "for a single label."
        )


def unreadable_result(
    reply: str, reason: str, extract_references: ExtractReferences, stop_reason: str | None = None
) -> Result[Any]:
    """Make the result of a reply that could not be read, for a reason, or because the model was stopped."""
    explanation = reply.strip()
    metadata = {PARSE_ERROR: reason} if stop_reason is None else {PARSE_ERROR: reason, STOP_REASON: stop_reason}
    return Result(value=None, explanation=explanation, references=extract_references(explanation), metadata=metadata)


def _next_line(text: str, end: int) -> str:
    return text[end : end + _LONGEST_LINE].removeprefix("\r").removeprefix("\n").partition("\n")[0]


def _cut_off(stop_reason: str, found: list[FoundAnswer]) -> str:
    said = f"before it was certain that {quoted(found[-1].value)} is the whole answer" if found else "before any answer"
    return f"The reply was cut off (stop reason {stop_reason!r}) {said}."


def _explanation(reply: Reply, before: str) -> str:
    # Thoughts are not an explanation, unless there is no other.
    explanation = before.replace(THOUGHT_MARK, "").strip()
    return explanation or reply.seen.whole(before).strip()


def not_an_answer(value: str, expected: str) -> str:
    """Say why what stands after "ANSWER:" was refused."""
    return f"{quoted(value)} after 'ANSWER:' is not {expected}."


def as_float(value: Any, value_to_float: ValueToFloat | None) -> JsonValue:
    """Turn a value into a number, if that is wanted and there is one."""
    found: JsonValue = value if value is None or value_to_float is None else value_to_float(value)
    return found
