"""Where inspect_ai asks for a connection to a model, and what it tells about refusals.

inspect_ai keeps one registry of semaphores for the whole process and, for models, a controller that adapts the number
of connections to refusals. Measured against a server that refuses above a hidden rate of 20 and 60 calls a second, that
controller reached 65 % and 89 % of the rate with 58 % and 40 % of the calls refused: it counts connections where the
server counts calls a second, and it learns of a refusal when the call is sent again. So a scan brings its own admission:
inside `admitting(...)` every model gets its limiter from there, and outside of it nothing changes.
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

_LOCAL_MODELS: Final = (f"{MODEL_PREFIX}MockLLM:", f"{MODEL_PREFIX}ScriptedAPI:")

REFUSING_STATUSES: Final = frozenset({429, 503, 529})
"""HTTP statuses by which providers say that they get too many calls."""

count_retries: Final = http_retries_count
"""Counts the calls that this process sent again, whether they were refused or nobody answered."""


class CallLimiter(Protocol):
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

    def resent(self) -> None:
        """Take note of a call that a client sent again of its own accord, under the admission it has."""
        ...

    def accepted(self) -> None:
        """Take note of a call that was answered in the end, after whatever retries."""
        ...

    async def wait_to_resend(self, seconds: float) -> None:
        """Wait until a call may be sent again, under the admission it has: some seconds, if nothing happens till then."""
        ...


class Admission(Protocol):
    """Gives every model its limiter."""

    def limiter(self, key: str, fixed: int | None, bounds: tuple[int, int] | None) -> CallLimiter:
        """Give the limiter of a model, the same one for the same key.

        Args:
            key: What shares connections (provider, account, model).
            fixed: Connections that the user fixed; None: adaptive.
            bounds: Connections to begin with and at most, if the user set them.
        """
        ...


class _ScanAdmission:
    """The admission of a scan, and what the registry holds for its models."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.semaphores: dict[tuple[str, int | None], ConcurrencySemaphore] = {}


_scan: ContextVar[_ScanAdmission | None] = ContextVar("scout_admission", default=None)
_current: ContextVar[_AdmittedCall | None] = ContextVar("scout_connection", default=None)


def answers_locally(key: str) -> bool:
    """Tell whether a model, by the key of its connections, answers within this process, so that nobody refuses calls."""
    return key.startswith(_LOCAL_MODELS)


@contextmanager
def admitting(admission: Admission) -> Generator[None]:
    """Let an admission decide about the model calls of the block and of the tasks that it starts."""
    _install()
    token = _scan.set(_ScanAdmission(admission))
    try:
        yield
    finally:
        _scan.reset(token)


class _ConnectionSlot(AbstractAsyncContextManager[None]):
    """What inspect_ai enters around a call: the limiter, known to whoever is told of the answer."""

    def __init__(self, limiter: CallLimiter) -> None:
        self.limiter = limiter
        self.sees_answers = False

    async def __aenter__(self) -> None:
        await self.limiter.acquire()
        _current.set(_AdmittedCall(self))

    async def __aexit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        _current.set(None)
        if kind is None:
            self.limiter.accepted()
        self.limiter.release()

    def retrying(self, retry_after: float | None) -> None:
        """Take note of a retry: a refusal, unless the answer itself was seen already."""
        if not self.sees_answers:
            if (call := _current.get()) is not None:
                call.refused = True
            self.limiter.refused(retry_after)


class _AdmittedCall:
    """An admitted call, and the answers to it so far: all but the last were refusals or failures."""

    def __init__(self, slot: _ConnectionSlot) -> None:
        self._slot = slot
        self._answered = False
        self.refused = False
        """Whether the last answer said "too many calls"."""

    async def wait_to_resend(self, seconds: float) -> None:
        """Wait for the next attempt. That after a refusal is a matter of the model's pace, not of each call's own."""
        refused, self.refused, self._answered = self.refused, False, False
        await self._slot.limiter.wait_to_resend(0.0 if refused else seconds)

    def answered(self, refused: bool, retry_after: float | None) -> None:
        """Take note of an answer."""
        limiter, self._slot.sees_answers = self._slot.limiter, True
        if self._answered:
            limiter.resent()
        self._answered, self.refused = True, refused
        if refused:
            limiter.refused(retry_after)


