"""Files of labelled cases. Who changes one says with `If-Match` which state of it he has read; `*` is any."""

from __future__ import annotations

import os
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import JsonValue

from ..._support.errors import ConfigError
from ..context import Context, ViewContext
from ..places import decode_location, encode_location
from ..states import KnownState
from ..waiting import at_once
from .answers import answer, encoded, in_thread
from .work_models import LabelCaseItem, LabelCases, LabelChange, LabelFileItems, NewCases, NewLabelFile, NewLabelName

router = APIRouter(prefix="/labels", tags=["labels"])
one_file = APIRouter(prefix="/labels/{file}", tags=["labels"])

FileName = Annotated[str, Path(max_length=2000, description="`file` of the list: base64 of its path in the project.")]
Key = Annotated[
    str, Path(max_length=10_000, description="`key` of a case: base64 of the JSON of its id, or ids, or task.")
]


async def label_path(context: Context, file: FileName) -> str:
    """Find the file that a request is about."""
    return context.label_file(decode_location(file))


LabelPath = Annotated[str, Depends(label_path)]


@router.get("", response_model=LabelFileItems)
@at_once
async def list_label_files(request: Request, context: Context) -> Response:
    """List the files of labelled cases of the project."""
    items = [] if context.settings.file is not None else await in_thread(lambda: _file_items(context))
    return answer(request, {"items": items, "total": len(items), "next": None})


@router.post("", response_model=LabelChange, status_code=201)
@at_once
async def create_label_file(context: Context, body: NewLabelFile) -> Response:
    """Make a file of labelled cases that does not exist yet."""
    from ..._app import create_labels

    path = await in_thread(lambda: context.new_label_file(body.name))
    made = await in_thread(lambda: create_labels(path, body.cases, body.nested_splits))
    return changed(context, path, made.etag, len(made.cases), 201)


@one_file.get("", response_model=LabelCases)
@at_once
async def list_cases(
    request: Request,
    path: LabelPath,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Cases at most.")] = 1000,
    cursor: Annotated[str | None, Query(max_length=100, description="The `next` of the page before.")] = None,
) -> Response:
    """List the cases of a file."""
    from ..._app import read_labels

    file = await in_thread(lambda: read_labels(path))
    start = _start(cursor, file.etag)
    end = start + limit
    after = f"{end}-{file.etag[:16]}" if end < len(file.cases) else None
    cases = {"items": file.cases[start:end], "total": len(file.cases), "next": after, "etag": file.etag}
    return answer(request, cases, f'"{file.etag}"')


@one_file.put("", response_model=LabelChange)
@at_once
async def replace_cases(context: Context, path: LabelPath, state: KnownState, body: NewCases) -> Response:
    """Write all cases of a file again."""
    from ..._app import replace_labels

    made = await in_thread(lambda: replace_labels(path, body.cases, state))
    return changed(context, path, made.etag, len(made.cases))


@one_file.delete("", status_code=204)
@at_once
async def delete_label_file(context: Context, path: LabelPath, state: KnownState) -> Response:
    """Move a file of labelled cases to the trash."""
    from ..._app import delete_labels

    await in_thread(lambda: delete_labels(path, state))
    context.changes.publish("labels")
    return Response(status_code=204)


@one_file.put("/name", response_model=LabelChange)
async def rename_label_file(context: Context, path: LabelPath, body: NewLabelName) -> Response:
    """Give a file of labelled cases another name, in the same folder."""
    from ..._app import read_labels, rename_labels

    renamed = await in_thread(lambda: rename_labels(path, body.name))
    file = await in_thread(lambda: read_labels(renamed))
    return changed(context, renamed, file.etag, len(file.cases))


@one_file.get("/cases/{key}", response_model=LabelCaseItem)
@at_once
async def get_case(request: Request, path: LabelPath, key: Key) -> Response:
    """Give a case; its ETag is that of the file."""
    from ..._app import find_case, read_labels

    file = await in_thread(lambda: read_labels(path))
    return answer(request, find_case(file, key), f'"{file.etag}"')


@one_file.put("/cases/{key}", response_model=LabelChange)
@at_once
async def put_case(
    context: Context, path: LabelPath, key: Key, state: KnownState, body: dict[str, JsonValue]
) -> Response:
    """Put a case in the place of the one that is about the same, or behind the others of its split."""
    from ..._app import put_case as put

    made = await in_thread(lambda: put(path, key, body, state))
    return changed(context, path, made.etag, len(made.cases))


@one_file.delete("/cases/{key}", response_model=LabelChange)
@at_once
async def delete_case(context: Context, path: LabelPath, key: Key, state: KnownState) -> Response:
    """Take a case out of a file."""
    from ..._app import delete_case as delete

    made = await in_thread(lambda: delete(path, key, state))
    return changed(context, path, made.etag, len(made.cases))


def _file_items(context: ViewContext) -> list[dict[str, object]]:
    """Tell of the files of labelled cases of the project, and which scanner and whom each is for. Blocks."""
    from ..._app import label_files, main_file_of, scanner_of_name, scanners_of_files

    folder = context.settings.project_dir
    files = [each for each in label_files(folder) if context.places.allows(each.path)]
    named, names = scanners_of_files(folder), {each.name for each in files}
    items: list[dict[str, object]] = []
    for each in files:
        main, rater = main_file_of(each.name, names) or (each.name, None)
        told: dict[str, object] = {
            name: getattr(each, name) for name in ("name", "cases", "problem", "splits", "targets")
        }
        told["file"] = encode_location(each.name)
        told["scanner"] = named.get(os.path.realpath(os.path.join(folder, main))) or scanner_of_name(main)
        items.append({**told, "rater": rater, "rates": None if rater is None else encode_location(main)})
    return items


def changed(context: ViewContext, path: str, etag: str, cases: int, status: int = 200) -> Response:
    """Answer a change of a file, and let others know."""
    context.changes.publish("labels")
    name = os.path.relpath(path, context.settings.project_dir)
    told = {"file": encode_location(name), "name": name, "cases": cases, "etag": etag}
    return Response(encoded(told), status, {"etag": f'"{etag}"'}, "application/json")


def _start(cursor: str | None, etag: str) -> int:
    if cursor is None:
        return 0
    number, _, state = cursor.partition("-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise ConfigError(f"{cursor!r} is not a cursor; give the one that the page before tells.")
    if state != etag[:16]:
        raise ConfigError("The file was changed since the page before was read; begin with the first page.")
    return int(number)
