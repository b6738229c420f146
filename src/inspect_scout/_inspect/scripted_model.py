"""A model that answers by rule, for tests and demonstrations: no network, no vocabulary, no waiting unless asked for."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeAlias, cast

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    RetryDecision,
    modelapi,
)
from inspect_ai.tool import ToolCall, ToolChoice, ToolInfo

from .._support.errors import ConfigError

Answer: TypeAlias = str | Mapping[str, Any] | ModelOutput
"""What the model says: text, arguments for the last tool that it was given, or an output as it is."""

Rule: TypeAlias = Callable[[str], Answer]
"""Makes an answer from the text of the prompt."""

Rules: TypeAlias = Answer | Rule | Sequence[tuple[str, Answer | Rule]]
"""One answer, a rule, or (regular expression, answer) pairs of which the first that matches the prompt counts."""

Schedule: TypeAlias = int | Collection[int] | Callable[[int], bool]
"""Which calls, counted from 1: every n-th, those listed, or those a function accepts."""

REFUSAL = "I cannot help with that."
MALFORMED = "Let me think about this some more."

_numbers = itertools.count(1)


class ModelOverloadedError(Exception):
    """What the scripted model raises when it is told to push back; it is retried like a provider's own.

    Args:
        status_code: The HTTP status that it stands for.
    """

    def __init__(self, status_code: int = 429) -> None:
        self.status_code = status_code
        super().__init__(f"{status_code}: too many requests (scripted)")

    def __reduce__(self) -> tuple[type[ModelOverloadedError], tuple[int]]:
        return type(self), (self.status_code,)


@dataclass(slots=True)
class ScriptedStatistics:
    """What a scripted model has done so far.

    Args:
        calls: Calls that reached it, those that it pushed back included.
        in_flight: Calls under way.
        peak_in_flight: Most calls that were ever under way at once.
        overloaded: Calls pushed back.
        refused: Answers withheld (`stop_reason="content_filter"`).
        malformed: Answers that no parser accepts.
    """

    calls: int = 0
    in_flight: int = 0
    peak_in_flight: int = 0
    overloaded: int = 0
    refused: int = 0
    malformed: int = 0


@dataclass(frozen=True, slots=True)
class ScriptedCall:
    """A call as the scripted model saw it.

    Args:
        messages: The conversation.
        text: Its text, messages joined by line breaks.
        tools: Tools offered.
        tool_choice: Which of them may be called.
        config: Generation options.
    """

    messages: Sequence[ChatMessage]
    text: str
    tools: Sequence[ToolInfo]
    tool_choice: ToolChoice
    config: GenerateConfig


@dataclass(frozen=True, slots=True)
class Script:
    """How a scripted model behaves.

    Args:
        answers: What it answers.
        latency: Seconds a call takes, or a function from the number of the call.
        refuse: Calls that it refuses.
        overload: Calls that it pushes back.
        malform: Calls that it answers in no usable form.
        capacity: Calls under way beyond which it pushes back.
        status_code: HTTP status of pushing back.
        retry_seconds: Seconds to wait before a call that was pushed back is tried again.
    """

    answers: Rules = "ANSWER: yes"
    latency: float | Callable[[int], float] = 0.0
    refuse: Schedule = ()
    overload: Schedule = ()
    malform: Schedule = ()
    capacity: int | None = None
    status_code: int = 429
    retry_seconds: float = 0.0


class ScriptedAPI(ModelAPI):
    """Answers by rule and counts what it is asked.

    Args:
        model_name: Name of the model.
        base_url: Not used.
        api_key: Not used.
        config: Generation options.
        script: How it behaves, as the fields of `Script`.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        **script: Any,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
        self.seen: list[ScriptedCall] = []
        self._script = Script(**script)
        self._key = f"scripted-{next(_numbers)}"
        self._done = ScriptedStatistics()

    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        """Answer a conversation."""
        done, text = self._done, "\n".join([message.text for message in input])
        done.calls += 1
        done.in_flight += 1
        done.peak_in_flight = max(done.peak_in_flight, done.in_flight)
        try:
            return await self._answer(done.calls, ScriptedCall(input, text, tools, tool_choice, config))
        finally:
            done.in_flight -= 1

    async def _answer(self, number: int, call: ScriptedCall) -> ModelOutput:
        script = self._script
        full = script.capacity is not None and self._done.in_flight > script.capacity
        if full or _due(script.overload, number):
            self._done.overloaded += 1
            raise ModelOverloadedError(script.status_code)
        self.seen.append(call)
        seconds = script.latency(number) if callable(script.latency) else script.latency
        if seconds:
            await asyncio.sleep(seconds)
        if _due(script.refuse, number):
            self._done.refused += 1
            output = ModelOutput.from_content(self.model_name, REFUSAL, stop_reason="content_filter")
        elif _due(script.malform, number):
            self._done.malformed += 1
            output = ModelOutput.from_content(self.model_name, MALFORMED)
        else:
            output = self._output(_chosen(script.answers, call.text), call)
        if output.usage is None:
            # Set here, because inspect_ai would count tokens for it, with a vocabulary that it first downloads.
            output.usage = _usage(call.text, output)
        return output

    def _output(self, answer: Answer, call: ScriptedCall) -> ModelOutput:
        if isinstance(answer, ModelOutput):
            # Inspect writes into outputs, so one that is given for several calls must not be shared.
            return answer.model_copy(deep=True)
        if isinstance(answer, str):
            return ModelOutput.from_content(self.model_name, answer)
        if not call.tools or call.tool_choice == "none":
            return ModelOutput.from_content(self.model_name, json.dumps(dict(answer)))
        request = ToolCall(id=f"call-{self._done.calls}", function=call.tools[-1].name, arguments=dict(answer))
        message = ChatMessageAssistant(content="", tool_calls=[request], model=self.model_name, source="generate")
        return ModelOutput.from_message(message, stop_reason="tool_calls")

    def statistics(self) -> ScriptedStatistics:
        """Tell what was done so far."""
        return replace(self._done)

    async def count_text_tokens(self, text: str) -> int:
        """Count four characters as a token."""
        return count_tokens(text)

    def should_retry(self, ex: Exception) -> bool | RetryDecision:
        """Retry what was pushed back."""
        if not isinstance(ex, ModelOverloadedError):
            return False
        return RetryDecision.rate_limit() if ex.status_code == 429 else RetryDecision.transient()

    def retry_wait(self) -> Any:
        """Wait as the script says (tenacity takes a function too)."""
        return self._wait_before_retry

    def _wait_before_retry(self, _: object) -> float:
        return self._script.retry_seconds

    def connection_key(self) -> str:
        """Share connections with no other model."""
        return self._key