class _FixedSemaphore:
    """A limiter as the registry holds it for a fixed number of connections."""

    def __init__(self, name: str, slot: _ConnectionSlot) -> None:
        self.name = name
        self.visible = True
        self.semaphore: AbstractAsyncContextManager[Any] = slot
        self._limiter = slot.limiter

    @property
    def concurrency(self) -> int:
        return self._limiter.limit

    @property
    def value(self) -> int:
        return max(0, self._limiter.limit - self._limiter.in_flight)

    @property
    def in_use(self) -> int:
        return self._limiter.in_flight


class _AdaptiveSemaphore(AdaptiveConcurrencyController):
    """A limiter as the registry holds it for adaptive connections: models tell it how calls went."""

    def __init__(self, name: str, key: str, slot: _ConnectionSlot) -> None:
        limit = max(1, slot.limiter.limit)
        super().__init__(name, AdaptiveConcurrency(min=1, start=limit, max=limit), True, key=key)
        self.semaphore: AbstractAsyncContextManager[Any] = slot
        self._slot = slot

    @property
    def value(self) -> int:
        return max(0, self._slot.limiter.limit - self._slot.limiter.in_flight)

    @property
    def in_use(self) -> int:
        return self._slot.limiter.in_flight

    def notify_success(self) -> None:
        self._slot.limiter.succeeded()

    def notify_retry(self, retry_after: float | None = None) -> None:
        self._slot.retrying(retry_after)


class _AdmissionRegistry:
    """The registry of the process: models of scans go to their admission, all else where it went before."""

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
        found = scan.semaphores.get((key, fixed))
        if found is None:
            # Equal to the defaults means that nobody set them.
            set_bounds = adaptive is not None and adaptive != AdaptiveConcurrency()
            bounds = (adaptive.start, adaptive.max) if adaptive is not None and set_bounds else None
            slot = _ConnectionSlot(scan.admission.limiter(key, fixed, bounds))
            found = _FixedSemaphore(name, slot) if adaptive is None else _AdaptiveSemaphore(name, key, slot)
            scan.semaphores[key, fixed] = found
        return found

    def values(self) -> Iterable[ConcurrencySemaphore]:
        return self._before.values()


_original_record_response = HttpHooks.record_response
_retries: Any = import_module("inspect_ai.model._retry")  # looks up the wait between attempts in its own names
_original_sleep: Callable[[float], Awaitable[None]] = _retries._sample_wait_sleep


def _record_response(
    self: HttpHooks, request_id: str | None, status: int, headers: Mapping[str, str] | None, *, kind: Any = None
) -> None:
    """Watch each answer when it comes: providers' own clients hide refusals until they send the call again."""
    _original_record_response(self, request_id, status, headers, kind=kind)
    call = _current.get()
    if call is not None:
        refused = kind == "rate_limit" or (kind is None and status in REFUSING_STATUSES)
        call.answered(refused, parse_retry_after(headers) if refused and headers is not None else None)


async def _wait_to_resend(seconds: float) -> None:
    """Wait between two attempts at a call, at its limiter if it has one."""
    call = _current.get()
    await (_original_sleep(seconds) if call is None else call.wait_to_resend(seconds))


def _install() -> None:
    """Put the registry in place (an eval in this process puts its own back), watch answers, and let calls wait at their limiters."""
    if not isinstance(registry_module._concurrency_registry, _AdmissionRegistry):
        registry_module._concurrency_registry = _AdmissionRegistry(registry_module._concurrency_registry)
    if HttpHooks.record_response is _original_record_response:
        HttpHooks.record_response = _record_response  # type: ignore[method-assign]
    _retries._sample_wait_sleep = _wait_to_resend
