"""What requests share. It needs much that a server does not need to start, so that is loaded when the server listens."""

from __future__ import annotations

import asyncio
import importlib
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from .allocator import give_back_tables, share_freed_memory

if TYPE_CHECKING:
    from .._app import Runs, TranscriptCache

_LIBRARIES = (
    "inspect_ai.log",
    "inspect_ai.model",
    "inspect_ai.scorer",
    "pyarrow.compute",
    "pyarrow.parquet",
    "numpy.ma",
    "duckdb",
)
"""What use cases load, from the outermost: modules of Inspect import each other in circles."""

_FIRST_NEEDED = (
    "scan_detail",
    "scanner_findings",
    "list_transcripts",
    "label_files",
    "project_state",
    "known_scanners",
    "result_cells",
)
"""Use cases that load, in this order, what the first requests would wait for."""


class Kept:
    """What requests share, made when the first of them needs it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._transcripts: TranscriptCache | None = None
        self._runs: Runs | None = None
        self._closed = False
        self._begun, self._done = False, Future[None]()

    def transcripts(self) -> TranscriptCache:
        """Give what is known of transcripts."""
        from .._app import TranscriptCache

        with self._lock:
            if self._transcripts is None:
                self._transcripts = TranscriptCache()
            return self._transcripts

    def runs(self, project_dir: str) -> Runs:
        """Give the runs that were started for the project.

        Args:
            project_dir: Its folder.
        """
        from .._app import Runs

        with self._lock:
            if self._runs is None:
                self._runs = Runs(project_dir)
            return self._runs

    def load(self) -> None:
        """Begin to load, in a thread, what the first requests need; once."""
        with self._lock:
            if self._begun:
                return
            self._begun = True
        threading.Thread(target=self._load, name="scout-view-loading").start()

    async def loaded(self) -> None:
        """Wait until it is loaded (`waiting.py` says who does).

        Requests that load in threads of their own meanwhile would find modules of Inspect half made: these import each other
        in circles, and two threads that begin at two places of a circle see what the other has not finished.
        """
        self.load()
        if not self._done.done():
            await asyncio.shield(asyncio.wrap_future(self._done))

    def close(self) -> None:
        """Close what is open, and load nothing more; on the event loop of the server."""
        self._closed = True
        if self._transcripts is not None:
            self._transcripts.close()

    def _load(self) -> None:
        from .. import _app

        share_freed_memory()
        try:
            for name in _LIBRARIES:
                if self._closed:
                    return
                importlib.import_module(name)
            give_back_tables()
            for name in _FIRST_NEEDED:
                if self._closed:
                    return
                getattr(_app, name)
        finally:
            self._done.set_result(None)
