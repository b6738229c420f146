"""Use cases run to their end, as commands run them."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from inspect_scout import _app
from inspect_scout._app import in_sync, in_sync_items, run_read_only

P = ParamSpec("P")
T = TypeVar("T")


def _lightly(
    use_case: Callable[Concatenate[str, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[str, P], T]:
    def call(location: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return run_read_only(location, lambda: use_case(location, *args, **kwargs))

    return call


run_scan = in_sync(_app.run_scan)
results_table = in_sync(_app.results_table)
validation_reports = in_sync(_app.validation_reports)
save_reports = in_sync(_app.save_reports)
diff_scans = in_sync(_app.diff_scans)
sample_to_label = in_sync(_app.sample_to_label)
cited_messages = in_sync(_app.cited_messages)
keep_label = in_sync(_app.keep_label)
write_to_fill_in = in_sync(_app.write_to_fill_in)
watch_scan = in_sync_items(_app.watch_scan)
list_states = _lightly(_app.list_states)
read_overview = _lightly(_app.read_overview)
read_error_groups = _lightly(_app.read_error_groups)
scanner_findings = _lightly(_app.scanner_findings)
findings_by = _lightly(_app.findings_by)
