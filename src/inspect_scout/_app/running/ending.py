"""Running a job to its end: the usual one, or one before its time that loses no answer under way."""

from __future__ import annotations

import asyncio
import math
import os
import shlex
from collections.abc import Callable
from typing import Final

from ..._engine import GiveUpReason, Job, RunJob
from ..._inspect.models import ModelError, public_url
from ..._inspect.outcomes import FailureKind
from ..._support.errors import ConfigError
from ..._support.gc_control import gc_frozen
from ..interruption import graceful_interruption, on_abandoned

GRACE_VARIABLE: Final = "SCOUT_GRACE_SECONDS"
GRACE_SECONDS: Final = 5.0
_ASK_SECONDS: Final = 0.1

_ADVICE: Final[dict[FailureKind, str]] = {
    "quota": "the account has no money or quota left: add some, or use another account",
    "unauthorized": "check the API key of this provider, in the environment or in .env",
    "forbidden": "check that the API key may use this model",
    "not_found": "check the name of the model{where}",
    "no_connection": "check that the server runs{where}",
}


def grace_seconds() -> float:
    """How long a scan that ends before its time waits for answers under way.

    Raises:
        ConfigError: The variable holds something else than seconds.
    """
    given = os.environ.get(GRACE_VARIABLE) or str(GRACE_SECONDS)
    try:
        seconds = float(given)
    except ValueError:
        seconds = -1.0
    if not (math.isfinite(seconds) and seconds >= 0):
        raise ConfigError(
            f"The variable {GRACE_VARIABLE} is {given!r}, which is not a number of seconds. Use for example 5, or 0 to "
            "wait for no answers."
        )
    return seconds


async def run_to_its_end(run: RunJob, job: Job, grace: float, notify: Callable[[str], None]) -> BaseException | None:
    """Run a job; returns what ended it before its time.

    A first signal, or models that fail for good, let it start nothing new: it has some seconds for the answers under way.
    A second signal, and whoever cancels this task, ends it at once.

    Args:
        run: Runs it.
        job: The job.
        grace: Seconds for answers under way.
        notify: Is told that they are waited for.
    """
    limit = asyncio.timeout(None)

    def begin() -> None:
        loop = asyncio.get_running_loop()
        limit.reschedule(loop.time() + grace)
        # Workers are asked at this moment to begin nothing new: they say how many answers are under way.
        loop.call_later(_ASK_SECONDS, tell)

    def tell() -> None:
        if grace and (due := job.feed.state().doing.awaited):
            answers = f"{due:,} answer{'' if due == 1 else 's'}"
            notify(f"Stopping: waiting up to {grace:g} s for {answers} under way; press Ctrl-C again to stop at once")

    try:
        async with limit:
            job.stopping.tell(begin)
            with graceful_interruption(job.stopping.ask, grace), on_abandoned(job.abandoned.ask), gc_frozen():
                await run(job)
    except BaseException as error:  # noqa: BLE001 - whatever ended the scan is raised again after saving
        if not limit.expired():
            return error
    if job.calls.given_up is not None:
        return model_failure(job, job.calls.given_up)
    state = job.feed.state()
    return asyncio.CancelledError() if job.stopping.asked and state.done < state.due else None


def model_failure(job: Job, given_up: GiveUpReason) -> ModelError:
    """Say why a scan was stopped whose model fails for good, and what to do."""
    failure, models = given_up.failure, job.setup.models
    urls = [public_url(model.api.base_url) for model in (models.model, *models.own) if str(model) == failure.model]
    where = next((f" at {url}" for url in urls if url), "")
    return ModelError(
        f"The scan was stopped, because waiting does not help: the last {given_up.times} calls to {failure.model!r} failed "
        f"({failure.said.rstrip('.')}). What was recorded is kept. Next: {_ADVICE[failure.kind].format(where=where)}; then "
        f"go on with: scout scan resume {shlex.quote(job.store.location)}"
    )
