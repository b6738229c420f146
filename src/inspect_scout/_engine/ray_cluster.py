"""Workers on a Ray cluster."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import pickle
import signal
import socket
import threading
import time
from collections import deque
from collections.abc import Iterable
from typing import Any

from .._support.errors import ConfigError, WorkerError
from .._support.storage import host_name, is_local
from .messages import Down, Up

ADDRESS_VARIABLE = "RAY_ADDRESS"
LOOPBACK = "127.0.0.1"

_ANSWER_SECONDS = 5.0
_WITHOUT_PORT = frozenset({"", "auto", "local"})


class RayLink:
    """An actor, as its parent sees it.

    Args:
        ray: The library.
        actor: The actor.
    """

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray, self._actor = ray, actor
        self._number = 0
        self._heard: deque[Up] = deque()
        self._how = "an end that nobody saw"

    def send(self, message: Down) -> None:
        """Send a message; never waits."""
        data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
        self._actor.deliver.remote(self._number, data)
        self._number += 1

    async def receive(self) -> Up | None:
        """Wait for the next message; None: the actor is gone."""
        from .ray_actor import read

        if not self._heard:
            try:
                self._heard.extend(map(read, await self._actor.collect.remote()))
            except self._ray.exceptions.RayError as error:
                self._how = f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
        return self._heard.popleft() if self._heard else None

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


class RayLauncher:
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
            self._start()
        alive = [str(node["NodeManagerHostname"]) for node in ray.nodes() if node.get("Alive")]
        check_reachable(location, alive, host_name())
        return max(1, int(ray.cluster_resources().get("CPU", 1)))

    async def launch(self) -> RayLink:
        """Start an actor, as soon as the cluster has a processor for it."""
        from .ray_actor import StationActor

        actor = self._ray.remote(StationActor).options(num_cpus=1, scheduling_strategy="SPREAD").remote(time.time())
        return RayLink(self._ray, actor)

    async def aclose(self) -> None:
        """End the cluster if it was started for this scan."""
        if self._ours:
            self._ours = False
            await asyncio.to_thread(self._ray.shutdown)
            _keep_handler(signal.getsignal(signal.SIGTERM))

    def _start(self) -> None:
        options: dict[str, Any] = {"logging_level": logging.WARNING, "log_to_driver": False}
        if self._address is None:
            options |= {"address": "local", "include_dashboard": False, "_node_ip_address": LOOPBACK}
        else:
            _check_answers(self._address)
            options["address"] = self._address
        heard = signal.getsignal(signal.SIGTERM)
        try:
            self._ray.init(**options)
        except Exception as error:
            where = f"at {self._address!r}" if self._address else "on this machine"
            said = str(error).strip().partition("\n")[0]
            raise WorkerError(f"There is no Ray cluster {where}: {said}") from error
        _keep_handler(heard)
        self._ours = True


def _keep_handler(handler: Any) -> None:
    """Take SIGTERM back from Ray: its handler ends the program at once, and when it leaves it removes anybody's."""
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
