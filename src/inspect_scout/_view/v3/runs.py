"""Runs: scans that are started, resumed, completed, cancelled and deleted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from ..context import Context
from ..jobs import check_job
from .answers import answer, encoded, in_thread
from .places import Scan
from .work_models import CancelledScan, DeletedScan, DryRunItem, NewRun, ResumeAsked, RunItem, RunItems

router = APIRouter(tags=["runs"])
one_scan = APIRouter(prefix="/scans/{scan_id}", tags=["runs"])


@router.get("/runs", response_model=RunItems)
async def list_runs(request: Request, context: Context) -> Response:
    """List the runs that were started here, and the scans that run on this machine, wherever they were started."""
    from ..._app import RunningScans, running_json

    started = await in_thread(context.runs.list)
    running = await RunningScans(context.places.allows).look()
    return answer(request, {"items": started, "running": list(map(running_json, running))})


@router.post("/runs", response_model=RunItem, status_code=201, responses={200: {"model": DryRunItem}})
async def start_run(context: Context, body: NewRun) -> Response:
    """Start a scan in a process of its own, or only count what it would scan (`dry_run`)."""
    job = await in_thread(lambda: check_job(context, body.job))
    if body.dry_run:
        return Response(encoded(await context.runs.dry_run(job)), 200, media_type="application/json")
    run = await context.runs.start("scan", (), job)
    context.changes.publish("scans")
    return Response(encoded(run), 201, media_type="application/json")


@one_scan.post("/resume", response_model=RunItem, status_code=201)
async def resume_scan(context: Context, scan: Scan, body: ResumeAsked | None = None) -> Response:
    """Go on with a scan, in a process of its own."""
    from ..._app import off_loop, refuse_complete_scan

    await off_loop(scan, lambda: refuse_complete_scan(scan, "resume"))
    flags = body.flags() if body is not None else []
    run = await context.runs.start("resume", ["resume", scan, *flags])
    context.changes.publish("scans")
    return Response(encoded(run), 201, media_type="application/json")


@one_scan.post("/complete", response_model=RunItem, status_code=201)
async def complete_scan(context: Context, scan: Scan) -> Response:
    """Declare a scan complete, in a process of its own: its errors are not tried again."""
    from ..._app import off_loop, refuse_complete_scan

    await off_loop(scan, lambda: refuse_complete_scan(scan, "complete"))
    run = await context.runs.start("complete", ["complete", scan])
    context.changes.publish("scans")
    return Response(encoded(run), 201, media_type="application/json")


@one_scan.post("/cancel", response_model=CancelledScan)
async def cancel_scan(context: Context, scan: Scan) -> Response:
    """Ask the process that runs a scan to end it, as Ctrl-C does; asked again, it ends at once."""
    from ..._app import cancel_scan as cancel

    pid = await cancel(scan, context.runs.owns)
    context.changes.publish("scans")
    return Response(encoded({"location": scan, "pid": pid}), media_type="application/json")


@one_scan.delete("", response_model=DeletedScan)
async def delete_scan(
    context: Context,
    scan: Scan,
    dry_run: Annotated[bool, Query(description="Only tell what would be lost.")] = False,
) -> Response:
    """Delete the directory of a scan: only what is one, that nobody is at work on, and that holds nothing else."""
    from ..._app import removable_scans, remove_scan, state_json

    (found,) = await removable_scans([scan])
    if not dry_run:
        await remove_scan(found)
        context.changes.publish("scans")
    told = {
        "location": found.location,
        "files": found.files,
        "bytes": found.size,
        "state": state_json(found.state),
        "deleted": not dry_run,
    }
    return Response(encoded(told), media_type="application/json")
