"""Connections: a client that sends its request too slowly, or does not take its answer, is let go."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from asyncio.transports import Transport

_ARRIVING = ("IDLE", "SEND_BODY")
"""States of a client whose request has not arrived, or not whole, as h11 calls them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a client may take.

    Args:
        request_seconds: Seconds in which a request must arrive, its body included.
        stall_seconds: Seconds in which a client must take some of an answer that waits for it.
    """

    request_seconds: float = 30.0
    stall_seconds: float = 30.0


class _Limit:
    """Something that must happen within a time, or else the connection is closed."""

    def __init__(self) -> None:
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, seconds: float, transport: Transport) -> None:
        """Begin to wait, unless it is being waited for."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(seconds, transport.abort)

    def end(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class PatientProtocol(H11Protocol):
    """HTTP/1.1, with limits to how long a client may take."""

    patience = Patience()

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._arrival, self._stall = _Limit(), _Limit()
        self._watch_arrival()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request."""
        super().data_received(data)
        self._watch_arrival()

    def on_response_complete(self) -> None:
        """Go on with the next request, which may have begun to arrive."""
        super().on_response_complete()
        if self.conn.trailing_data[0]:  # else nothing is asked, and uvicorn closes what is idle
            self._watch_arrival()

    def pause_writing(self) -> None:
        """Begin to wait for a client that takes nothing."""
        super().pause_writing()
        self._stall.begin(self.patience.stall_seconds, self.transport)

    def resume_writing(self) -> None:
        """Go on: the client takes its answer."""
        super().resume_writing()
        self._stall.end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._arrival.end()
        self._stall.end()
        super().connection_lost(exc)

    def _watch_arrival(self) -> None:
        if str(self.conn.their_state) in _ARRIVING:
            self._arrival.begin(self.patience.request_seconds, self.transport)
        else:
            self._arrival.end()
