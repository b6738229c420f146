"""One stream of events for a page that is open: what has changed, and how the scans stand that run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fastapi import APIRouter, HTTPException, Request, Response

from ..._support.errors import ScoutError
from ..changes import TooManyListenersError
from ..context import Context, ViewContext
from ..waiting import at_once
from .event_stream import Event, EventStream
from .work_models import ChangeItem, RunningScanItem

if TYPE_CHECKING:
    from ..changes import Change

router = APIRouter(tags=["events"])

LOOK_SECONDS = 1.0
_SHARE = 5
"""Looking at scans of millions takes time of its own, and must not become what the machine is busy with."""


@dataclass(slots=True, eq=False)
class _Untold:
    """What a listener has not been told yet: the newest state of each scan, also of one that has ended meanwhile."""

    states: dict[str, object]
    is_new: asyncio.Event = field(default_factory=asyncio.Event)


class StateFeed:
    """How the scans stand that run, looked at once for all who listen, while somebody does.

    Args:
        context: What may be read, and who is told that scans have changed.
    """

    def __init__(self, context: ViewContext) -> None:
        self._context = context
        self._states: Mapping[str, object] = {}
        self._listeners: list[_Untold] = []
        self._looking: asyncio.Task[None] | None = None

    async def listen(self) -> AsyncGenerator[object]:
        """Give the state of each scan that runs, now and whenever it has changed; the last one says how it has ended."""
        if self._looking is None or self._looking.done():
            self._states = {}  # nobody has looked for a while
            self._looking = asyncio.create_task(self._look_while_wanted())
        untold = _Untold(dict(self._states))
        self._listeners.append(untold)
        try:
            while True:
                while untold.states:
                    yield untold.states.pop(next(iter(untold.states)))
                untold.is_new.clear()
                await untold.is_new.wait()
        finally:
            self._listeners.remove(untold)

    async def _look_while_wanted(self) -> None:
        await self._context.kept.loaded()  # a scan may run in a store, or its rows must be counted
        from ..._app import RunningScans, running_json

        scans, loop = RunningScans(self._context.places.allows), asyncio.get_running_loop()
        while self._listeners:
            began = loop.time()
            try:
                found = await scans.look()
            except (ScoutError, OSError):  # those who listen would wait for ever if nobody looked again
                await asyncio.sleep(LOOK_SECONDS)
                continue
            states = {each.state.facts.location: running_json(each) for each in found}
            if states.keys() != self._states.keys():
                self._context.changes.publish("scans")
            newer = {location: state for location, state in states.items() if self._states.get(location) != state}
            self._states = states
            for untold in self._listeners if newer else ():
                untold.states |= newer
                untold.is_new.set()
            await asyncio.sleep(max(LOOK_SECONDS, _SHARE * (loop.time() - began)))


@router.get(
    "/events", response_class=EventStream, status_code=200, responses={200: {"model": ChangeItem | RunningScanItem}}
)
@at_once
async def listen(request: Request, context: Context) -> Response:
    """Tell what has changed (`changed`) and how the scans stand that run (`state`), until the client leaves."""
    state = request.app.state
    if getattr(state, "feed", None) is None:
        state.feed = StateFeed(context)
    try:
        changes = context.changes.listen()
    except TooManyListenersError as error:
        raise HTTPException(429, str(error)) from None
    return EventStream(_events(changes, state.feed))


async def _events(changes: AsyncGenerator[Change], feed: StateFeed) -> AsyncGenerator[Event]:
    """Give the events of both sources as they come."""
    sources = {"changed": changes, "state": feed.listen()}
    waiting: dict[asyncio.Task[object], str] = {}
    try:
        for name, source in sources.items():
            waiting[asyncio.ensure_future(_next(source))] = name
        while waiting:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                name = waiting.pop(task)
                yield Event(name, task.result())
                waiting[asyncio.ensure_future(_next(sources[name]))] = name
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for source in sources.values():
            await source.aclose()


async def _next(source: AsyncGenerator[object]) -> object:
    return await anext(source)
