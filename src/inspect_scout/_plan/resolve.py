"""From a request, its job, its project and the environment to one request that leaves nothing open."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .._project import MERGED_OPTIONS, OPTION_BY_NAME, ScanJobConfig, load_project, read_job_config
from .._scanners import (
    call_factory,
    check_arguments,
    factory_name,
    find_target,
    make_scanners,
    name_scanners,
    safe_name,
    scanner_config,
    typed_arguments,
)
from .._support.errors import ConfigError
from .._support.folder import absolute, relative_file
from .._support.shapes import is_mapping
from .absolute_paths import make_absolute
from .job import JobOrigin, ScanJob, scanner_specs, scanners_of
from .precedence import Setting, SettingsSource, default_values, environment_source, resolve_options
from .request import ScanRequest

# Options whose default is not written into the request: the plan must see that nobody set them.
_OPEN = frozenset({"max_transcripts"})


@dataclass(frozen=True, slots=True)
class ResolvedRequest:
    """A request in which every option has its value.

    Args:
        request: The request.
        settings: Value and source of each option.
    """

    request: ScanRequest
    settings: Mapping[str, Setting] = field(default_factory=dict[str, Setting])


def resolve_request(request: ScanRequest, *, run_files: bool = True) -> ResolvedRequest:
    """Merge a request with its job, with the project of the working directory, with environment and defaults.

    Args:
        request: The request.
        run_files: Whether the files of the scanners that the project names are run; else these are only named.

    Raises:
        ScoutError: A file of the project or of the job cannot be used, or several sources contradict each other.
    """
    project, defaults = load_project(), default_values()  # before a file is run, which may change the directory
    job, named = _job_or_scanners(request)
    given = {option.name: getattr(request, option.field) for option in MERGED_OPTIONS}
    label = "command line" if request.from_command_line else "argument"
    sources = [SettingsSource(label, {**given, "scanners": named})]
    if job is not None:
        sources.append(SettingsSource(_job_label(job), job.given(), folder=job.folder))
    named_there = scanners_of(project.config, base=request.folder) if run_files else scanner_specs(project.config)
    of_project = {**project.config.given(), "scanners": named_there or None}
    sources += [SettingsSource("project", of_project, project.sources), environment_source(request.environment)]
    for source in sources:
        if isinstance(tags := source.values.get("tags"), str):
            raise ConfigError(f"tags={tags!r} ({source.origin('tags')}) is a single text; give a list of tags.")
    settings = resolve_options(sources, defaults)
    _check_worklist(settings)
    # What is explained to the user stands as it was given; what is used is absolute.
    sources = [replace(each, values=make_absolute(each.values, each.folder or request.folder)) for each in sources]
    used = resolve_options(sources, make_absolute(defaults, request.folder))
    values: dict[str, Any] = {
        name: None if name in _OPEN and not each.sources else each.value for name, each in used.items()
    }
    if values["executor"] != "ray" and request.ray_address is None:
        values["ray_address"] = None  # a project knows its cluster also where this scan does not use it
    scanners: dict[str, Any] = values["scanners"] or dict[str, Any]()
    values["scanners"] = scanners
    values["validation"] = _applicable_cases(values["validation"], sources[-2].values.get("validation"), scanners)
    own_origin = None if job is None else job.origin
    origin = own_origin or JobOrigin(None, _recorded_arguments(request, named))
    fields: dict[str, Any] = {OPTION_BY_NAME[name].field: value for name, value in values.items()}
    file = None if origin.file is None else relative_file(origin.file, request.folder)
    resolved = request.changed(scan_file=file, scanner_args=dict(origin.args), environment={}, **fields)
    return ResolvedRequest(resolved, settings)


def _applicable_cases(cases: Any, of_project: Any, scanners: Mapping[str, Any]) -> Any:
    """Leave out the cases that a project keeps for scanners which are not part of this scan.

    Cases that were given for this very scan must name its scanners; the plan refuses them otherwise.
    """
    if not is_mapping(cases) or not is_mapping(of_project):
        return cases
    applicable = {
        name: value
        for name, value in cases.items()
        if name in scanners or safe_name(name) in scanners or value is not of_project.get(name)
    }
    return applicable or None


def _job_or_scanners(request: ScanRequest) -> tuple[ScanJob | None, dict[str, Any] | None]:
    """Find the job of a request, or else its scanners by name."""
    work: Any = request.scanners
    if isinstance(work, str):
        work = _load_named(work, request.scanner_args or {})
    elif isinstance(work, ScanJobConfig):
        work = ScanJob.from_config(work)
    if isinstance(work, ScanJob):
        return work, None
    # A request without scanners may be about the project alone; a scan of nothing is refused later.
    return None, name_scanners(work) if work else None


def _recorded_arguments(request: ScanRequest, named: Mapping[str, Any] | None) -> dict[str, Any]:
    """Record the arguments of a request as the scanners took them: what was typed means what they made of it."""
    taken = [scanner_config(scanner).params for scanner in (named or {}).values()]
    return {
        name: next((params[name] for params in taken if name in params), value)
        for name, value in request.scanner_args.items()
    }


def _load_named(spec: str, args: Mapping[str, Any]) -> Any:
    found = find_target(spec)
    if found.job is not None:
        check_arguments(found.job, args, "scan job")
        arguments = typed_arguments(found.job, args, f"scan job {factory_name(found.job)!r}")
        return call_factory(found.job, arguments, "scan job")
    if found.job_file is None:
        return make_scanners(found.scanners, args)
    if args:
        raise ConfigError(
            f"Arguments ({', '.join(args)}) are for Python files: a job file such as {spec!r} has none. Write them as "
            "params of its scanners."
        )
    path, file = str(found.job_file), absolute(str(found.job_file))
    job = ScanJob.from_config(read_job_config(path), os.path.dirname(file))
    return job.made_by(JobOrigin(file), None)


def _job_label(job: ScanJob) -> str:
    file = None if job.origin is None else job.origin.file
    name = job.name if file is None else relative_file(file, job.folder)
    return f"job {name}" if name else "job"


def _check_worklist(settings: Mapping[str, Setting]) -> None:
    worklist, limit = settings["worklist"], settings["limit"]
    if worklist.value is not None and limit.value is not None:
        raise ConfigError(
            f"A worklist ({worklist.source}) says what is scanned, so it cannot be combined with a limit "
            f"({limit.source}). Leave one of them out."
        )
