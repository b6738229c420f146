"""What Scout says in its log."""

from __future__ import annotations

import logging

import pytest


def own_records(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """List what Scout logged: what other libraries log depends on the tests that ran before."""
    return [record for record in caplog.records if record.name.startswith("inspect_scout")]
