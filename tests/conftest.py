"""What every test runs in: its own home, no settings from outside, one event loop, repeatable randomness."""

from __future__ import annotations

import asyncio
import compileall
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from support.fault_proxy import FaultProxy
    from support.s3 import S3Server

# Packages of tests add plugins to pydantic, which load hundreds of modules with it in every process.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

_LONG = ("/printed/", "/faults/", "/e2e/", "/docs/")
_ON_A_CLUSTER = ("test_ray_faults.py::", "::TestRay::", "_on_a_cluster[")
ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"

# `HYPOTHESIS_PROFILE=explore pytest ...` looks for new cases; everything else repeats the same ones everywhere.
settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "explore", deadline=None, max_examples=2000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

_PRIVATE = ("SCOUT_", "INSPECT_", "XDG_", "TIKTOKEN_", "AWS_", "AZURE_", "OPENAI_", "ANTHROPIC_", "GOOGLE_", "HF_")
_KEPT = ("SCOUT_TEST_",)
_buckets = itertools.count()


def pytest_configure(config: pytest.Config) -> None:
    """Give this process a home of its own before anything is imported that looks into it."""
    home = tempfile.TemporaryDirectory(prefix="scout-tests-home-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    for name in list(os.environ):
        if name.startswith(_PRIVATE) and not name.startswith(_KEPT):
            del os.environ[name]
    for name in ("COLUMNS", "LINES"):  # pytest-xdist says how wide its terminal is
        os.environ.pop(name, None)
    os.environ["HOME"] = home.name
    os.environ["USERPROFILE"] = home.name
    if not hasattr(config, "workerinput"):
        # Tests start hundreds of processes. Where Python keeps no byte code, each would compile what it loads of ours.
        compileall.compile_dir(ROOT / "src", quiet=2)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Run each file in one process, so that what its tests share is made once, and the files that take long first.

    What needs a Ray cluster runs in one process as well, one after the other: two clusters at once starve each other. Marks
    of groups do not do it: pytest-xdist 3.8 writes them where pytest 9 no longer looks.
    """
    config.option.loadscopereorder = False  # it would begin with the files that have the most tests
    from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]

    class FileByFile(LoadGroupScheduling):  # type: ignore[misc]  # it has no types
        def _split_scope(self, nodeid: str) -> str:
            return "ray" if any(part in nodeid for part in _ON_A_CLUSTER) else nodeid.partition("::")[0]

    return FileByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that no process ends long after the others; the order is random otherwise."""
    items.sort(key=lambda item: not any(part in item.nodeid for part in (*_ON_A_CLUSTER, *_LONG)))


@pytest.fixture(autouse=True)
def unchanged_surroundings() -> Iterator[None]:
    """Put the working directory and the environment back as each test found them, and see that asyncio is as it was."""
    folder, environment, run = os.getcwd(), dict(os.environ), asyncio.run
    yield
    os.chdir(folder)
    for name in os.environ.keys() - environment.keys():
        if name != "PYTEST_CURRENT_TEST":
            del os.environ[name]
    os.environ.update(environment)
    # Once in a process: what is patched stays so.
    hint = "a sync function of inspect_ai, called inside an event loop, patched asyncio; see support/inspect_logs.py"
    assert asyncio.run is run, hint


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run `@pytest.mark.anyio` tests on asyncio, the only loop that Scout supports."""
    return "asyncio"


@pytest.fixture(scope="session")
def example_logs() -> Path:
    """Folder of the committed example logs: 2 tasks of 6 samples."""
    return EXAMPLES / "logs"


@pytest.fixture(scope="session")
def eval_logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the example logs again, by running real Inspect evals on the scripted model; gives their folder.

    Each worker process makes its own, so that no worker waits for another.
    """
    folder = tmp_path_factory.mktemp("eval-logs")
    subprocess.run([sys.executable, EXAMPLES / "make_logs.py", "--out", folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="session")
def example_scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Scan the example logs with the example scanners on the command line; gives the directory of the scan."""
    scans = tmp_path_factory.mktemp("example-scans")
    command = [str(Path(sys.executable).parent / "scout"), "scan", "scanners.py", "-T", "logs", "--scans", str(scans)]
    subprocess.run(command, check=True, capture_output=True, cwd=EXAMPLES)
    (location,) = scans.glob("scan_id=*")
    return location


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """Serve S3 on this machine, for all tests of this worker process."""
    from support.s3 import serving

    with serving() as server:
        yield server


@pytest.fixture
def s3(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> S3Server:
    """Point S3 at the local server, with credentials that it takes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "local-key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "local-secret")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    s3_server.fail = lambda method, path: None
    s3_server.lose = lambda method, path: False
    return s3_server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """Make a bucket on the local server; gives its location."""
    name = f"bucket-{next(_buckets)}"
    s3.make_bucket(name)
    return f"s3://{name}"


@pytest.fixture
def breaking_s3(s3: S3Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[FaultProxy]:
    """Put a proxy that breaks requests, once it is told which, between S3 and what follows."""
    from support.fault_proxy import breaking

    with breaking(s3.port) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        monkeypatch.setenv("SCOUT_STORAGE_TIMEOUT", "0.3")
        yield proxy
