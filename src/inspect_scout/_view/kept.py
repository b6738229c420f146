"""What requests share. It needs much that a server does not need to start, so that is loaded when the server listens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .._app import Runs, TranscriptLibrary

_FIRST_NEEDED = ("scan_detail", "list_transcripts", "label_files", "project_state", "known_scanners", "result_cells")
"""Use cases that load, in this order, what the first requests would wait for."""


class Kept:
    """What requests share, made when the first of them needs it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: TranscriptLibrary | None = None
        self._runs: Runs | None = None
        self._closed = False

    def library(self) -> TranscriptLibrary:
        """Give what is known of transcripts."""
        from .._app import TranscriptLibrary

        with self._lock:
            if self._library is None:
                self._library = TranscriptLibrary()
            return self._library

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
        """Begin to load, in a thread, what the first requests need."""
        threading.Thread(target=self._load, name="scout-view-loading").start()

    def close(self) -> None:
        """Close what is open, and load nothing more; on the event loop of the server."""
        self._closed = True
        if self._library is not None:
            self._library.close()

    def _load(self) -> None:
        from .. import _app

        for name in _FIRST_NEEDED:
            if self._closed:
                return
            getattr(_app, name)
