"""Errors as answers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from inspect_scout import ConfigError, LocationError, ScanStateError, StorageError, TranscriptTooLargeError
from inspect_scout._view.changes import TooManyListenersError
from inspect_scout._view.errors import handle_errors, status_of
from inspect_scout._view.places import PlaceRefusedError

pytestmark = pytest.mark.anyio


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")
    number: float = 0
    said: str = ""


def client() -> httpx.AsyncClient:
    app = FastAPI()
    handle_errors(app)

    @app.post("/")
    async def refuse(body: Body) -> dict[str, Any]:
        raise ConfigError(f"{body.said} cannot be")

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (PlaceRefusedError("x"), 403),
        (LocationError("x"), 404),
        (TranscriptTooLargeError("a", 2, 1), 413),
        (ScanStateError("x"), 409),
        (TooManyListenersError("x"), 429),
        (StorageError("x"), 424),
        (ConfigError("x"), 400),
    ],
)
def test_each_mistake_has_its_status(error: Exception, status: int) -> None:
    assert status_of(error) == status


@pytest.mark.parametrize(
    "body",
    [b"\xff", b"{", b"[]", b'{"number": "x"}', b'{"number": 1e999, "more": NaN}', b'{"\\ud800": 1}', b"[" * 10_000],
)
async def test_what_is_not_a_body_is_refused_without_saying_it_again(body: bytes) -> None:
    async with client() as http:
        response = await http.post("/", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    detail = response.json()["detail"]
    assert isinstance(detail, str) or all(set(problem) == {"loc", "msg", "type"} for problem in detail)


async def test_half_a_character_is_no_fault_of_the_server() -> None:
    async with client() as http:
        response = await http.post("/", content=b'{"said": "\\ud800"}', headers={"content-type": "application/json"})
    assert 400 <= response.status_code < 500
