"""What a worker needs to know, and how it travels."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..._inspect.models import ActiveModels
from ..._inspect.pickling import from_bytes, to_bytes
from ..._plan import PlannedScanner, ScanPlan
from ..._results import RecordInput
from ..._scanners import scanner_config, scanners_from_specs, while_loading
from ..._support.causes.describing import brief
from ..._support.errors import ConfigError
from ..._support.foreign import foreign
from ..._transcripts import TranscriptSource
from ..._types import ScannerSpec, ScanSpec
from ..._validation import Validator
from .recall import Recall

MEMORY_BYTES = 256 * 2**20
"""Bytes of transcript JSON in work at once. Parsed transcripts take several times their JSON."""


@dataclass(frozen=True, slots=True)
class WorkerSetup:
    """What a worker needs to scan any transcript of a scan.

    Args:
        scanners: Scanners by key.
        source: Where transcripts are read.
        spec: The scan, without its list of transcripts.
        models: The models that scanners may call.
        record_input: Whether results hold a copy of their input.
        fail_on_error: Stop at the first scanner that raises.
        widens: Whether more transcripts may be in work than asked for, to use the connections to models.
        recall: Knows verdicts of earlier scans (None: nothing is recalled).
    """

    scanners: Mapping[str, PlannedScanner]
    source: TranscriptSource
    spec: ScanSpec
    models: ActiveModels
    record_input: RecordInput = "auto"
    fail_on_error: bool = False
    widens: bool = True
    recall: Recall | None = None

    @property
    def fingerprints(self) -> dict[str, str]:
        """Fingerprint of each scanner, by key."""
        return {key: planned.fingerprint for key, planned in self.scanners.items()}


def worker_setup(plan: ScanPlan, record_input: RecordInput = "auto", fail_on_error: bool = False) -> WorkerSetup:
    """Take out of a plan what a worker needs."""
    return WorkerSetup(
        scanners=plan.scanners,
        source=plan.source,
        spec=plan.spec.model_copy(update={"transcripts": None}),
        models=plan.models.active,
        record_input=record_input,
        fail_on_error=fail_on_error,
        widens=plan.widens,
    )


def first_units(setup: WorkerSetup) -> int:
    """Count the units to begin with; others join when the first call of a model shows what connections there are."""
    least, fixed = setup.spec.options.max_transcripts, setup.models.config.max_connections
    return max(least, fixed) if setup.widens and setup.spec.model is not None and fixed else least


def wants_diagnostics() -> bool:
    """Tell whether `SCOUT_DIAGNOSTICS` (1, true, yes) asks for the state of queues and limits, and for the time of each step."""
    return os.environ.get("SCOUT_DIAGNOSTICS", "").lower() in {"1", "true", "yes"}


@dataclass(frozen=True, slots=True)
class _Recipe:
    """A scanner that a worker makes again from its file or package, because it cannot travel as it is."""

    key: str
    spec: ScannerSpec
    folder: str | None
    fingerprint: str
    validator: Validator | None

    def make(self) -> PlannedScanner:
        made = scanners_from_specs({self.key: self.spec}, self.folder)[self.key]
        return PlannedScanner(self.key, made, scanner_config(made), self.fingerprint, self.validator)


def pack(setup: WorkerSetup) -> bytes:
    """Write a setup, so that another process can read it.

    Scanners travel as they are, with what they have closed over. One that cannot (its file holds a lock or a client)
    is made again on the other side, from its file and arguments.

    Raises:
        ConfigError: A scanner or the source cannot travel in either way.
    """
    travelling = {key: _travelling(planned) for key, planned in setup.scanners.items()}
    with foreign():  # what is pickled decides what that raises
        return to_bytes(dataclasses.replace(setup, scanners=travelling))
    mixed: Mapping[str, Any] = {key: _travels_or_recipe(setup, one) for key, one in travelling.items()}
    with foreign() as ran:
        return to_bytes(dataclasses.replace(setup, scanners=cast("Mapping[str, PlannedScanner]", mixed)))
    raise ConfigError(
        f"The scan cannot be sent to worker processes: {brief(ran.error)}. Use max_processes=1 to scan in this process."
    ) from ran.error


def unpack(blob: bytes) -> WorkerSetup:
    """Read what `pack` wrote; loads the modules that scanners need, without the scans that these start when imported."""
    setup = _unpacked(blob)
    given: Mapping[str, PlannedScanner | _Recipe] = setup.scanners
    made = {key: one.make() if isinstance(one, _Recipe) else one for key, one in given.items()}
    return dataclasses.replace(setup, scanners=made)


def _unpacked(blob: bytes) -> WorkerSetup:
    while True:
        with while_loading() as current:
            try:
                setup: WorkerSetup = from_bytes(blob)
            except SystemExit:
                if not current.partial:
                    raise
                # An import that was cut short leaves no module behind; what it declared by then is what is asked for.
                sys.modules.update(current.partial)
            else:
                return setup


def _travelling(planned: PlannedScanner) -> PlannedScanner:
    """Leave metrics behind: they are computed over recorded rows, by the parent."""
    return dataclasses.replace(planned, config=dataclasses.replace(planned.config, metrics=None))


def _travels_or_recipe(setup: WorkerSetup, planned: PlannedScanner) -> PlannedScanner | _Recipe:
    with foreign() as ran:
        to_bytes(planned)
    if ran.error is None:
        return planned
    spec = setup.spec.scanners[planned.key]
    recipe = _Recipe(planned.key, spec, setup.spec.work_dir, planned.fingerprint, planned.validator)
    try:
        recipe.make()
    except ConfigError:
        raise ConfigError(
            f"Scanner {planned.key!r} cannot be sent to worker processes: {brief(ran.error)}. Make what it holds when it "
            "is first called, or use max_processes=1 to scan in this process."
        ) from ran.error
    return recipe
