"""Answers are what the models of their routes say, field by field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.routing import Match

from inspect_scout._view.v3 import ROUTERS
from support.viewing.asking import asking_of

PATHS = (
    "/scans",
    "/scans?limit=1",
    "/scans/{id}",
    "/scans/{id}/errors",
    "/compare?a={id}&b={id}",
    "/scans/{id}/edits_tests/results",
    "/scans/{id}/edits_tests/facets?by=model&by=value",
    "/scans/{id}/edits_tests/distribution",
    "/scans/{id}/edits_tests/results/{uuid}",
    "/scans/{id}/edits_tests/results/{uuid}/evidence",
)


def model_of(path: str) -> Any:
    scope: dict[str, Any] = {"type": "http", "path": path.partition("?")[0], "method": "GET", "headers": []}
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    return next(route.response_model for route in routes if route.matches(scope)[0] is Match.FULL)


@pytest.mark.parametrize("path", PATHS)
def test_answers_fit_their_models(example_scan: Path, path: str) -> None:
    ask = asking_of(example_scan.parent)
    scan = example_scan.name.removeprefix("scan_id=")
    uuid = ask.get(f"/scans/{scan}/edits_tests/results", positive=True)["items"][0]["uuid"]
    asked = path.format(id=scan, uuid=uuid)
    answer: httpx.Response = ask(asked)
    assert answer.status_code == 200, answer.text
    TypeAdapter(model_of(asked)).validate_json(answer.content)
