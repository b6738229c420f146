"""Scans: lists of them, one, its results, its files."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import Response

from ... import _app
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.storage import is_local, join
from ..context import Context, ViewContext
from .answers import JSON, json_answer, streamed
from .segments import decode_segment, plain_segment
from .transcripts import DistinctRequest, JsonBody

router = APIRouter(prefix="/scans")

_ARROW = "application/vnd.apache.arrow.stream; codecs=lz4"
_ZIP = "application/zip"

Names = Annotated[list[str] | None, Query()]


@router.get("/active")
async def list_active() -> Response:
    """List the scans that run on this machine."""
    return json_answer({"items": await _app.all_active()})


@router.post("/{dir}")
async def list_scans(context: Context, dir: str, body: JsonBody = None) -> Response:
    """List scans."""
    location = context.places.check(decode_segment(dir))
    return json_answer(await _app.scan_rows(location, _app.parse_page_request(body)))


@router.post("/{dir}/distinct")
async def list_values(context: Context, dir: str, body: DistinctRequest | None = None) -> Response:
    """List the values of a column."""
    location = context.places.check(decode_segment(dir))
    if body is None:
        return json_answer([])
    where = None if body.filter is None else _app.parse_condition(body.filter)
    return json_answer(await _app.distinct_in_scans(location, body.column, where))


@router.get("/{dir}/{scan}")
async def read_scan(context: Context, request: Request, dir: str, scan: str) -> Response:
    """Tell how a scan stands, or send its files as a zip file."""
    location = _scan_location(context, dir, scan)
    if _ZIP in request.headers.get("accept", ""):
        name = location.rstrip("/").rpartition("/")[2]
        headers = {"Content-Disposition": f'attachment; filename="{_plain(name)}.zip"'}
        return await streamed(await _app.scan_archive(location), _ZIP, headers)
    return json_answer(await _app.status_json(location))


@router.delete("/{dir}/{scan}", status_code=204)
async def delete_scan(context: Context, dir: str, scan: str) -> Response:
    """Move a scan to the trash; a remote one, which has no trash, is deleted."""
    await _app.trash_scan(_scan_location(context, dir, scan))
    context.changes.publish("scans")
    return Response(status_code=204)


@router.get("/{dir}/{scan}/{scanner}")
async def read_results(context: Context, dir: str, scan: str, scanner: str, exclude_column: Names = None) -> Response:
    """Read the results of a scanner as an Arrow stream."""
    location = _scan_location(context, dir, scan)
    with _missing_scanner():
        chunks = await _app.results_stream(location, plain_segment(scanner), exclude_column or [])
    return await streamed(chunks, _ARROW)


@router.get("/{dir}/{scan}/{scanner}/{uuid}")
async def read_result(context: Context, dir: str, scan: str, scanner: str, uuid: str, column: Names = None) -> Response:
    """Read columns of one result."""
    location = _scan_location(context, dir, scan)
    if not column:
        raise ConfigError("Say which columns are wanted: ?column=NAME, repeated.")
    with _missing_scanner():
        cells = await _app.result_cells(location, plain_segment(scanner), plain_segment(uuid), column)
    return Response(cells, media_type=JSON)


@contextmanager
def _missing_scanner() -> Generator[None]:
    """Answer 404 where a scan has no such scanner: it is part of the path."""
    try:
        yield
    except UnknownNameError as error:
        raise HTTPException(404, str(error)) from None


def _scan_location(context: ViewContext, dir: str, scan: str) -> str:
    """Find the directory of a scan: named below another one, or in full."""
    folder, name = context.places.check(decode_segment(dir)), decode_segment(scan)
    whole = not is_local(name) or name.startswith("/")
    return context.places.check(name if whole else join(folder, name))


def _plain(name: str) -> str:
    """Leave out of a file name what a header cannot hold."""
    return "".join(sign if sign.isascii() and sign.isprintable() and sign not in '"\\' else "_" for sign in name)
