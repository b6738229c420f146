"""Files of labelled cases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, JsonValue
from starlette.responses import Response

from ... import _app
from ..._support.storage import run_in_thread
from ..context import Context, ViewContext
from ..places import from_uri
from ..states import KnownStateIfAny
from .answers import json_answer
from .segments import decode_segment

if TYPE_CHECKING:
    from ..._app import LabelFile

router = APIRouter(prefix="/validations")

T = TypeVar("T")
Fields = dict[str, JsonValue]


class NewCasesFile(BaseModel):
    """A file of cases that is to be made."""

    path: str
    """Its path, or its URI."""

    cases: list[Fields] = []
    """Its cases."""


class NewName(BaseModel):
    """Another name."""

    name: str
    """The name, without a suffix."""


@router.get("")
async def list_files(context: Context) -> Response:
    """List the files of labelled cases of the project."""
    folder = context.settings.project_dir
    found = [] if context.settings.file is not None else await run_in_thread("", lambda: _app.label_paths(folder))
    return json_answer([_app.as_uri(path) for path in found])


@router.post("")
async def create_file(context: Context, body: NewCasesFile) -> Response:
    """Make a file of labelled cases."""
    path = await run_in_thread("", lambda: context.new_label_file(from_uri(body.path)))
    await _change(context, lambda: _app.create_case_file(path, body.cases))
    return json_answer(_app.as_uri(path))


@router.get("/{uri}")
async def read_file(context: Context, uri: str) -> Response:
    """Read the cases of a file."""
    path = context.label_file(decode_segment(uri))
    file = await run_in_thread("", lambda: _app.read_labels(path))
    return json_answer([case.fields for case in file.cases], {"ETag": f'"{file.etag}"'})


@router.delete("/{uri}", status_code=204)
async def delete_file(context: Context, uri: str) -> Response:
    """Move a file of cases to the trash."""
    path = context.label_file(decode_segment(uri))
    await _change(context, lambda: _app.delete_labels(path))
    return Response(status_code=204)


@router.put("/{uri}/rename")
async def rename_file(context: Context, uri: str, body: NewName) -> Response:
    """Give a file of cases another name."""
    path = context.label_file(decode_segment(uri))
    return json_answer(_app.as_uri(await _change(context, lambda: _app.rename_labels(path, body.name))))


@router.get("/{uri}/{case_id}")
async def read_case(context: Context, uri: str, case_id: str) -> Response:
    """Read one case."""
    path, key = context.label_file(decode_segment(uri)), _app.case_key(decode_segment(case_id))
    file = await run_in_thread("", lambda: _app.read_labels(path))
    return _one_case(file, key)


@router.post("/{uri}/{case_id}")
async def put_case(context: Context, uri: str, case_id: str, body: Fields, known: KnownStateIfAny) -> Response:
    """Put a case in the place of the one of its id, or add it."""
    path, key = context.label_file(decode_segment(uri)), _app.case_key(decode_segment(case_id))
    fields = _app.case_fields(body)
    file = await _change(context, lambda: _app.put_case(path, key, fields, known))
    return _one_case(file, key)


@router.delete("/{uri}/{case_id}", status_code=204)
async def delete_case(context: Context, uri: str, case_id: str, known: KnownStateIfAny) -> Response:
    """Take a case out of a file."""
    path, key = context.label_file(decode_segment(uri)), _app.case_key(decode_segment(case_id))
    await _change(context, lambda: _app.delete_case(path, key, known))
    return Response(status_code=204)


def _one_case(file: LabelFile, key: str) -> Response:
    return json_answer(_app.find_case(file, key).fields, {"ETag": f'"{file.etag}"'})


async def _change(context: ViewContext, change: Callable[[], T]) -> T:
    """Change a file, and tell others."""
    try:
        changed = await run_in_thread("", change)
    except _app.CasesFileExistsError as error:
        raise HTTPException(409, str(error)) from None
    except _app.ChangedFileError as error:
        raise HTTPException(412, str(error)) from None
    context.changes.publish("labels")
    return changed
