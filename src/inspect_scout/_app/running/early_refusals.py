"""What a scan is refused for before anything is loaded that runs it: a mistake is told at once.

Every refusal here is also one of those that the plan makes, which also sees what only shows when files are run.
"""

from __future__ import annotations

from ..._plan import ScanRequest, check_request, no_model_message
from ..._project import default_model
from ..._results import read_overview
from ..._scanners import NamedTarget, ScannerSource, check_named, describe_scanner_files
from ..._support.errors import ConfigError, ScanStateError
from ..._support.shapes import is_mapping
from ..._transcripts import refuse_missing
from ..._validation import CasesFile, refuse_missing_cases


async def refuse_scan_early(named: str, request: ScanRequest) -> None:
    """Refuse a scan as far as its request tells that it cannot be.

    Args:
        named: What its scanners are named by.
        request: The request.

    Raises:
        ScoutError: It cannot be carried out.
    """
    target = check_named(named)
    check_request(request)
    for location in request.transcripts or ():
        refuse_missing(str(location))
    if request.filter:
        from ..._query import condition_from_sql  # here: its conditions are pydantic models, which take time to load

        for condition in request.filter:
            condition_from_sql(condition)
    cases = request.validation
    for each in cases.values() if is_mapping(cases) else [cases]:
        if isinstance(each, CasesFile):
            refuse_missing_cases(each.path)
    if not request.dry_run and request.worklist is None and not _has_model(request):
        _refuse_without_model(named, target)


async def refuse_complete_scan(location: str, wish: str) -> None:
    """Refuse to go on with a scan, or to declare it complete, if it is complete.

    Args:
        location: The scan.
        wish: What was to be done with it ("resume").

    Raises:
        LocationError: There is no scan at the location.
        ScanStateError: It is complete.
    """
    overview = await read_overview(location, errors=False)
    if overview.state.phase == "complete":
        raise complete_scan_error(overview.state.facts.location, wish)


def complete_scan_error(location: str, wish: str) -> ScanStateError:
    """Say that a scan is complete, so that there is nothing to do with it."""
    return ScanStateError(
        f"The scan at {location!r} is complete already: there is nothing to {wish}. Start a new scan to scan again."
    )


def _has_model(request: ScanRequest) -> bool:
    """Whether there may be a model, typed, in the environment or in the project."""
    return any((request.model, request.environment.get("model"), default_model()))


def _refuse_without_model(named: str, target: NamedTarget) -> None:
    """Refuse judging scanners of a file that call the model of the scan, where it has none."""
    declared = target.declared
    if declared is None or any(target.name in (None, job.name, job.function) for job in declared.jobs):
        return  # jobs may name models
    try:
        sources = [scanner for report in describe_scanner_files(named) for scanner in report.scanners]
    except ConfigError:
        return  # what cannot be read in this way may be run all the same
    if judges := [source.name for source in sources if _calls_model_of_scan(source)]:
        raise ConfigError(no_model_message(judges))


def _calls_model_of_scan(source: ScannerSource) -> bool:
    judge = source.llm
    if judge is None or source.statements or judge.model is not None or judge.model_role is not None:
        return False
    return not any(name in {"model", "model_role"} for name, _ in judge.kept)
