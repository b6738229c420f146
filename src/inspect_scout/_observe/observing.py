"""`observe`: a decorator and a context, of async and of sync programs."""

from __future__ import annotations

import functools
import inspect
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar, cast, overload

import anyio
import anyio.to_thread

from .._app import run_sync
from .._importers import JsonMapping, JsonObject
from .foreign_values import Foreign
from .observation import Observation
from .provider import INSPECT, ObserveProvider, install_providers
from .recording import InspectCalls, finished
from .writing import Writer

if TYPE_CHECKING:
    from .._transcripts import TranscriptsDB
    from .._types import TranscriptInfo

F = TypeVar("F", bound=Callable[..., Foreign])


class Observed:
    """What `with observe()` gives.

    Args:
        observation: What is recorded.
    """

    def __init__(self, observation: Observation) -> None:
        self._observation = observation

    @property
    def transcript_id(self) -> str:
        """Id that the transcript will have."""
        return self._observation.info.transcript_id

    @property
    def info(self) -> TranscriptInfo:
        """What the transcript says of itself so far."""
        return self._observation.info


class Observe(AbstractAsyncContextManager["Observed"], AbstractContextManager["Observed"]):
    """An observation that can be entered, or put around a function; each use of it is one of its own."""

    def __init__(
        self,
        provider: str | ObserveProvider | Sequence[str | ObserveProvider],
        db: str | TranscriptsDB | None,
        info: TranscriptInfo | None,
        given: JsonMapping,
    ) -> None:
        self._provider, self._db, self._info, self._given = provider, db, info, given
        self._entered: dict[int, _Entered] = {}  # by observation: tasks may use it at the same time

    def __call__(self, function: F) -> F:
        """Observe every call of a function, sync or async."""
        if inspect.isasyncgenfunction(function) or inspect.isgeneratorfunction(function):
            raise TypeError("observe cannot decorate a generator: use `with observe()` where its items are made.")
        if inspect.iscoroutinefunction(function):

            @functools.wraps(function)
            async def observed(*args: Foreign, **kwargs: Foreign) -> Foreign:
                async with self._copy():
                    return await function(*args, **kwargs)

            return cast("F", observed)

        @functools.wraps(function)
        def observed_sync(*args: Foreign, **kwargs: Foreign) -> Foreign:
            with self._copy():
                return function(*args, **kwargs)

        return cast("F", observed_sync)

    def _copy(self) -> Observe:
        return Observe(self._provider, self._db, self._info, self._given)

    def __enter__(self) -> Observed:
        return self._begin()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entered = self._end(error)
        if entered is not None:
            run_sync(lambda: _record(entered))

    async def __aenter__(self) -> Observed:
        return self._begin()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entered = self._end(error)
        if entered is not None:
            # Building and writing would hold up the other tasks; a task that is cancelled records as well.
            with anyio.CancelScope(shield=True):
                await anyio.to_thread.run_sync(lambda: run_sync(lambda: _record(entered)))

    def _begin(self) -> Observed:
        parent = Observation.current()
        if parent is not None and (self._db is not None or self._provider != INSPECT):
            raise ValueError("db and provider belong to the outermost observe: leave them out of those inside it.")
        writer = parent.writer if parent is not None else Writer.to(self._db)
        observation = Observation.begin(parent, self._given, self._info, writer, time.time())
        if parent is None:
            observation.providers, observation.with_inspect = install_providers(self._provider)
        self._entered[id(observation)] = _Entered(observation, is_outermost=parent is None)
        return Observed(observation)

    def _end(self, error: BaseException | None) -> _Entered | None:
        entered = self._entered.pop(id(Observation.current()))
        entered.leave(error)
        return entered if entered.is_wanted else None


