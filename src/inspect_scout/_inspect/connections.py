"""Where inspect_ai asks for a connection to a model, and what it tells about refusals.

inspect_ai keeps one registry of semaphores for the whole process and, for models, a controller that adapts the number
of connections to refusals. Measured against a server that refuses above a hidden rate of 20 and 60 calls a second, that
controller reached 65 % and 89 % of the rate with 58 % and 40 % of the calls refused: it counts connections where the
server counts calls a second, and it hears of a refusal when the call is sent again. So a scan brings its own admission:
inside `admitting(...)` every model gets its gate from there, and outside of it nothing changes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any, Final, Protocol

from inspect_ai._util.http import parse_retry_after
from inspect_ai._util.retry import http_retries_count
from inspect_ai.model._providers.util.hooks import HttpHooks
from inspect_ai.util import AdaptiveConcurrency
from inspect_ai.util import _concurrency as registry_module
from inspect_ai.util._concurrency import (
    AdaptiveConcurrencyController,
    ConcurrencySemaphore,
    ConcurrencySemaphoreRegistry,
)

MODEL_PREFIX: Final = "Model"
"""How the keys of model connections begin in the registry."""

_HERE: Final = (f"{MODEL_PREFIX}MockLLM:", f"{MODEL_PREFIX}ScriptedAPI:")

REFUSING_STATUSES: Final = frozenset({429, 503, 529})
"""HTTP statuses by which providers say that they get too many calls."""

calls_repeated: Final = http_retries_count
"""Counts the calls that this process sent again, whether they were refused or nobody answered."""


class Gate(Protocol):
    """Admits the calls to one model."""

    @property
    def limit(self) -> int:
        """Calls that may be under way at once."""
        ...

    @property
    def in_flight(self) -> int:
        """Calls under way."""
        ...

    async def acquire(self) -> None:
        """Wait until a call may start."""
        ...

    def release(self) -> None:
        """End a call."""
        ...

    def succeeded(self) -> None:
        """Take note of a call that was answered without any retry."""
        ...

    def refused(self, retry_after: float | None) -> None:
        """Take note of an answer that said "too many calls"."""
        ...

    def sent_again(self) -> None:
        """Take note of a call that a client sent again of its own accord, under the admission it has."""
        ...

    def accepted(self) -> None:
        """Take note of a call that was answered in the end, after whatever retries."""
        ...

    async def rest(self, seconds: float) -> None:
        """Wait until a call may be sent again, under the admission it has: some seconds, if nothing is heard till then."""
        ...


class Admission(Protocol):
    """Gives every model its gate."""

    def gate(self, key: str, fixed: int | None, bounds: tuple[int, int] | None) -> Gate:
        """Give the gate of a model, the same one for the same key.

        Args:
            key: What shares connections (provider, account, model).
            fixed: Connections that the user fixed; None: adaptive.
            bounds: Connections to begin with and at most, if the user set them.
        """
        ...


class _Scan:
    """The admission of a scan, and what the registry holds for its models."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.held: dict[tuple[str, int | None], ConcurrencySemaphore] = {}


_scan: ContextVar[_Scan | None] = ContextVar("scout_admission", default=None)
_current: ContextVar[_Call | None] = ContextVar("scout_connection", default=None)


def answers_here(key: str) -> bool:
    """Tell whether a model, by the key of its connections, answers within this process, so that nobody refuses calls."""
    return key.startswith(_HERE)


@contextmanager
def admitting(admission: Admission) -> Generator[None]:
    """Let an admission decide about the model calls of the block and of the tasks that it starts."""
    _install()
    token = _scan.set(_Scan(admission))
    try:
        yield
    finally:
        _scan.reset(token)


