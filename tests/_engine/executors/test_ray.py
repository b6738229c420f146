"""Clusters that are not there."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from inspect_scout import ConfigError, WorkerError, scan, transcripts_from
from inspect_scout._engine.executors.ray import check_reachable
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


@pytest.mark.parametrize(
    ("location", "machines"),
    [
        ("/scans", ["here"]),
        ("/scans", ["here", "localhost"]),
        ("/scans", []),
        ("s3://bucket/scans", ["here", "there"]),
    ],
)
def test_locations_that_all_workers_reach_are_taken(location: str, machines: list[str]) -> None:
    check_reachable(location, machines, "here")


@pytest.mark.parametrize("location", ["/scans", "scans", "file:///scans"])
def test_paths_of_this_machine_are_refused_if_workers_are_elsewhere(location: str) -> None:
    with pytest.raises(ConfigError, match=r"workers on node-1, node-2 cannot reach. Use .* such as s3://bucket/scans"):
        check_reachable(location, ["node-2", "here", "node-1"], "here")
