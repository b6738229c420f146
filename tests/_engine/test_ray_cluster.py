"""Clusters that are not there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from inspect_scout import ConfigError, WorkerError, scan, transcripts_from
from support.transcripts import length, talks


def test_an_address_at_which_nobody_answers_is_refused_within_seconds(tmp_path: Path) -> None:
    began = time.process_time()
    with pytest.raises(WorkerError, match=r"No Ray cluster answers at '127.0.0.1:1'.*ray start --head"):
        scan(
            [length()],
            transcripts_from(talks(2)),
            scans=str(tmp_path / "scans"),
            executor="ray",
            ray_address="127.0.0.1:1",
            display="none",
        )
    assert time.process_time() - began < 30
    assert not (tmp_path / "scans").exists()


def test_an_address_without_ray_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ray_address='x:1' is for executor='ray' only"):
        scan([length()], transcripts_from(talks(2)), scans=str(tmp_path), ray_address="x:1", display="none")
    with pytest.raises(ConfigError, match=r"executor='dask' is not known; use one of inline, processes, ray"):
        scan([length()], transcripts_from(talks(2)), scans=str(tmp_path), executor="dask", display="none")