class _Entry(AbstractAsyncContextManager[None]):
    """What inspect_ai enters around a call: the gate, known to whoever hears of the answer."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.hears_answers = False

    async def __aenter__(self) -> None:
        await self.gate.acquire()
        _current.set(_Call(self))

    async def __aexit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        _current.set(None)
        if kind is None:
            self.gate.accepted()
        self.gate.release()

    def retrying(self, retry_after: float | None) -> None:
        """Take note of a retry: a refusal, unless the answer itself was heard already."""
        if not self.hears_answers:
            if (call := _current.get()) is not None:
                call.refused = True
            self.gate.refused(retry_after)


class _Call:
    """An admitted call, and the answers to it so far: all but the last were refusals or failures."""

    def __init__(self, entry: _Entry) -> None:
        self._entry = entry
        self._answered = False
        self.refused = False
        """Whether the last answer said "too many calls"."""

    async def rest(self, seconds: float) -> None:
        """Wait for the next attempt. That after a refusal is a matter of the model's pace, not of each call's own."""
        refused, self.refused, self._answered = self.refused, False, False
        await self._entry.gate.rest(0.0 if refused else seconds)

    def answered(self, refused: bool, retry_after: float | None) -> None:
        """Take note of an answer."""
        gate, self._entry.hears_answers = self._entry.gate, True
        if self._answered:
            gate.sent_again()
        self._answered, self.refused = True, refused
        if refused:
            gate.refused(retry_after)


class _Fixed:
    """A gate as the registry holds it for a fixed number of connections."""

    def __init__(self, name: str, entry: _Entry) -> None:
        self.name = name
        self.visible = True
        self.semaphore: AbstractAsyncContextManager[Any] = entry
        self._gate = entry.gate

    @property
    def concurrency(self) -> int:
        return self._gate.limit

    @property
    def value(self) -> int:
        return max(0, self._gate.limit - self._gate.in_flight)

    @property
    def in_use(self) -> int:
        return self._gate.in_flight


class _Adaptive(AdaptiveConcurrencyController):
    """A gate as the registry holds it for adaptive connections: models tell it how calls went."""

    def __init__(self, name: str, key: str, entry: _Entry) -> None:
        limit = max(1, entry.gate.limit)
        super().__init__(name, AdaptiveConcurrency(min=1, start=limit, max=limit), True, key=key)
        self.semaphore: AbstractAsyncContextManager[Any] = entry
        self._entry = entry

    @property
    def value(self) -> int:
        return max(0, self._entry.gate.limit - self._entry.gate.in_flight)

    @property
    def in_use(self) -> int:
        return self._entry.gate.in_flight

    def notify_success(self) -> None:
        self._entry.gate.succeeded()

    def notify_retry(self, retry_after: float | None = None) -> None:
        self._entry.retrying(retry_after)


class _Registry:
    """The registry of the process: models of governed scans go to their admission, all else where it went before."""

    def __init__(self, before: ConcurrencySemaphoreRegistry) -> None:
        self._before = before

    async def get_or_create(
        self,
        name: str,
        concurrency: int,
        key: str | None,
        visible: bool,
        adaptive: AdaptiveConcurrency | None = None,
        resizable: bool = False,
    ) -> ConcurrencySemaphore:
        scan = _scan.get()
        if scan is None or key is None or not key.startswith(MODEL_PREFIX):
            return await self._before.get_or_create(name, concurrency, key, visible, adaptive, resizable)
        fixed = concurrency if adaptive is None else None
        found = scan.held.get((key, fixed))
        if found is None:
            # Equal to the defaults means that nobody set them.
            set_bounds = adaptive is not None and adaptive != AdaptiveConcurrency()
            bounds = (adaptive.start, adaptive.max) if adaptive is not None and set_bounds else None
            entry = _Entry(scan.admission.gate(key, fixed, bounds))
            found = _Fixed(name, entry) if adaptive is None else _Adaptive(name, key, entry)
            scan.held[key, fixed] = found
        return found

    def values(self) -> Iterable[ConcurrencySemaphore]:
        return self._before.values()


_heard = HttpHooks.record_response
_retries: Any = import_module("inspect_ai.model._retry")  # looks up the wait between attempts in its own names
_slept: Callable[[float], Awaitable[None]] = _retries._sample_wait_sleep


def _record_response(
    self: HttpHooks, request_id: str | None, status: int, headers: Mapping[str, str] | None, *, kind: Any = None
) -> None:
    """Hear of each answer when it comes: providers' own clients hide refusals until they send the call again."""
    _heard(self, request_id, status, headers, kind=kind)
    call = _current.get()
    if call is not None:
        refused = kind == "rate_limit" or (kind is None and status in REFUSING_STATUSES)
        call.answered(refused, parse_retry_after(headers) if refused and headers is not None else None)


async def _rest(seconds: float) -> None:
    """Wait between two attempts at a call, at its gate if it has one."""
    call = _current.get()
    await (_slept(seconds) if call is None else call.rest(seconds))


def _install() -> None:
    """Put the registry in place (an eval in this process puts its own back), listen to answers, and let calls rest."""
    if not isinstance(registry_module._concurrency_registry, _Registry):
        registry_module._concurrency_registry = _Registry(registry_module._concurrency_registry)
    if HttpHooks.record_response is _heard:
        HttpHooks.record_response = _record_response  # type: ignore[method-assign]
    _retries._sample_wait_sleep = _rest
