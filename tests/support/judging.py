"""Calling `llm_scanner` on a transcript, without a scan around it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, cast

from inspect_scout._scanners.llm import llm_scanner
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