@modelapi(name="scripted")
def scripted_api() -> type[ModelAPI]:
    """Make the provider known to inspect_ai, which names models after it."""
    return ScriptedAPI


class ScriptedModel(Model):
    """A model that answers by rule; `scripted_model` makes one."""

    def __init__(self, api: ScriptedAPI, config: GenerateConfig, model_args: dict[str, Any]) -> None:
        super().__init__(api, config, model_args)
        self._scripted = api
        api.qualified_model_name = str(self)

    @property
    def calls(self) -> Sequence[ScriptedCall]:
        """The calls it was given, in order, without those that it pushed back."""
        return tuple(self._scripted.seen)

    @property
    def prompts(self) -> Sequence[str]:
        """The texts of these calls."""
        return [call.text for call in self._scripted.seen]

    def statistics(self) -> ScriptedStatistics:
        """Tell what the model has done so far."""
        return self._scripted.statistics()


def scripted_model(
    answers: Rules = "ANSWER: yes",
    *,
    latency: float | Callable[[int], float] = 0.0,
    refuse: Schedule = (),
    overload: Schedule = (),
    malform: Schedule = (),
    capacity: int | None = None,
    status_code: int = 429,
    retry_seconds: float = 0.0,
    name: str = "scripted",
    config: GenerateConfig | None = None,
) -> ScriptedModel:
    """Make a model that answers by rule, without a network.

        judge = scripted_model([(r"password", "It asks for one [M2].\\n\\nANSWER: yes"), (r"", "ANSWER: no")])
        scan([leaks()], transcripts, model=judge)

    Text is answered with text. A dictionary becomes a call of the last tool offered (the way structured answers are
    given), or JSON if there is no tool. Tokens are counted as four characters each.

    Args:
        answers: An answer, a function from the text of the prompt to an answer, or (regular expression, answer)
            pairs: the first that matches the prompt counts.
        latency: Seconds a call takes, or a function from the number of the call to seconds.
        refuse: Calls that it refuses. A schedule is a number n (every n-th call), a collection of numbers of calls
            (counted from 1), or a function from the number of a call to True or False.
        overload: Calls that it pushes back (they are tried again and count as calls).
        malform: Calls that it answers in a form that no parser accepts.
        capacity: Calls under way at once, beyond which it pushes back.
        status_code: HTTP status of pushing back: 429, or 503 and 529 for overload.
        retry_seconds: Seconds to wait before a call that was pushed back is tried again.
        name: Name of the model.
        config: Generation options.

    Raises:
        ConfigError: A schedule, an expression or the capacity makes no sense.
    """
    _check(answers, (refuse, overload, malform), capacity)
    script = Script(answers, latency, refuse, overload, malform, capacity, status_code, retry_seconds)
    said = {f.name: value for f in fields(script) if (value := getattr(script, f.name)) != f.default}
    config = config or GenerateConfig()
    # inspect_ai's decorator made a function that takes the arguments of the class.
    api = scripted_api(name, config=config, **said)
    assert isinstance(api, ScriptedAPI)
    return ScriptedModel(api, config, said)


