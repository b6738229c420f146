"""From arguments to one frozen plan; what is wrong is refused here, before anything is created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .checks import check_executor, check_request, executor_plugins
    from .job import ModelRole, ScanJob, scanjob
    from .model_messages import no_model_message
    from .models import parse_mapping, read_model_args
    from .plan import PlannedScanner, ScanPlan, Unit, plan_resume, plan_scan
    from .precedence import Setting
    from .request import ResumeRequest, Scanners, ScanRequest
    from .resolve import resolve_request
    from .roles import parse_role_mapping
    from .validation import cases_by_scanner
    from .worklist import ScannerWork

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
