"""Log records for programs: every message carries its facts as extra fields."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict

from .._engine import Progress, ProgressSink
from .._support.clock import SYSTEM_CLOCK, Clock
from .._support.terminal import printable
from .contract import ScanOutcome, ScanTitle
from .plain import PROGRESS_SECONDS, Throttle, table_lines
from .wording import count_line, failures, longest_fact, percent, trouble_facts

LOGGER = logging.getLogger("inspect_scout")


class LogDisplay:
    """Shows what happens as records of the logger "inspect_scout".

    Args:
        clock: What the time is.
    """

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock

    def print(self, text: str = "") -> None:
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
    ) -> None:
        """Log a table as one record."""
        LOGGER.info("%s", "\n".join(table_lines(title, headers, rows, footer, None, whole)))

    @contextmanager
    def counting(self, caption: str) -> Generator[Callable[[int, int], None]]:
        """Log how far a count has come."""
        throttle = Throttle(PROGRESS_SECONDS, self._clock)

        def update(done: int, total: int) -> None:
            if throttle.ready():
                LOGGER.info("%s", count_line(caption, done, total))

        yield update

    @contextmanager
    def scan(self, title: ScanTitle) -> Generator[ProgressSink]:
        """Log a scan while it runs."""
        facts = {"total_scans": title.total, "skipped_scans": title.skipped, "scan_location": title.location}
        LOGGER.info("Starting scan", extra=facts)
        yield _ProgressRecords(Throttle(PROGRESS_SECONDS, self._clock))

    def outcome(self, outcome: ScanOutcome) -> None:
        """Log how a scan stands."""
        location = printable(outcome.title.location)
        facts = {"status": asdict(outcome), "scan_location": outcome.title.location}
        match outcome.state:
            case "complete":
                LOGGER.info("Scan complete: %s", location, extra=facts)
            case "errors":
                LOGGER.warning("%s (%s)", " ".join(failures(outcome)), location, extra=facts)
            case "interrupted":
                LOGGER.warning("Scan interrupted: %s", location, extra=facts)
            case "running":
                LOGGER.info("Scan running: %s", location, extra=facts)


class _ProgressRecords:
    def __init__(self, throttle: Throttle) -> None:
        self._throttle = throttle

    def update(self, progress: Progress) -> None:
        """Take note of the newest state."""
        if not self._throttle.ready():
            return
        share = percent(progress.completed, progress.total)
        completed, total = progress.completed, progress.total
        facts = {
            "scan_progress": {"completed": completed, "total": total, "percent": share},
            "scan_metrics": asdict(progress),
        }
        said = "".join(f", {fact}" for fact in (*trouble_facts(progress), *longest_fact(progress)))
        LOGGER.info("Scan progress: %d%% (%s/%s)%s", share, f"{completed:,}", f"{total:,}", said, extra=facts)