class _Entered:
    """An observation between its start and its end."""

    def __init__(self, observation: Observation, *, is_outermost: bool) -> None:
        self.observation, self.is_outermost = observation, is_outermost
        self._leave = observation.enter()
        self.calls = InspectCalls.begin() if observation.with_inspect else None
        self.ended = 0.0

    def leave(self, error: BaseException | None) -> None:
        """End it: what happens from here on belongs to what is around it."""
        observation = self.observation
        for end in list(observation.open.values()):
            end()
        if self.calls is not None:
            self.calls.end()
        self._leave()
        self.ended = time.time()
        if error is not None and observation.info.error is None:
            observation.update({"error": describe(error)})

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to write, now or from before."""
        observation = self.observation
        has_calls = bool(observation.captures) or (self.calls is not None and self.calls.has_models)
        return has_calls or not observation.has_children or self.is_outermost


async def _record(entered: _Entered) -> None:
    observation = entered.observation
    events = entered.calls.events if entered.calls is not None else []
    transcript = await finished(observation, events, entered.ended)
    if transcript.events or not observation.has_children:
        await observation.writer.write(transcript)
    if entered.is_outermost:
        await observation.writer.close()


def describe(error: BaseException) -> str:
    """Say what a program was ended by."""
    name = type(error).__name__
    return f"{name}: {error}" if str(error) else name


@overload
def observe(func: F, /) -> F: ...


@overload
def observe(
    func: None = None,
    /,
    *,
    provider: str | ObserveProvider | Sequence[str | ObserveProvider] = INSPECT,
    db: str | TranscriptsDB | None = None,
    source_type: str | None = None,
    source_id: str | None = None,
    source_uri: str | None = None,
    task_set: str | None = None,
    task_id: str | None = None,
    task_repeat: int | None = None,
    agent: str | None = None,
    agent_args: JsonObject | None = None,
    model: str | None = None,
    model_options: JsonObject | None = None,
    metadata: JsonObject | None = None,
    info: TranscriptInfo | None = None,
) -> Observe: ...


def observe(
    func: F | None = None,
    /,
    *,
    provider: str | ObserveProvider | Sequence[str | ObserveProvider] = INSPECT,
    db: str | TranscriptsDB | None = None,
    source_type: str | None = None,
    source_id: str | None = None,
    source_uri: str | None = None,
    task_set: str | None = None,
    task_id: str | None = None,
    task_repeat: int | None = None,
    agent: str | None = None,
    agent_args: JsonObject | None = None,
    model: str | None = None,
    model_options: JsonObject | None = None,
    metadata: JsonObject | None = None,
    info: TranscriptInfo | None = None,
) -> F | Observe:
    """Record the calls of models that a program makes, as a transcript in a database.

    A decorator of functions, sync and async, and a context for `with` and `async with`. Observations may stand in each other:
    those inside inherit what those around them say of themselves, and each that has no other in it, or calls models itself, becomes
    a transcript. It is in the database when the observation ends. Exceptions are recorded in `error`, and go on as they would without
    `observe`.

    Args:
        func: The function, where `observe` is written without parentheses.
        provider: Whose calls are recorded: `inspect` (the models of Inspect), `openai`, `anthropic`, `google`, a provider of your
            own, or several. Only for the outermost observation.
        db: The database (None: `transcripts` of the project, else `./transcripts`). Only for the outermost observation.
        source_type: What kind of source it is (None: that of the observation around it, else `observe`).
        source_id: Id of the source, as of an experiment.
        source_uri: Where the source is.
        task_set: The set that the task is from.
        task_id: The task.
        task_repeat: Which repetition of the task it is, from 1.
        agent: The agent.
        agent_args: Its arguments.
        model: The model (None: that of the last call).
        model_options: Its options (None: those of the last call).
        metadata: Added to that of the observation around it.
        info: All of these at once; single ones take precedence.

    Raises:
        ValueError: `db` or `provider` is given inside another observation.
        ImportError: The package of a provider is not installed.
        TypeError: It decorates a generator.

    Example:
        ```python
        @observe(task_set="sums")
        async def solve(question: str) -> str:
            observe_update(task_id=question)
            return (await get_model().generate(question)).completion
        ```
    """
    given = {
        "source_type": source_type,
        "source_id": source_id,
        "source_uri": source_uri,
        "task_set": task_set,
        "task_id": task_id,
        "task_repeat": task_repeat,
        "agent": agent,
        "agent_args": agent_args,
        "model": model,
        "model_options": model_options,
        "metadata": metadata,
    }
    observing = Observe(provider, db, info, given)
    return observing(func) if func is not None else observing


def observe_update(
    *,
    source_type: str | None = None,
    source_id: str | None = None,
    source_uri: str | None = None,
    task_set: str | None = None,
    task_id: str | None = None,
    task_repeat: int | None = None,
    agent: str | None = None,
    agent_args: JsonObject | None = None,
    model: str | None = None,
    model_options: JsonObject | None = None,
    score: Foreign = None,
    score_explanation: str | None = None,
    success: bool | None = None,
    limit: str | None = None,
    error: str | None = None,
    metadata: JsonObject | None = None,
) -> None:
    """Say more of the observation that the program is in; what is None stays as it is.

    Args:
        source_type: What kind of source it is.
        source_id: Id of the source.
        source_uri: Where the source is.
        task_set: The set that the task is from.
        task_id: The task.
        task_repeat: Which repetition of the task it is, from 1.
        agent: The agent.
        agent_args: Its arguments.
        model: The model.
        model_options: Its options.
        score: How well it did, as JSON.
        score_explanation: Why.
        success: Whether it did what it was to do.
        limit: The limit that ended it, as `token` or `time`.
        error: What went wrong, if it is not the exception that ends the observation.
        metadata: Added to what there is.

    Raises:
        RuntimeError: The program is not in an observation.

    Example:
        ```python
        with observe(task_id="sum-1"):
            answer = str(1 + 1)
            observe_update(score=answer == "2", metadata={"answer": answer})
        ```
    """
    observation = Observation.current()
    if observation is None:
        raise RuntimeError("observe_update() needs an observation around it: use it inside `with observe()`.")
    observation.update(
        {
            "source_type": source_type,
            "source_id": source_id,
            "source_uri": source_uri,
            "task_set": task_set,
            "task_id": task_id,
            "task_repeat": task_repeat,
            "agent": agent,
            "agent_args": agent_args,
            "model": model,
            "model_options": model_options,
            "score": score,
            "score_explanation": score_explanation,
            "success": success,
            "limit": limit,
            "error": error,
            "metadata": metadata,
        }
    )
