"""Logs listed, read and written by Inspect itself, in async tests too.

The sync functions of inspect_ai, called where an event loop runs, patch asyncio for the whole process (`nest_asyncio`), after
which every `asyncio.run` leaks its loop. In a thread of their own they find no loop.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from inspect_ai import log as _log

P = ParamSpec("P")
T = TypeVar("T")


def _in_a_thread(function: Callable[P, T]) -> Callable[P, T]:
    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        with ThreadPoolExecutor(max_workers=1) as thread:
            return thread.submit(function, *args, **kwargs).result()

    return call


list_eval_logs = _in_a_thread(_log.list_eval_logs)
read_eval_log = _in_a_thread(_log.read_eval_log)
read_eval_log_sample = _in_a_thread(_log.read_eval_log_sample)
read_eval_log_sample_summaries = _in_a_thread(_log.read_eval_log_sample_summaries)
write_eval_log = _in_a_thread(_log.write_eval_log)
