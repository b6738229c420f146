"""The description of the API, and what comes of requests that are made of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspect_scout._view import v3
from support.viewing.fuzzing import described_api, operations, try_operation


def test_the_committed_description_is_that_of_the_routes() -> None:
    committed = Path(v3.__file__).with_name("openapi.json").read_text(encoding="utf-8")
    assert committed == v3.openapi_text(), "run: python docs/generate_openapi.py (make openapi)"


@pytest.fixture(scope="module")
def api(example_scan: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return described_api(example_scan, tmp_path_factory.mktemp("project"))


def test_no_request_is_answered_with_a_fault(api: Any) -> None:
    for operation in operations(api):
        try_operation(operation, 6)
