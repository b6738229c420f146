"""Runs: scans that are started, resumed, completed, cancelled and deleted."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ..._support.errors import ConfigError
from ..._support.shapes import is_list, is_mapping
from ..._support.storage import is_local
from ..context import Context
from .answers import answer, encoded, in_thread
from .places import Scan, is_allowed, path_in_project, scans_place
from .work_models import CancelledScan, DeletedScan, DryRunItem, NewRun, ResumeAsked, RunItem, RunItems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..._app import Runs

router = APIRouter(tags=["runs"])
one_scan = APIRouter(prefix="/scans/{scan_id}", tags=["runs"])


async def runs_of(request: Request, context: Context) -> Runs:
    """Give the runs that were started for the project of a server."""
    from ..._app import Runs

    state = request.app.state
    if getattr(state, "runs", None) is None:
        state.runs = Runs(context.settings.project_dir)
    runs: Runs = state.runs
    return runs


RunsOf = Annotated["Runs", Depends(runs_of)]


@router.get("/runs", response_model=RunItems)
async def list_runs(request: Request, context: Context, runs: RunsOf) -> Response:
    """List the runs that were started here, and the scans that run on this machine, wherever they were started."""
    from ..._app import RunningScans, running_json

    started = await in_thread(runs.list)
    running = await RunningScans(partial(is_allowed, context)).look()
    return answer(request, {"items": started, "running": list(map(running_json, running))})


@router.post("/runs", response_model=RunItem, status_code=201, responses={200: {"model": DryRunItem}})
async def start_run(context: Context, runs: RunsOf, body: NewRun) -> Response:
    """Start a scan in a process of its own, or only count what it would scan (`dry_run`)."""
    job = dict(body.job)
    scans = job.get("scans") or job.get("results")
    if scans is not None and not isinstance(scans, str):
        raise ConfigError(f"scans={scans!r} is not a text. Give one path or URL.")
    job["scans"] = scans_place(context, scans)
    for file in _scanner_files(job):
        path_in_project(context, file)
    for place in _places(job):
        context.places.check(place if not is_local(place) else os.path.join(context.settings.project_dir, place))
    if body.dry_run:
        return Response(encoded(await runs.dry_run(job)), 200, media_type="application/json")
    run = await runs.start("scan", (), job)
    context.changes.publish("scans")
    return Response(encoded(run), 201, media_type="application/json")


@one_scan.post("/resume", response_model=RunItem, status_code=201)
async def resume_scan(context: Context, runs: RunsOf, scan: Scan, body: ResumeAsked | None = None) -> Response:
    """Go on with a scan, in a process of its own."""
    from ..._app import off_loop, refuse_complete_scan

    await off_loop(scan, lambda: refuse_complete_scan(scan, "resume"))
    flags = body.flags() if body is not None else []
    run = await runs.start("resume", ["resume", scan, *flags])
    context.changes.publish("scans")
    return Response(encoded(run), 201, media_type="application/json")


@one_scan.post("/complete", response_model=RunItem, status_code=201)
async def complete_scan(context: Context, runs: RunsOf, scan: Scan) -> Response:
    """Declare a scan complete, in a process of its own: its errors are not tried again."""
    from ..._app import off_loop, refuse_complete_scan

    await off_loop(scan, lambda: refuse_complete_scan(scan, "complete"))
    run = await runs.start("complete", ["complete", scan])
    context.changes.publish("scans")
    return Response(encoded(run), 201, media_type="application/json")


@one_scan.post("/cancel", response_model=CancelledScan)
async def cancel_scan(context: Context, runs: RunsOf, scan: Scan) -> Response:
    """Ask the process that runs a scan to end it, as Ctrl-C does; asked again, it ends at once."""
    from ..._app import cancel_scan as cancel

    pid = await cancel(scan, runs.owns)
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
        "state": None if found.state is None else state_json(found.state),
        "deleted": not dry_run,
    }
    return Response(encoded(told), media_type="application/json")


def _places(job: Mapping[str, object]) -> Iterator[str]:
    """Name the places that a job reads: transcripts, files of cases and of arguments of the model."""
    transcripts, validation = job.get("transcripts"), job.get("validation")
    yield from (each for each in (transcripts, job.get("model_args")) if isinstance(each, str))
    yield from (each for each in (transcripts if is_list(transcripts) else ()) if isinstance(each, str))
    yield from (each for each in (validation.values() if is_mapping(validation) else ()) if isinstance(each, str))


def _scanner_files(job: Mapping[str, object]) -> Iterator[str]:
    """Name the files of scanners of a job, which are run: only those of the project may be."""
    scanners = job.get("scanners")
    for scanner in scanners if is_list(scanners) else scanners.values() if is_mapping(scanners) else ():
        file = scanner.get("file") if is_mapping(scanner) else None
        if isinstance(file, str):
            yield file
