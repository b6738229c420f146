"""Each call to a model of a scan: how often it is tried, for how long, what counts as an answer, and who hears of it.

Left alone, the client of a provider tries a call three times where inspect_ai tries it once, and neither looks at a
clock while a call is under way. Inside `conducting()` there is one number of retries and one clock. Models stay as they
are: for the time of one call inspect_ai works with a copy of the model whose provider is a view on the real one, with
the same attributes, in which a few methods are ours.
"""

from __future__ import annotations

import random
import time
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy
from importlib import import_module
from typing import Any, Final, Literal, cast
from weakref import WeakKeyDictionary

import anyio
from inspect_ai._util.error import PrerequisiteError
from inspect_ai._util.retry import report_http_retry
from inspect_ai.event import ModelEvent
from inspect_ai.log._samples import _active_model_event  # pyright: ignore[reportPrivateUsage]
from inspect_ai.model import GenerateConfig, Model, ModelAPI, ModelOutput
from inspect_ai.model._generate_config import active_generate_config
from inspect_ai.model._model import AttemptTimeoutError, model_concurrency_key, record_and_check_model_usage
from inspect_ai.util._concurrency import _active_controller

from .completions import NoCompletionError, is_believable, is_completion, is_empty, usage_in, what_came
from .connections import REFUSING_STATUSES, answers_here
from .failures import Why, broke_off, has_answer, why
from .meter import Metered, ModelCall, metered_call
from .metering import count_without_usage
from .outcomes import CallFailure, answered, failed
from .wire import Came, noting

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
LONGEST_WAIT_REFUSED: Final = 4.0
"""Seconds before a call is sent again: twice as many each time, up to one of these. The shorter one is for providers
that have too much to do: how many calls they see is up to the limiter, and an answer soon shows that they recovered."""

LONGEST_TOLD_WAIT: Final = 1800.0
"""Seconds that a provider can make a call wait."""

FRAMES: Final = 8
LONGEST_TRACEBACK: Final = 8000
"""How much an event tells of where a failed attempt failed: frames of each cause, and characters in all."""

_caller: Any = import_module("inspect_ai.model._model")  # looks up the writer of tracebacks in its own names
_conducted: ContextVar[bool] = ContextVar("scout_conducted", default=False)
_generate = Model._generate  # pyright: ignore[reportPrivateUsage]
_should_retry = Model.should_retry
_format_traceback = _caller.format_traceback


class CallTimeoutError(TimeoutError):
    """A call to a model, or an attempt at it, was not answered in time."""


@contextmanager
def conducting() -> Generator[None]:
    """Conduct the calls to models of the block and of the tasks that it starts."""
    if Model._generate is _generate:  # pyright: ignore[reportPrivateUsage]
        cast("Any", Model)._generate = _conduct
        _caller.format_traceback = _brief_traceback
    token = _conducted.set(True)
    try:
        yield
    finally:
        _conducted.reset(token)


async def _conduct(model: Model, prepared: Any, config: GenerateConfig, *more: Any, **options: Any) -> Any:
    """Stand in for what inspect_ai does once it has a connection; outside of scans, let it do that."""
    if not _conducted.get():
        return await _generate(model, prepared, config, *more, **options)
    # Inspect lets models inherit the timeout of a scan, and not this one.
    attempt = config.attempt_timeout or active_generate_config().attempt_timeout
    if attempt != config.attempt_timeout:
        config = config.model_copy(update={"attempt_timeout": attempt})
    call = _Call(model, config)
    result: Any = None
    try:
        with anyio.move_on_after(call.seconds) as scope:
            result = await _generate(call.caller, prepared, config, *more, **options)
    except AttemptTimeoutError as error:
        raise call.timed_out(f"within {attempt} s (attempt_timeout)") from error
    if scope.cancelled_caught:
        late = call.timed_out(f"within {config.timeout} s (timeout)")
        failed(CallFailure(str(model), "timeout", str(late)))
        raise late
    output, event = cast("tuple[ModelOutput, ModelEvent]", result)
    if event.cache == "read":
        async with metered_call(ModelCall(str(model), "cache", 0, prepared.input)) as metered:
            metered.used(output.usage)
    elif call.attempts:
        answered(str(model))
    return result


