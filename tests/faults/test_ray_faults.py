"""Promise 1 on a Ray cluster: actors and the cluster itself may be killed; what was recorded is kept."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_scout import scan_results_df, scan_resume, scan_status
from support.waiting import happens

ROUNDS = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "2"))
PATIENCE_SECONDS = 300.0

PROGRAM = """
import os
import sys
import time

from inspect_scout import Result, Scanner, Transcript, scan, scanner, transcripts_from


@scanner(messages="all")
def slowly() -> Scanner[Transcript]:
    async def count(transcript: Transcript) -> Result:
        time.sleep(0.4)
        return Result(value=len(transcript.messages), explanation=str(os.getpid()))

    return count


if __name__ == "__main__":  # resuming runs this file for its scanner
    logs, scans = sys.argv[1:]
    how = {"executor": "ray", "max_processes": 2, "max_transcripts": 2, "display": "none"}
    scan([slowly()], transcripts_from(logs), scans=scans, **how)
"""


NODES = """
import asyncio
import sys
import threading
import time
from pathlib import Path

import ray
from ray.cluster_utils import Cluster

from inspect_scout import Result, Scanner, Transcript, scan, scanner, transcripts_from


@scanner(messages="all")
def slowly(known: list[str], joined: str) -> Scanner[Transcript]:
    seen = 0

    async def count(transcript: Transcript) -> Result:
        nonlocal seen
        seen += 1
        here = ray.get_runtime_context().get_node_id()
        if here not in known:
            Path(joined).touch()
        while seen > 2 and not Path(joined).exists():  # leave something for the machine that joins
            await asyncio.sleep(0.05)
        return Result(value=len(transcript.messages), explanation=here)

    return count


def run() -> None:
    how = {"max_processes": 2, "max_transcripts": 2, "display": "none"}
    scanners = [slowly([cluster.head_node.node_id, first.node_id], scans + "-joined")]
    scan(scanners, transcripts_from(logs), scans=scans, executor="ray", ray_address=cluster.address, **how)


logs, scans = sys.argv[1:]
cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
first = cluster.add_node(num_cpus=1)
cluster.wait_for_nodes()
scanning = threading.Thread(target=run)
scanning.start()
while not list(Path(scans).glob("*/_journal/*.parquet")):
    time.sleep(0.05)
cluster.remove_node(first, allow_graceful=False)
print(f"joined={cluster.add_node(num_cpus=1).node_id}.", flush=True)
scanning.join()
cluster.shutdown()
"""


def descendants(pid: int) -> Iterator[tuple[int, str]]:
    """Processes below a process: number and command."""
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, task.read_text().split()):
            try:
                yield child, Path(f"/proc/{child}/cmdline").read_text().replace("\0", " ")
                yield from descendants(child)
            except OSError:
                continue


def kill(program: subprocess.Popen[str], what: str) -> list[int]:
    """Kill the processes below a program whose command holds a word."""
    found = [pid for pid, command in descendants(program.pid) if what in command]
    for pid in found:
        os.kill(pid, signal.SIGKILL)
    return found


@pytest.mark.fault
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("target", ["ray::HostActor", "gcs_server"])
def test_killed_actors_and_heads_lose_nothing(target: str, example_logs: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM)
    for number in range(max(1, ROUNDS // 2)):
        location = killed_scan(target, tmp_path / "program.py", example_logs, tmp_path / f"scans{number}")
        assert scan_status(location).summary["slowly"].scans > 0
        if target == "gcs_server":
            scan_resume(location, display="none", executor="inline")
        check(location)


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_a_machine_that_is_lost_is_replaced_by_one_that_joins(example_logs: Path, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(NODES)
    command = [sys.executable, str(tmp_path / "program.py"), str(example_logs), str(tmp_path / "scans")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    (location,) = map(str, (tmp_path / "scans").glob("scan_id=*"))
    check(location)
    (joined,) = re.findall(r"joined=(\w+)\.", done.stdout)
    assert joined in set(scan_results_df(location).scanners["slowly"]["explanation"])


def killed_scan(target: str, program: Path, logs: Path, scans: Path) -> str:
    """Run a scan on a cluster of its own, of which something is killed as soon as results are recorded."""
    command = [sys.executable, str(program), str(logs), str(scans)]
    running = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        happens(lambda: list(scans.glob("*/_journal/*.parquet")) or running.poll() is not None)
        killed = kill(running, target)
        if target == "gcs_server":
            # Without its head Ray tries for a minute to find it again: end the program as an operator would.
            running.send_signal(signal.SIGTERM)
        ended = happens(lambda: running.poll() is not None, PATIENCE_SECONDS)
    finally:
        kill(running, "ray")
        running.kill()
        output, _ = running.communicate()
    assert killed, output
    assert target == "gcs_server" or (ended and running.returncode == 0), output
    (location,) = map(str, scans.glob("scan_id=*"))
    return location


def check(location: str) -> None:
    """Hold the table against the plan and the summary against the table."""
    status = scan_status(location)
    assert status.complete
    assert status.spec.transcripts is not None
    rows = scan_results_df(location).scanners["slowly"]
    assert rows["transcript_id"].tolist() == list(status.spec.transcripts.transcript_ids)
    assert (status.summary["slowly"].scans, status.summary["slowly"].errors) == (12, 0)
