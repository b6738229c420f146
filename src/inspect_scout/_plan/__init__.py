"""From arguments to one frozen plan; what is wrong is refused here, before anything is created."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .checks import check_executor as check_executor
    from .checks import executor_plugins as executor_plugins
    from .job import ModelRole as ModelRole
    from .job import ScanJob as ScanJob
    from .job import scanjob as scanjob
    from .models import PlannedModels as PlannedModels
    from .models import mapping_of as mapping_of
    from .models import read_model_args as read_model_args
    from .plan import PlannedScanner as PlannedScanner
    from .plan import ScanPlan as ScanPlan
    from .plan import Unit as Unit
    from .plan import plan_resume as plan_resume
    from .plan import plan_scan as plan_scan
    from .precedence import Setting as Setting
    from .request import ResumeRequest as ResumeRequest
    from .request import Scanners as Scanners
    from .request import ScanRequest as ScanRequest
    from .roles import described_role as described_role
    from .settled import SettledRequest as SettledRequest
    from .settled import settle as settle
    from .worklist import ScannerWork as ScannerWork

_MODULES = {
    ".checks": "check_executor executor_plugins",
    ".job": "ScanJob scanjob ModelRole",
    ".models": "PlannedModels mapping_of read_model_args",
    ".plan": "PlannedScanner ScanPlan Unit plan_resume plan_scan",
    ".precedence": "Setting",
    ".request": "ResumeRequest Scanners ScanRequest",
    ".roles": "described_role",
    ".settled": "SettledRequest settle",
    ".worklist": "ScannerWork",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
