"""The files of scan jobs of a project, as data that can be started."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from ..._project import Document, ScanJobConfig, find_mistakes, read_job_config
from ..._scanners import find_scan_files
from ..._support.errors import ScoutError
from ..._support.shapes import is_list, is_mapping


@dataclass(frozen=True, slots=True)
class ProjectJob:
    """A file of a scan job.

    Args:
        path: Where it is, seen from the project.
        problem: Why it cannot be read (None: it can).
        job: What it holds, with paths seen from the project.
    """

    path: str
    problem: str | None
    job: Mapping[str, object]


def project_jobs(folder: str) -> list[ProjectJob]:
    """Read the YAML and JSON files of scan jobs of a project; blocks."""
    return [_read(folder, found.path) for found in find_scan_files(folder) if not found.jobs and not found.scanners]


def job_mistakes(job: Mapping[str, object]) -> list[str]:
    """Tell what no scan job can have, each with its key."""
    return [str(mistake) for mistake in find_mistakes(Document("", "", dict(job)), ScanJobConfig)]


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
