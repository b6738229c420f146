"""Models that count tokens in ways of their own, and no network."""

from __future__ import annotations

import asyncio
from typing import Any

from inspect_ai.model import ChatMessage, GenerateConfig, Model, ModelAPI, ModelOutput, get_model, modelapi


class WordCountingAPI(ModelAPI):
    """A provider that counts words, and remembers how many it was asked about at once."""

    def __init__(
        self,
        model_name: str = "any",
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig | None = None,
        refuses: str | None = None,
        fails: bool = False,
    ) -> None:
        super().__init__(model_name, base_url, api_key, config=config or GenerateConfig())
        self.refuses, self.fails = refuses, fails
        self.calls = self.in_flight = self.most_in_flight = 0

    async def generate(self, *args: Any, **kwargs: Any) -> ModelOutput:
        return ModelOutput.from_content("words", "never asked")

    async def count_tokens(self, input: str | list[ChatMessage], config: GenerateConfig | None = None) -> int:
        if self.fails or not isinstance(input, str):
            raise KeyError("no counter today")
        if self.refuses is not None and self.refuses in input:
            # What a provider does when its endpoint is not there: Inspect's general way.
            return await super().count_tokens(input, config)
        self.calls += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        await asyncio.sleep(0)
        self.in_flight -= 1
        return max(1, len(input.split()))


@modelapi(name="words")
def words() -> type[ModelAPI]:
    return WordCountingAPI


def counting_model(**options: Any) -> Model:
    """Make a model whose provider counts words.

    Args:
        options: `refuses` (texts with this are counted Inspect's general way) and `fails`.
    """
    return get_model("words/any", config=GenerateConfig(max_retries=0), memoize=False, **options)


def mock() -> Model:
    """Get the scripted model of Inspect, which cannot count."""
    return get_model("mockllm/model")
