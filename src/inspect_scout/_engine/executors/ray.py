"""Workers on a Ray cluster: actors that run the same host as a process does.

The host has a thread and an event loop of its own: a scanner that holds up its loop does not keep the actor from saying so.

Messages travel in batches: the parent delivers its own, numbered because Ray does not promise to keep their order, and
collects what the worker has to say with one call that waits until there is something.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import logging
import os
import pickle
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from ..._support.errors import ConfigError, WorkerError
from ..._support.loops import in_main_thread
from ..._support.storage import host_name, is_local
from ..workers.host import run_remote
from ..workers.protocol import ToParent, ToWorker, relay
from ..workers.setup import WorkerSetup, first_units
from .contract import RunJob
from .pool import first_message, started_pool

ADDRESS_VARIABLE = "RAY_ADDRESS"
LOOPBACK = "127.0.0.1"

_ANSWER_SECONDS = 5.0
_WITHOUT_PORT = frozenset({"", "auto", "local"})


class RayChannel:
    """Leads to an actor.

    Args:
        ray: The library.
        actor: The actor.
    """

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray, self._actor = ray, actor
        self._number = 0
        self._received: deque[ToParent] = deque()
        self._how = "an end that nobody saw"

    def send(self, message: ToWorker) -> None:
        """Send a message; never waits."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        self._actor.deliver.remote(self._number, data)
        self._number += 1

    async def receive(self) -> ToParent | None:
        """Wait for the next message; None: the actor is gone."""
        if not self._received:
            try:
                collected = await self._actor.collect.remote()
                self._received.extend(map(pickle.loads, collected))  # noqa: S301 - comes from our own actor
            except self._ray.exceptions.RayError as error:
                self._how = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        return self._received.popleft() if self._received else None

    def kill(self) -> None:
        """End the actor at once."""
        try:
            self._ray.kill(self._actor)
        except Exception as error:  # noqa: BLE001 - a cluster that is gone raises many things, and has no actors
            logging.getLogger("inspect_scout").debug("An actor could not be ended: %s", error)

    async def ended(self) -> str:
        """Tell how the actor has ended."""
        return self._how

    async def release(self) -> None:
        """Give the actor's processor back."""
        self.kill()


class RayBackend:
    """Starts actors on a Ray cluster.

    Args:
        address: Address of the cluster (None: `$RAY_ADDRESS`, else a cluster on this machine, ended afterwards).
    """

    def __init__(self, address: str | None = None) -> None:
        self._address = address or os.environ.get(ADDRESS_VARIABLE) or None
        self._ray: Any = None
        self._ours = False

    def connect(self, location: str) -> int:
        """Connect to the cluster; gives the number of its processors.

        Args:
            location: Where results are to go.

        Raises:
            ConfigError: Ray is not installed, or its machines cannot reach the location.
            WorkerError: No cluster answers.
        """
        try:
            self._ray = ray = importlib.import_module("ray")
        except ImportError as error:
            raise ConfigError(
                "executor='ray' needs Ray, which is not installed. Next: pip install 'inspect-scout[ray]'"
            ) from error
        if not ray.is_initialized():
            self._connect()
        alive = [str(node["NodeManagerHostname"]) for node in ray.nodes() if node.get("Alive")]
        check_reachable(location, alive, host_name())
        return max(1, int(ray.cluster_resources().get("CPU", 1)))

    async def start(self) -> RayChannel:
        """Start an actor, as soon as the cluster has a processor for it."""
        actor = self._ray.remote(HostActor).options(num_cpus=1, scheduling_strategy="SPREAD").remote(time.time())
        return RayChannel(self._ray, actor)

    async def aclose(self) -> None:
        """End the cluster if it was started for this scan."""
        if self._ours:
            self._ours = False
            await asyncio.to_thread(in_main_thread, functools.partial(_keeping_handler, self._ray.shutdown))

    def _connect(self) -> None:
        options: dict[str, Any] = {"logging_level": logging.WARNING, "log_to_driver": False}
        if self._address is None:
            options |= {"address": "local", "include_dashboard": False, "_node_ip_address": LOOPBACK}
        else:
            _check_answers(self._address)
            options["address"] = self._address
        try:
            in_main_thread(lambda: _keeping_handler(functools.partial(self._ray.init, **options)))
        except Exception as error:  # Ray has no common base class for what starting or finding a cluster raises
            where = f"at {self._address!r}" if self._address else "on this machine"
            said = str(error).strip().partition("\n")[0]
            raise WorkerError(f"There is no Ray cluster {where}: {said}") from error
        self._ours = True


