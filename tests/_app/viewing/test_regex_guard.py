"""Regular expressions of clients."""

from __future__ import annotations

import re

import pytest

from inspect_scout import ConfigError
from inspect_scout._app.viewing.regex_guard import check_regex_time

pytestmark = pytest.mark.anyio


async def test_an_expression_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(ConfigError, match="takes more than 1 seconds"):
        await check_regex_time("(a+)+$", 0, ["a" * 64 + "b"], seconds=1.0)


async def test_a_quick_expression_passes() -> None:
    await check_regex_time("t(h)e", int(re.IGNORECASE), ["The end"] * 1000)


async def test_an_expression_that_takes_long_over_one_text_is_refused() -> None:
    slow = "a" * 18 + "b"
    with pytest.raises(ConfigError, match=r"more than 0\.001 seconds over one text"):
        await check_regex_time("(a+)+$", 0, ["a", slow, "a"], text_seconds=0.001)
    await check_regex_time("a", 0, ["a"] * 100_000, text_seconds=0.5)
