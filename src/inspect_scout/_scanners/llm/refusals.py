"""Asking a model, and what to do when it declines or the prompt is too long for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ChatMessage, ContentText, GenerateConfig, Model, ModelOutput, ModelRefusalError
from inspect_ai.tool import ToolChoice, ToolInfo

from ..._inspect.output_cache import caching_only, rejection
from ..._inspect.tokens import learn_window, window_of
from ..._support.errors import ConfigError, RefusalError
from ..answers.reading import find_answers
from ..segments.counting import count_tokens
from .errors import PromptTooLargeError
from .prompt_errors import is_filtered, is_too_long, parse_sizes

DEFAULT_RETRIES = 3


def refusal_retries(retry_refusals: Any) -> int:
    """Read how often a model that declines is asked again (True: 3 times, False: never).

    Raises:
        ConfigError: It is not a number, or below 0.
    """
    if isinstance(retry_refusals, bool):
        return DEFAULT_RETRIES if retry_refusals else 0
    if not isinstance(retry_refusals, int) or retry_refusals < 0:
        raise ConfigError(
            f"retry_refusals is {retry_refusals!r}; it must be a number of retries, True (3) or False (0)."
        )
    return retry_refusals


@dataclass(frozen=True, slots=True)
class ModelClient:
    """A model and how it is asked.

    Args:
        retries: How often it is asked again after a refusal.
        readable: Whether an output holds an answer, though it reached the end of the window.
    """

    model: Model
    config: GenerateConfig
    retries: int
    tools: Sequence[ToolInfo] = ()
    tool_choice: ToolChoice | None = None
    readable: Callable[[ModelOutput], bool] | None = None

    async def ask(self, prompt: str | list[ChatMessage]) -> ModelOutput:
        """Get an answer.

        Raises:
            RefusalError: The model declined each time.
            PromptTooLargeError: The prompt is longer than the model can read.
        """
        output = await self._generate(prompt, self.config)
        for _ in range(self.retries):
            if not declined(output):
                break
            output = await self._generate(prompt, self.config.model_copy(update={"cache": False}))
        if declined(output):
            times = "once" if self.retries == 0 else f"{self.retries + 1} times"
            raise RefusalError(f"The model declined to answer (asked {times}): {_reason(output)}")
        if self._overflowed(output):
            raise await self.too_large(prompt, output)
        return output

    async def _generate(self, prompt: str | list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        try:
            with caching_only(self._answers):
                return await self.model.generate(prompt, tools=self.tools, tool_choice=self.tool_choice, config=config)
        except ModelRefusalError as refusal:  # the user's `fail_on_refusal`: here, declining is ours to deal with
            return refusal.output
        except RuntimeError as error:
            status, response = rejection(error) or (None, "")
            if response and is_too_long(response, status):
                return ModelOutput.from_content(str(self.model), response, stop_reason="model_length", error=response)
            if response and is_filtered(response, status):
                return ModelOutput.from_content(str(self.model), response, stop_reason="content_filter", error=response)
            raise

    def _answers(self, output: ModelOutput) -> bool:
        """Tell whether an output is worth keeping: what is none today may be an answer tomorrow."""
        return not declined(output) and not self._overflowed(output)

    def _overflowed(self, output: ModelOutput) -> bool:
        if output.empty or output.stop_reason != "model_length":
            return False
        if output.error or not (output.completion.strip() or output.message.tool_calls):
            return True
        # A model that reached the end of its window while it wrote was paid for what it wrote; a rejection in words was not.
        written = output.usage is not None and output.usage.output_tokens > 0
        if written or self.readable is None:
            return is_too_long(output.completion)
        return not self.readable(output)

    async def too_large(self, prompt: str | list[ChatMessage], output: ModelOutput) -> PromptTooLargeError:
        """Make the error that a prompt is too long, and remember the window that the provider names."""
        response = output.error or output.completion
        text = prompt if isinstance(prompt, str) else "\n".join([message.text for message in prompt])
        counted = await count_tokens(text, self.model)
        sizes = parse_sizes(response)
        budget = sizes.budget(counted)
        known = window_of(self.model, None)
        if budget is not None:
            learn_window(self.model, budget)
        size, window = sizes.prompt or counted, sizes.window or known
        return PromptTooLargeError(size, window, response, counted=counted, budget=budget or counted // 2)


def declined(output: ModelOutput) -> bool:
    """Tell whether an output is a refusal, by its stop reason or by the field that the provider has for refusals."""
    if output.empty:
        return False
    choice = output.choices[0]
    if choice.stop_reason == "content_filter":
        return True
    if choice.stop_details is not None and choice.stop_details.type == "refusal":
        return True
    content = choice.message.content
    refused = [] if isinstance(content, str) else [p.text for p in content if isinstance(p, ContentText) and p.refusal]
    # Some servers send an empty refusal beside each answer, and inspect_ai takes the answer for its text.
    return any(text.strip() and not find_answers(text) for text in refused)


def _reason(output: ModelOutput) -> str:
    details = output.choices[0].stop_details
    return output.completion or (details.explanation if details is not None else None) or output.error or ""