def _brief_traceback(kind: Any, error: BaseException, trace: Any) -> tuple[str, str]:
    """Write what an event says of a failed attempt.

    Inspect draws it in colours, with the lines of the source, which takes 200 ms, in which nothing else happens, and
    keeps the last ones: a storm of refusals would be a storm of drawings.
    """
    if not _conducted.get():
        return cast("tuple[str, str]", _format_traceback(kind, error, trace))
    text = "".join(traceback.format_exception(kind, error, trace, limit=-FRAMES))
    short = (
        text
        if len(text) <= LONGEST_TRACEBACK
        else text[: LONGEST_TRACEBACK // 2] + "\n...\n" + text[-LONGEST_TRACEBACK // 2 :]
    )
    return short, short


class _Call:
    """A call: its attempts, and what is left of its time."""

    def __init__(self, model: Model, config: GenerateConfig) -> None:
        self.attempts = 0
        self.wait = 0.0
        self._event: ModelEvent | None = None
        self.caller = copy(model)
        self.caller.api = _view(model.api, self)
        cast("Any", self.caller).should_retry = self._should_retry
        self._model, self._config = model, config
        self._retries = config.max_retries
        # A batch takes as long as it takes: up to a day.
        self.seconds = None if config.batch else config.timeout or None
        self._deadline = None if self.seconds is None else time.monotonic() + self.seconds

    async def attempt(self, generate: Any, args: Any, options: Any) -> Any:
        """Ask the provider once."""
        self.attempts += 1
        self._event = _active_model_event.get()
        origin: Literal["provider", "batch"] = "batch" if self._config.batch else "provider"
        prompt = args[0] if args else options["input"]
        request = ModelCall(str(self._model), origin, self.attempts, prompt, self._config.max_tokens)
        async with metered_call(request) as metered:
            return await self._send(generate, args, options, metered)

    async def _send(self, generate: Any, args: Any, options: Any, metered: Metered) -> Any:
        with noting() as came:
            try:
                outcome = await generate(*args, **options)
            except Exception as error:
                if came.status == 200 and came.body is None and came.broken is None and broke_off(error):
                    came.broken = str(error)  # a stream, which nobody but the client reads
                if not isinstance(error, PrerequisiteError) and not has_answer(error) and _is_none(came):
                    raise self._no_completion(came, None, metered) from error
                raise
        output: Any = cast("tuple[Any, ...]", outcome)[0] if isinstance(outcome, tuple) else outcome
        if isinstance(output, ModelOutput):
            if is_empty(output) and _is_none(came):
                raise self._no_completion(came, output, metered)
            self._check_usage(output)
            metered.used(output.usage)
        return cast("Any", outcome)

    def timed_out(self, limit: str) -> CallTimeoutError:
        """Say that there was no answer in time."""
        tries = f", tried {self.attempts} times" if self.attempts > 1 else ""
        return CallTimeoutError(f"The model {str(self._model)!r} did not answer {limit}{tries}.")

    def _no_completion(self, came: Came, output: ModelOutput | None, metered: Metered) -> NoCompletionError:
        usage = output.usage if output is not None and is_believable(output.usage) else usage_in(came.body)
        if usage is not None:
            metered.used(usage)
            record_and_check_model_usage(self._model, usage, role=self._model.role)
        return NoCompletionError(str(self._model), came.status or 200, what_came(came))

    def _check_usage(self, output: ModelOutput) -> None:
        if not is_believable(output.usage):
            output.usage = None
            if not answers_here(model_concurrency_key(self._model.api)):
                count_without_usage(str(self._model))

    def _should_retry(self, error: BaseException) -> bool:
        """Decide whether the call is sent again, and tell of the failed attempt."""
        if not self.attempts or not isinstance(error, Exception) or isinstance(error, PrerequisiteError):
            return False
        reason = why(error)
        self.wait = _wait(reason, self.attempts)
        again = self._may_try_again(reason) and self._is_worth_trying(error, reason)
        failed(CallFailure(str(self._model), reason.kind, reason.said, reason.status, self.wait if again else None))
        if again and self._event is not None:
            # The next attempt says the same prompt: an hour of refusals must not fill the memory with it.
            self._event.input, self._event.tools, self._event.call = [], [], None
        return again

    def _may_try_again(self, reason: Why) -> bool:
        tries_left = self._retries is None or self.attempts <= self._retries
        time_left = self._deadline is None or time.monotonic() + self.wait < self._deadline
        if not (tries_left and time_left) and reason.kind == "rate":
            # Inspect tells the limiter of a refusal when it sends the call again.
            controller = _active_controller.get()
            if controller is not None:
                controller.notify_retry(reason.retry_after)
        return tries_left and time_left

    def _is_worth_trying(self, error: Exception, reason: Why) -> bool:
        if reason.kind == "no_completion":
            report_http_retry(model=self._model.api.qualified_model_name)
            return True
        return reason.kind != "quota" and _should_retry(self.caller, error)


def _is_none(came: Came) -> bool:
    """Tell whether what came is an answer, but not a completion."""
    if came.status is None or not 200 <= came.status < 300:
        return False
    return came.broken is not None or (came.body is not None and not is_completion(came.body))


def _wait(reason: Why, attempt: int) -> float:
    if reason.retry_after is not None:
        return min(reason.retry_after, LONGEST_TOLD_WAIT)
    refused = reason.kind == "rate" or reason.status in REFUSING_STATUSES
    longest = LONGEST_WAIT_REFUSED if refused else LONGEST_WAIT
    return min(longest, FIRST_WAIT * 2.0 ** min(attempt - 1, 16)) * random.uniform(0.5, 1.0)


class _View:
    """What is ours in a view on a provider; a class of each kind of provider has it in front of its own."""

    __slots__ = ()

    def __del__(self) -> None:
        """Close nothing: the real one goes on."""

    @property
    def generate(self: Any) -> Any:
        """Ask the provider, as an attempt at the call."""
        real, call = _real(self, "generate"), self._scout_call

        async def generate(*args: Any, **options: Any) -> Any:
            return await call.attempt(real, args, options)

        return generate

    def retry_wait(self: Any) -> Any:
        """Wait as long as was decided."""
        call = self._scout_call

        def wait(_: Any) -> float:
            return cast("float", call.wait)

        return wait

    def _http_options(self: Any, *args: Any) -> Any:
        """Let the client of Google send a request once."""
        options = _real(self, "_http_options")(*args)
        options.retry_options = import_module("google.genai.types").HttpRetryOptions(attempts=1)
        return options


class _ViewWithClient(_View):
    """A view on a provider that keeps its client."""

    __slots__ = ()

    @property
    def client(self: Any) -> Any:
        """Give the client, which sends a request once."""
        client = _real(self, "client")
        if not isinstance(getattr(client, "max_retries", None), int) or not hasattr(client, "with_options"):
            return client
        found = _patient.get(client)
        if found is None:
            found = _patient[client] = client.with_options(max_retries=0)
        return found

    @client.setter
    def client(self: Any, value: Any) -> None:
        vars(self)["client"] = value


_kinds: dict[type[ModelAPI], type[Any]] = {}
_patient: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""Clients that send a request once, by those that they were made of."""


def _view(api: ModelAPI, call: _Call) -> ModelAPI:
    kind = _kinds.get(type(api))
    if kind is None:
        kind = _kinds[type(api)] = _kind_of_view(api)
    view: Any = object.__new__(kind)
    view.__dict__ = vars(api)
    view._scout_call = call
    return cast("ModelAPI", view)


def _kind_of_view(api: ModelAPI) -> type[Any]:
    real = type(api)
    ours: Any = _ViewWithClient if "client" in vars(api) else _View
    own = {"__slots__": ("_scout_call",), "__module__": real.__module__, "__qualname__": real.__qualname__}
    kind: type[Any] = type(real.__name__, (ours, real), own)
    return kind


def _real(view: Any, name: str) -> Any:
    """Give an attribute as the provider itself has it."""
    own = cast("dict[str, Any]", vars(view))
    return own[name] if name in own else getattr(super(_View, view), name)
