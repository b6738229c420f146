"""Log records for programs: every message carries its facts as extra fields."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager

import msgspec

from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.terminal import printable
from .._types import ScanState
from .plain import PROGRESS_SECONDS, Throttle, table_lines
from .wording import Tone, count_line, failures, longest_fact, percent, trouble_facts

LOGGER = logging.getLogger("inspect_scout")


class LogDisplay:
    """Shows what happens as records of the logger "inspect_scout".

    Args:
        clock: What the time is.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock

    def print(self, text: str = "", tone: Tone = "text") -> None:  # noqa: ARG002 - records have no colours
        """Log a line of text."""
        if text:
            LOGGER.info("%s", printable(text))

    def table(
        self,
        title: str,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        footer: Sequence[str] = (),
        whole: Collection[str] = (),
        optional: Sequence[str] = (),  # noqa: ARG002 - a record has any width
        tones: Sequence[Tone] = (),  # noqa: ARG002 - records have no colours
    ) -> None:
        """Log a table as one record."""
        lines = table_lines(title, headers, rows, footer, whole=whole)
        LOGGER.info("%s", "\n".join(line.text for line in lines))

    @contextmanager
    def counting(self, caption: str) -> Generator[Callable[[int, int], None]]:
        """Log how far a count has come."""
        throttle = Throttle(PROGRESS_SECONDS, self._clock)

        def update(done: int, total: int) -> None:
            if throttle.ready():
                LOGGER.info("%s", count_line(caption, done, total))

        yield update

    @contextmanager
    def scan(self, state: ScanState) -> Generator[Callable[[ScanState], None]]:
        """Log a scan while it runs."""
        facts = {"total_scans": state.due, "skipped_scans": state.skipped, "scan_location": state.facts.location}
        LOGGER.info("Starting scan", extra=facts)
        throttle = Throttle(PROGRESS_SECONDS, self._clock)

        def update(state: ScanState) -> None:
            if throttle.ready():
                _log_progress(state)

        yield update

    def outcome(self, state: ScanState) -> None:
        """Log how a scan stands."""
        location = printable(state.facts.location)
        facts = {"status": msgspec.to_builtins(state), "scan_location": state.facts.location}
        match state.phase:
            case "complete":
                LOGGER.info("Scan complete: %s", location, extra=facts)
            case "errors":
                LOGGER.warning("%s (%s)", " ".join(failures(state)), location, extra=facts)
            case "interrupted":
                LOGGER.warning("Scan interrupted: %s", location, extra=facts)
            case "running" | "planned":
                LOGGER.info("Scan running: %s", location, extra=facts)


def _log_progress(state: ScanState) -> None:
    share, done, due = percent(state.done, state.due), state.done, state.due
    doing = state.doing
    facts = {
        "scan_progress": {"completed": done, "total": due, "percent": share},
        "scan_metrics": {**msgspec.to_builtins(state), "doing": msgspec.to_builtins(doing)},
    }
    details = "".join(f", {fact}" for fact in (*trouble_facts(doing), *longest_fact(doing)))
    LOGGER.info("Scan progress: %d%% (%s/%s)%s", share, f"{done:,}", f"{due:,}", details, extra=facts)
