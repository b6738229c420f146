"""Scan jobs of clients: what they name must be what the server may read, and scanners must be of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .._support.errors import ConfigError
from .._support.shapes import is_list, is_mapping
from .context import ViewContext


def check_job(context: ViewContext, job: Mapping[str, object]) -> dict[str, object]:
    """Give a scan job with its place for scans, if it names nothing else than it may. Blocks.

    Raises:
        LocationError: There is no project.
        PlaceRefusedError: It names a place that may not be read.
        ConfigError: It names a scanner that is not of the project, or has keys or values that no job can have.
    """
    from .._app import job_mistakes

    context.project()  # without one there is no place where scans would be kept
    mistakes = job_mistakes(job)
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    scans = job.get("scans") or job.get("results")
    if scans is not None and not isinstance(scans, str):
        raise ConfigError(f"scans={scans!r} is not a text. Give one path or URL.")
    for file in _scanner_files(job):
        context.project_file(file)
    for place in _places(job):
        context.check(place)
    return {**job, "scans": context.scans_place(scans)}


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
