"""Calls to models, with the real clients, against a provider that misbehaves and counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.provider.asking import ask
from support.provider.dialects import DIALECTS, Dialect
from support.provider.server import Provider, serving_provider


@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_client_is_understood_and_answered_with_one_call(dialect: Dialect, tmp_path: Path) -> None:
    with serving_provider(Provider()) as provider:
        status, rows = ask(provider, dialect, tmp_path, transcripts=3)
    assert status.complete
    assert list(rows["value"]) == ['{"answer": true}'] * 3
    assert list(rows["scan_total_tokens"]) == [120] * 3
    assert (len(provider.calls), provider.answered, provider.strays) == (3, 3, [])
