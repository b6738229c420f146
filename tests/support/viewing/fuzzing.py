"""Requests made of the description of the API: none of them may be answered with a fault of ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks as known_checks

from inspect_scout._view import ViewSettings, create_app

_checks: Any = known_checks  # their types are less than half known
HEADERS = {"host": "127.0.0.1:7576"}
# A stream without an end; what starts a process each time is tried by tests of its own.
LEFT_OUT = re.compile(r".*/events|.*/runs|.*/project/options")
KNOWN: Mapping[str, str] = {"scan_id": "example", "scanner": "edits_tests", "file": "Y2FzZXMuY3N2", "key": "ImEi"}
"""What there is in the project."""

_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]


def described_api(example_scan: Path, folder: Path, description: str = "/api/v3/openapi.json") -> Any:
    """Describe the API of a server of a project of its own, with one scan.

    Args:
        example_scan: The scan that is copied.
        folder: Folder of the project.
        description: Where the API is described.
    """
    shutil.copytree(example_scan, folder / "scans" / f"scan_id={KNOWN['scan_id']}")
    (folder / "cases.csv").write_text("id,target\na,true\n")
    (folder / "scout.yaml").write_text("name: p\n")
    app = create_app(ViewSettings(project_dir=str(folder), scans=str(folder / "scans")))
    return schemathesis.openapi.from_asgi(description, app, headers=HEADERS)


def operations(api: Any) -> Iterator[Any]:
    """Give the operations that are tried."""
    for found in api.get_all_operations():
        operation = found.ok()
        if not LEFT_OUT.fullmatch(operation.path):
            yield operation


def try_operation(operation: Any, examples: int) -> None:
    """Send requests as they are made, and once more about things that there are."""

    @settings(max_examples=examples, deadline=None, suppress_health_check=_SLOW)
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        made: dict[str, Any] = dict(case.path_parameters or {})
        known = {name: value for name, value in KNOWN.items() if name in made}
        for about in [made, {**made, **known}] if known else [made]:
            case.path_parameters = about
            answer = case.call(headers=HEADERS)
            case.validate_response(answer, checks=[_checks.not_a_server_error])

    send()