def count_tokens(text: str) -> int:
    """Count the tokens of a text as the scripted model does: four characters each, rounded up."""
    return -(-len(text) // 4)


def _check(answers: Rules, schedules: Sequence[Schedule], capacity: int | None) -> None:
    for schedule in schedules:
        if isinstance(schedule, int) and schedule < 1:
            raise ConfigError(
                f"A schedule of every {schedule!r}th call makes no sense; give 1 or more, or () for none."
            )
    if capacity is not None and capacity < 1:
        raise ConfigError(f"capacity is {capacity!r}; it must be 1 or more, or None.")
    for pattern, _ in _pairs(answers):
        try:
            re.compile(pattern)
        except re.error as error:
            raise ConfigError(f"The pattern {pattern!r} is not a regular expression: {error}.") from error


def _due(schedule: Schedule, number: int) -> bool:
    if isinstance(schedule, int):
        return number % schedule == 0
    return schedule(number) if callable(schedule) else number in schedule


def _pairs(answers: Rules) -> Sequence[tuple[str, Answer | Rule]]:
    if isinstance(answers, (str, Mapping, ModelOutput)) or callable(answers):
        return [("", cast(Answer | Rule, answers))]
    return answers


def _chosen(answers: Rules, prompt: str) -> Answer:
    for pattern, answer in _pairs(answers):
        if re.search(pattern, prompt):
            return answer(prompt) if callable(answer) else answer
    raise ValueError(f"No pattern of the scripted model matches the prompt, which ends with {prompt[-200:]!r}.")


def _usage(prompt: str, output: ModelOutput) -> ModelUsage:
    said = output.completion
    if not output.empty and output.message.tool_calls:
        said += "".join(json.dumps(call.arguments) for call in output.message.tool_calls)
    read, written = count_tokens(prompt), count_tokens(said)
    return ModelUsage(input_tokens=read, output_tokens=written, total_tokens=read + written)
