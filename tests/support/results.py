"""Results, read as the public functions read them."""

from __future__ import annotations

from functools import partial

from inspect_scout import _results
from inspect_scout._app import run_sync

results_df = partial(_results.results_df, run=run_sync)
results_arrow = partial(_results.results_arrow, run=run_sync)
results_batches = partial(_results.results_batches, run=run_sync)
