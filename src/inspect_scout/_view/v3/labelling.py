"""Labelling: results to label without what their scanner said, and how far scanners and people agree."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from ..context import Context
from ..places import decode_location
from ..waiting import at_once
from .answers import Name, answer, in_thread
from .labelling_models import LabelQueue, RatersAgreementItem, ScannerAgreement
from .labels import LabelPath
from .places import Scan, scan_named
from .results import PAGE_BYTES

one_scanner = APIRouter(prefix="/scans/{scan_id}/{scanner}", tags=["labels"])
one_file = APIRouter(prefix="/labels/{file}", tags=["labels"])

Strata = Literal["value", "task", "model", "none"]
Groups = Literal["split", "task", "model"]


@one_scanner.get("/queue", response_model=LabelQueue)
async def get_queue(
    request: Request,
    context: Context,
    scan: Scan,
    scanner: Name,
    size: Annotated[int, Query(ge=1, le=1000, description="Results at most.")] = 20,
    by: Annotated[Strata, Query(description="What to take equally many results of.")] = "value",
    seed: Annotated[int, Query(ge=0, le=2**31, description="Other seeds choose others, in another order.")] = 0,
) -> Response:
    """Choose results to label, labelled or not, in an order that tells nothing of what their scanner said."""
    from ..._app import key_of, queue_to_label, row_about

    async with context.budget.hold(PAGE_BYTES):
        sample = await queue_to_label(scan, scanner, size, by, seed)
    items = [
        {
            "key": key_of({"id": about["id"]}),
            "about": about,
            "transcript_id": row.transcript_id,
            "uuid": row.uuid,
            "task_set": row.task[0],
            "model": row.model,
        }
        for row, about in ((row, row_about(row)) for row in sample.verdicts)
    ]
    return answer(request, {"items": items, "question": sample.question, "classes": list(sample.classes)})


@one_file.get("/agreement", response_model=ScannerAgreement)
async def get_agreement(
    request: Request,
    context: Context,
    path: LabelPath,
    scan: Annotated[str, Query(max_length=2000, description="Id of a scan of the configured ones, or its location.")],
    scanner: Annotated[str, Query(max_length=1000, description="Whose results are compared with the labels.")],
    by: Annotated[Groups | None, Query(description="Groups besides all cases.")] = None,
) -> Response:
    """Compare what a scanner said with the labels of a file; nothing is judged again."""
    from ..._app import report_json, validation_reports

    location = await scan_named(context, scan)
    async with context.budget.hold(PAGE_BYTES):
        (report,) = await validation_reports(location, scanner, by, {scanner: path})
    return answer(request, report_json(report))


@one_file.get("/raters/{other}", response_model=RatersAgreementItem)
@at_once
async def get_raters_agreement(request: Request, context: Context, path: LabelPath, other: Name) -> Response:
    """Compare the labels of two people, each of whom has a file."""
    from ..._app import raters_agreement

    second = context.label_file(decode_location(other))
    return answer(request, await in_thread(lambda: raters_agreement(path, second)))
