"""Errors as answers: what a client did wrong is a 4xx with a plain message, and nothing of the code is shown."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi.exceptions import RequestValidationError
from starlette.responses import JSONResponse

from .._support.errors import (
    ConfigError,
    LocationError,
    LogReadError,
    ScanStateError,
    ScoutError,
    StorageError,
    TranscriptTooLargeError,
)
from .._support.json import well_formed
from .changes import TooManyListenersError
from .places import PlaceRefusedError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request

logger = logging.getLogger(__name__)

STATUS_BY_ERROR: tuple[tuple[type[Exception], int], ...] = (
    (PlaceRefusedError, 403),
    (TooManyListenersError, 429),
    (LocationError, 404),
    (TranscriptTooLargeError, 413),
    (ScanStateError, 409),
    (LogReadError, 422),
    (StorageError, 424),
    (ConfigError, 400),
    (ScoutError, 400),
)
"""The first that fits counts."""


def status_of(error: Exception) -> int:
    """Tell the HTTP status of an error that Scout raises on purpose."""
    return next(status for kind, status in STATUS_BY_ERROR if isinstance(error, kind))


async def answer_scout_error(_: Request, error: Exception) -> JSONResponse:
    """Answer with what the error says."""
    return JSONResponse({"detail": well_formed(str(error))}, status_of(error))


async def answer_invalid(_: Request, error: Exception) -> JSONResponse:
    """Answer what is wrong with the parameters or the body, without what was sent: that need not be text."""
    assert isinstance(error, RequestValidationError)
    problems = [
        {
            "loc": [well_formed(part) if isinstance(part, str) else part for part in problem["loc"]],
            "msg": well_formed(problem["msg"]),
            "type": problem["type"],
        }
        for problem in error.errors()
    ]
    return JSONResponse({"detail": problems}, 422)


async def answer_unexpected(request: Request, error: Exception) -> JSONResponse:
    """Answer a fault of ours: the log has the traceback, the client a sentence."""
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return JSONResponse({"detail": "The server failed at this request; its log says why."}, 500)


def handle_errors(app: Starlette) -> None:
    """Let an application answer errors."""
    app.add_exception_handler(ScoutError, answer_scout_error)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(Exception, answer_unexpected)
