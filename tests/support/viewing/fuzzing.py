"""Requests made of the description of an API: none of them may be answered with a fault of ours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import checks as known_checks

from inspect_scout._view import ViewSettings, guarded_app

from .url_places import in_url

_checks: Any = known_checks  # their types are less than half known
HEADERS = {"host": "127.0.0.1:7576"}
# A stream without an end; what starts a process each time is tried by tests of its own.
LEFT_OUT = re.compile(r"/events|/topics/stream|/runs|/startscan|/project/options")
_SCAN = "scan_id=example"
_SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large, HealthCheck.large_base_example]

Version = Literal["v2", "v3"]


@dataclass(frozen=True)
class DescribedApi:
    """An API as it describes itself, of a server of a project of its own.

    Args:
        schema: The description.
        known: Values of parts of paths by how the path begins: what there is in the project.
    """

    schema: Any
    known: Mapping[str, Mapping[str, str]]

    def operations(self) -> Iterator[Any]:
        """Give the operations that are tried, what deletes and renames at the end."""
        found = [each.ok() for each in self.schema.get_all_operations()]
        found.sort(key=_lasting)
        yield from (each for each in found if not LEFT_OUT.fullmatch(each.path))

    def known_of(self, path: str) -> Mapping[str, str]:
        """Tell what there is that a path may be about."""
        nothing: Mapping[str, str] = {}
        return next((known for begin, known in self.known.items() if begin in path), nothing)


def _lasting(operation: Any) -> int:
    """Tell what takes away more of the project, and so comes later."""
    if operation.path.endswith("/rename"):
        return 2
    if operation.method.upper() != "DELETE":
        return 0
    return 1 if operation.path.endswith(("/{key}", "/{case_id}")) else 3


def described_api(example_scan: Path, example_logs: Path, folder: Path, version: Version) -> DescribedApi:
    """Describe an API of a server of a project with the example logs, one scan and one file of cases.

    Args:
        example_scan: The scan that is copied.
        example_logs: The logs that are copied.
        folder: Folder of the project.
        version: Which API.
    """
    shutil.copytree(example_scan, folder / "scans" / _SCAN)
    shutil.copytree(example_logs, folder / "logs")
    (folder / "cases.csv").write_text("id,target\na,true\n")
    (folder / "scout.yaml").write_text("name: p\ntranscripts: ./logs\nscans: ./scans\n")
    transcript = "NQ7dDdcKAUnFgyYfCwecd8"
    cases = {
        "file": in_url("cases.csv"),
        "key": in_url('"a"'),
        "uri": in_url(folder / "cases.csv"),
        "case_id": in_url("a"),
    }
    scans = {"dir": in_url(folder / "scans"), "scan": in_url(_SCAN), "scan_id": "example", "scanner": "edits_tests"}
    known = {
        "/scans": scans,
        "/transcripts": {"dir": in_url(folder / "logs"), "id": transcript},
        "/labels": cases,
        "/validations": cases,
    }
    app = guarded_app(
        ViewSettings(project_dir=str(folder), scans=str(folder / "scans"), transcripts=str(folder / "logs"))
    )
    schema = schemathesis.openapi.from_asgi(f"/api/{version}/openapi.json", app, headers=HEADERS, timeout=120)
    return DescribedApi(schema, known)


def try_operation(api: DescribedApi, operation: Any, examples: int) -> None:
    """Send requests as they are made, and once more about things that there are."""
    there_is = api.known_of(operation.path)

    @settings(max_examples=examples, deadline=None, suppress_health_check=_SLOW)
    @given(case=operation.as_strategy())
    def send(case: Any) -> None:
        made: dict[str, Any] = dict(case.path_parameters or {})
        known = {name: value for name, value in there_is.items() if name in made}
        for about in [made, {**made, **known}] if known else [made]:
            case.path_parameters = about
            answer = case.call(headers=HEADERS)
            case.validate_response(answer, checks=[_checks.not_a_server_error])

    send()