def _keeping_handler(act: Callable[[], object]) -> None:
    """Take SIGTERM back from Ray: its handler ends the program at once, and when it leaves it removes anybody's."""
    handler = signal.getsignal(signal.SIGTERM)
    try:
        act()
    finally:
        if handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)


def check_reachable(location: str, machines: Iterable[str], here: str) -> None:
    """Refuse a path of this machine if workers run on others.

    Args:
        location: Where the scan is recorded.
        machines: Names of the machines of the cluster.
        here: Name of this machine.

    Raises:
        ConfigError: Workers on other machines cannot reach it.
    """
    elsewhere = sorted({*machines} - {here, "localhost"})
    if is_local(location) and elsewhere:
        raise ConfigError(
            f"The scans location {location!r} is a path of this machine, which workers on {', '.join(elsewhere)} "
            "cannot reach. Use a location that all of them can, such as s3://bucket/scans."
        )


def _check_answers(address: str) -> None:
    """Find out within seconds that nobody is there, where Ray would try for minutes.

    Raises:
        WorkerError: Nobody is there.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if address in _WITHOUT_PORT or not host or not port.isdigit():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), _ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise WorkerError(
            f"No Ray cluster answers at {address!r}: {error}. Start one (ray start --head), or leave the address out to "
            "use a cluster on this machine."
        ) from error


class HostActor:
    """A worker; Ray makes an actor of it.

    Args:
        started: When the parent asked for it (`time.time()`).
    """

    def __init__(self, started: float) -> None:
        self._started = started
        self._early: dict[int, bytes] = {}
        self._next = 0
        self._down: asyncio.Queue[ToWorker | None] = asyncio.Queue()
        self._up: deque[bytes] = deque()
        self._said = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        """The actor's own loop, which delivers and collects."""
        self._work_loop = asyncio.new_event_loop()
        self._over = False

    async def deliver(self, number: int, message: bytes) -> None:
        """Take a message of the parent."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._work, name="scout-worker", daemon=True).start()
        self._early[number] = message
        while self._next in self._early:
            told = pickle.loads(self._early.pop(self._next))  # noqa: S301 - comes from our own parent
            self._work_loop.call_soon_threadsafe(self._down.put_nowait, told)
            self._next += 1

    async def collect(self) -> Sequence[bytes]:
        """Wait until the worker has something to say; nothing: it has said its last word."""
        while not self._up and not self._over:
            self._said.clear()
            await self._said.wait()
        return [self._up.popleft() for _ in range(len(self._up))]

    def send(self, message: ToParent) -> None:
        """Keep a message until the parent collects it."""
        self._up.append(pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL))
        self._wake()

    def send_from_thread(self, message: ToParent) -> None:
        """Keep a message from another thread than that of the worker's event loop."""
        self.send(message)

    async def receive(self) -> ToWorker | None:
        """Wait for the next message of the parent."""
        return await self._down.get()

    async def listen(self, handle: Callable[[ToWorker | None], None]) -> None:
        """Let a function handle all messages to come."""
        await relay(self.receive, handle)

    def _work(self) -> None:
        try:
            self._work_loop.run_until_complete(run_remote(self, self._started))
        finally:
            self._over = True
            self._wake()

    def _wake(self) -> None:
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._said.set)


class RayExecutor:
    """Runs all units in actors on a Ray cluster.

    Args:
        count: Actors (None: one for each processor of the cluster).
        address: Address of the cluster (None: `$RAY_ADDRESS`, else a cluster on this machine).
    """

    def __init__(self, count: int | None = None, address: str | None = None) -> None:
        self._count, self._address = count, address

    @asynccontextmanager
    async def prepared(self, setup: WorkerSetup, location: str) -> AsyncGenerator[RunJob]:
        """Connect to the cluster, start the actors, and wait until one is ready."""
        backend = RayBackend(self._address)
        try:
            count = backend.connect(location)
            async with started_pool(
                backend, self._count or count, first_message(setup, os.environ), first_units(setup)
            ) as run:
                yield run
        finally:
            await backend.aclose()
