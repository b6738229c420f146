"""The files of scan jobs of a project, as data that can be started."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from ..._project import Document, ScanJobConfig, find_mistakes, read_job_config
from ..._scanners import find_scan_files
from ..._support.errors import ScoutError
from ..._support.shapes import is_list, is_mapping


@dataclass(frozen=True, slots=True)
class ProjectJob:
    """A scan job of a project.

    Args:
        path: Its file, seen from the project; with `@` and the name if it is one of several functions.
        problem: Why it cannot be started as data (None: it can).
        job: What it holds, with paths seen from the project.
    """

    path: str
    problem: str | None
    job: Mapping[str, object]


def project_jobs(folder: str) -> list[ProjectJob]:
    """List the scan jobs of a project, those of YAML and JSON files with what they hold; blocks."""
    jobs: list[ProjectJob] = []
    for found in find_scan_files(folder):
        if found.jobs:
            jobs.extend(_of_function(target) for target, _ in found.targets)
        elif not found.scanners:
            jobs.append(_read(folder, found.path))
    return jobs


def job_mistakes(job: Mapping[str, object]) -> list[str]:
    """Tell what no scan job can have, each with its key."""
    return [str(mistake) for mistake in find_mistakes(Document("", "", dict(job)), ScanJobConfig)]


def _of_function(target: str) -> ProjectJob:
    """Say how to start a job that only its function knows: nothing of the project is run to list it."""
    return ProjectJob(
        target, f"A function makes this job. Start it in a terminal: scout scan {shlex.quote(target)}", {}
    )


def _read(folder: str, path: str) -> ProjectJob:
    try:
        config = read_job_config(os.path.join(folder, path))
    except (ScoutError, OSError) as error:
        return ProjectJob(path, str(error), {})
    job = config.model_dump(mode="json", exclude_unset=True, exclude_none=True)
    return ProjectJob(path, None, _seen_from_project(job, folder, os.path.dirname(path)))


def _seen_from_project(job: dict[str, object], folder: str, beside: str) -> dict[str, object]:
    """Name files that stand beside the job as the project sees them: the job is started from there."""

    def seen(file: object) -> object:
        if not isinstance(file, str) or "://" in file or os.path.exists(os.path.join(folder, file)):
            return file
        near = os.path.join(beside, file)
        return near if os.path.exists(os.path.join(folder, near)) else file

    scanners, cases = job.get("scanners"), job.get("validation")
    for scanner in scanners if is_list(scanners) else scanners.values() if is_mapping(scanners) else ():
        if is_mapping(scanner) and "file" in scanner:
            scanner["file"] = seen(scanner["file"])
    changed = dict(job)
    if is_mapping(cases):
        changed["validation"] = {name: seen(each) for name, each in cases.items()}
    if isinstance(job.get("model_args"), str):
        changed["model_args"] = seen(job["model_args"])
    return changed
