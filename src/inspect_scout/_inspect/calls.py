"""Each call to a model of a scan: how often it is tried, for how long, what counts as an answer, and who is told of it.

Left alone, the client of a provider tries a call three times where inspect_ai tries it once, and neither looks at a
clock while a call is under way. Inside `managing_calls()` there is one number of retries and one clock. Models stay as they
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

from .completions import NoCompletionError, describe_captured, is_believable, is_completion, is_empty, usage_in
from .connections import REFUSING_STATUSES, answers_locally
from .failures import FailureReason, broke_off, failure_reason, has_answer
from .http_capture import HttpAnswer, capturing
from .meter import MeteredCall, ModelCall, metered_call
from .missing_usage import count_without_usage
from .outcomes import CallFailure, answered, failed

FIRST_WAIT: Final = 0.5
MAX_WAIT: Final = 30.0
MAX_WAIT_REFUSED: Final = 4.0
"""Seconds before a call is sent again: twice as many each time, up to one of these. The shorter one is for providers
that have too much to do: how many calls they see is up to the limiter, and an answer soon shows that they recovered."""

MAX_RETRY_AFTER: Final = 1800.0
"""Seconds that a provider can make a call wait."""

FRAMES: Final = 8
MAX_TRACEBACK: Final = 8000
"""How much an event tells of where a failed attempt failed: frames of each cause, and characters in all."""

_caller: Any = import_module("inspect_ai.model._model")  # looks up the writer of tracebacks in its own names
_managed: ContextVar[bool] = ContextVar("scout_managed_calls", default=False)
_generate = Model._generate  # pyright: ignore[reportPrivateUsage]
_should_retry = Model.should_retry
_format_traceback = _caller.format_traceback


class CallTimeoutError(TimeoutError):
    """A call to a model, or an attempt at it, was not answered in time."""


@contextmanager
def managing_calls() -> Generator[None]:
    """Manage the calls to models of the block and of the tasks that it starts."""
    if Model._generate is _generate:  # pyright: ignore[reportPrivateUsage]
        cast("Any", Model)._generate = _generate_managed
        _caller.format_traceback = _short_traceback
    token = _managed.set(True)
    try:
        yield
    finally:
        _managed.reset(token)


async def _generate_managed(model: Model, prepared: Any, config: GenerateConfig, *more: Any, **options: Any) -> Any:
    """Stand in for what inspect_ai does once it has a connection; outside of scans, let it do that."""
    if not _managed.get():
        return await _generate(model, prepared, config, *more, **options)
    # Inspect lets models inherit the timeout of a scan, and not this one.
    attempt = config.attempt_timeout or active_generate_config().attempt_timeout
    if attempt != config.attempt_timeout:
        config = config.model_copy(update={"attempt_timeout": attempt})
    call = _ManagedCall(model, config)
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


def _short_traceback(kind: Any, error: BaseException, trace: Any) -> tuple[str, str]:
    """Write what an event says of a failed attempt.

    Inspect draws it in colours, with the lines of the source, which takes 200 ms, in which nothing else happens, and
    keeps the last ones: a storm of refusals would be a storm of drawings.
    """
    if not _managed.get():
        return cast("tuple[str, str]", _format_traceback(kind, error, trace))
    text = "".join(traceback.format_exception(kind, error, trace, limit=-FRAMES))
    short = text if len(text) <= MAX_TRACEBACK else text[: MAX_TRACEBACK // 2] + "\n...\n" + text[-MAX_TRACEBACK // 2 :]
    return short, short


class _ManagedCall:
    """A call: its attempts, and what is left of its time."""

    def __init__(self, model: Model, config: GenerateConfig) -> None:
        self.attempts = 0
        self.wait = 0.0
        self._event: ModelEvent | None = None
        self.caller = copy(model)
        self.caller.api = _make_view(model.api, self)
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

    async def _send(self, generate: Any, args: Any, options: Any, metered: MeteredCall) -> Any:
        with capturing() as answer:
            try:
                outcome = await generate(*args, **options)
            except Exception as error:  # each provider's client has its own kinds; raised again
                if answer.status == 200 and answer.body is None and answer.broken is None and broke_off(error):
                    answer.broken = str(error)  # a stream, which nobody but the client reads
                if not isinstance(error, PrerequisiteError) and not has_answer(error) and _is_not_completion(answer):
                    raise self._no_completion(answer, None, metered) from error
                raise
        output: Any = cast("tuple[Any, ...]", outcome)[0] if isinstance(outcome, tuple) else outcome
        if isinstance(output, ModelOutput):
            if is_empty(output) and _is_not_completion(answer):
                raise self._no_completion(answer, output, metered)
            self._check_usage(output)
            metered.used(output.usage)
        return cast("Any", outcome)

    def timed_out(self, limit: str) -> CallTimeoutError:
        """Say that there was no answer in time."""
        tries = f", tried {self.attempts} times" if self.attempts > 1 else ""
        return CallTimeoutError(f"The model {str(self._model)!r} did not answer {limit}{tries}.")

    def _no_completion(self, answer: HttpAnswer, output: ModelOutput | None, metered: MeteredCall) -> NoCompletionError:
        usage = output.usage if output is not None and is_believable(output.usage) else usage_in(answer.body)
        if usage is not None:
            metered.used(usage)
            record_and_check_model_usage(self._model, usage, role=self._model.role)
        return NoCompletionError(str(self._model), answer.status or 200, describe_captured(answer))

    def _check_usage(self, output: ModelOutput) -> None:
        if not is_believable(output.usage):
            output.usage = None
            if not answers_locally(model_concurrency_key(self._model.api)):
                count_without_usage(str(self._model))

    def _should_retry(self, error: BaseException) -> bool:
        """Decide whether the call is sent again, and tell of the failed attempt."""
        if not self.attempts or not isinstance(error, Exception) or isinstance(error, PrerequisiteError):
            return False
        reason = failure_reason(error)
        self.wait = _retry_wait(reason, self.attempts)
        again = self._may_try_again(reason) and self._is_worth_trying(error, reason)
        failed(CallFailure(str(self._model), reason.kind, reason.said, reason.status, self.wait if again else None))
        if again and self._event is not None:
            # The next attempt says the same prompt: an hour of refusals must not fill the memory with it.
            self._event.input, self._event.tools, self._event.call = [], [], None
        return again

    def _may_try_again(self, reason: FailureReason) -> bool:
        tries_left = self._retries is None or self.attempts <= self._retries
        time_left = self._deadline is None or time.monotonic() + self.wait < self._deadline
        if not (tries_left and time_left) and reason.kind == "rate":
            # Inspect tells the limiter of a refusal when it sends the call again.
            controller = _active_controller.get()
            if controller is not None:
                controller.notify_retry(reason.retry_after)
        return tries_left and time_left

    def _is_worth_trying(self, error: Exception, reason: FailureReason) -> bool:
        if reason.kind == "no_completion":
            report_http_retry(model=self._model.api.qualified_model_name)
            return True
        return reason.kind != "quota" and _should_retry(self.caller, error)


def _is_not_completion(answer: HttpAnswer) -> bool:
    """Tell whether what was captured is an answer, but not a completion."""
    if answer.status is None or not 200 <= answer.status < 300:
        return False
    return answer.broken is not None or (answer.body is not None and not is_completion(answer.body))


def _retry_wait(reason: FailureReason, attempt: int) -> float:
    if reason.retry_after is not None:
        return min(reason.retry_after, MAX_RETRY_AFTER)
    refused = reason.kind == "rate" or reason.status in REFUSING_STATUSES
    longest = MAX_WAIT_REFUSED if refused else MAX_WAIT
    return min(longest, FIRST_WAIT * 2.0 ** min(attempt - 1, 16)) * random.uniform(0.5, 1.0)


class _ProviderView:
    """What is ours in a view on a provider; a class of each kind of provider has it in front of its own."""

    __slots__ = ()

    def __del__(self) -> None:
        """Close nothing: the real one goes on."""

    @property
    def generate(self: Any) -> Any:
        """Ask the provider, as an attempt at the call."""
        real, call = _original(self, "generate"), self._scout_call

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
        options = _original(self, "_http_options")(*args)
        options.retry_options = import_module("google.genai.types").HttpRetryOptions(attempts=1)
        return options


class _ProviderViewWithClient(_ProviderView):
    """A view on a provider that keeps its client."""

    __slots__ = ()

    @property
    def client(self: Any) -> Any:
        """Give the client, which sends a request once."""
        client = _original(self, "client")
        if not isinstance(getattr(client, "max_retries", None), int) or not hasattr(client, "with_options"):
            return client
        found = _single_try_clients.get(client)
        if found is None:
            found = _single_try_clients[client] = client.with_options(max_retries=0)
        return found

    @client.setter
    def client(self: Any, value: Any) -> None:
        vars(self)["client"] = value


_view_classes: dict[type[ModelAPI], type[Any]] = {}
_single_try_clients: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
"""Clients that send a request once, by those that they were made of."""


def _make_view(api: ModelAPI, call: _ManagedCall) -> ModelAPI:
    kind = _view_classes.get(type(api))
    if kind is None:
        kind = _view_classes[type(api)] = _view_class(api)
    view: Any = object.__new__(kind)
    view.__dict__ = vars(api)
    view._scout_call = call
    return cast("ModelAPI", view)


def _view_class(api: ModelAPI) -> type[Any]:
    real = type(api)
    ours: Any = _ProviderViewWithClient if "client" in vars(api) else _ProviderView
    own = {"__slots__": ("_scout_call",), "__module__": real.__module__, "__qualname__": real.__qualname__}
    kind: type[Any] = type(real.__name__, (ours, real), own)
    return kind


def _original(view: Any, name: str) -> Any:
    """Give an attribute as the provider itself has it."""
    own = cast("dict[str, Any]", vars(view))
    return own[name] if name in own else getattr(super(_ProviderView, view), name)
