"""The description of the API."""

from __future__ import annotations

from pathlib import Path

from inspect_scout._view import v3


def test_the_committed_description_is_that_of_the_routes() -> None:
    committed = Path(v3.__file__).with_name("openapi.json").read_text(encoding="utf-8")
    assert committed == v3.openapi_text(), "run: python docs/generate_openapi.py (make openapi)"
