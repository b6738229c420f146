"""Calling `llm_scanner` on a transcript, without a scan around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from inspect_ai.model import get_model

from inspect_scout import ResultReducer, llm_scanner
from inspect_scout._types import Result

# Arguments come out of parametrized tables.
make_judge: Callable[..., Any] = llm_scanner


def judged(given: Any, model: Any = None, **options: Any) -> Result[Any]:
    """Ask whether it does, unless something else is asked, and return the result."""
    scan = make_judge(**{"question": "Does it?", "answer": "boolean", "model": model, **options})

    async def call() -> Any:
        return await scan(given)

    result = asyncio.run(call())
    assert isinstance(result, Result)
    return cast(Result[Any], result)


def judged_over(url: str, *given: Any, **options: Any) -> list[Result[Any]]:
    """Ask a chat-completions server about transcripts, one after the other, in one event loop."""

    async def call() -> list[Any]:
        model = get_model("openai-api/local/judge", base_url=url, api_key="none", memoize=False)
        scan = make_judge(**{"question": "Does it?", "answer": "boolean", "model": model, **options})
        try:
            return [await scan(transcript) for transcript in given]
        finally:
            await model.api.aclose()

    return asyncio.run(call())


def reduced(model: Any, results: list[Result[Any]]) -> Result[Any]:
    """Have a model write one answer from all."""

    async def call() -> Result[Any]:
        return await ResultReducer.llm(model)(results)

    return asyncio.run(call())
