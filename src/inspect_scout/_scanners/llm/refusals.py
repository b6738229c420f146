"""Asking a model, and asking again when it declines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelOutput, ModelRefusalError
from inspect_ai.tool import ToolChoice, ToolInfo

from ..._support.errors import ConfigError, RefusalError

DEFAULT_RETRIES = 3


def refusal_retries(retry_refusals: Any) -> int:
    """Read how often a model that declines is asked again (True: 3 times, False: never).

    Raises:
        ConfigError: It is no number, or below 0.
    """
    if isinstance(retry_refusals, bool):
        return DEFAULT_RETRIES if retry_refusals else 0
    if not isinstance(retry_refusals, int) or retry_refusals < 0:
        raise ConfigError(
            f"retry_refusals is {retry_refusals!r}; it must be a number of retries, True (3) or False (0)."
        )
    return retry_refusals


@dataclass(frozen=True, slots=True)
class Respondent:
    """A model and how it is asked.

    Args:
        model: The model.
        config: Generation options.
        retries: How often it is asked again after a refusal.
        tools: Tools that are offered.
        tool_choice: Which of them may be called.
    """

    model: Model
    config: GenerateConfig
    retries: int
    tools: Sequence[ToolInfo] = ()
    tool_choice: ToolChoice | None = None

    async def ask(self, prompt: str | list[ChatMessage]) -> ModelOutput:
        """Get an answer.

        Raises:
            RefusalError: The model declined each time.
        """
        output = await self._generate(prompt, self.config)
        for _ in range(self.retries):
            if not _declined(output):
                break
            # What was refused is in the cache by now, and would be read from there.
            output = await self._generate(prompt, self.config.model_copy(update={"cache": False}))
        if _declined(output):
            times = "once" if self.retries == 0 else f"{self.retries + 1} times"
            raise RefusalError(f"The model declined to answer (asked {times}): {output.completion}")
        return output

    def with_tools(
        self, tools: Sequence[ToolInfo], choice: ToolChoice, config: GenerateConfig | None = None
    ) -> Respondent:
        """Offer tools."""
        return replace(self, tools=tools, tool_choice=choice, config=config or self.config)

    async def _generate(self, prompt: str | list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        try:
            return await self.model.generate(prompt, tools=self.tools, tool_choice=self.tool_choice, config=config)
        except ModelRefusalError as refusal:  # the user's `fail_on_refusal`: here, declining is ours to deal with
            return refusal.output


def _declined(output: ModelOutput) -> bool:
    return not output.empty and output.stop_reason == "content_filter"
