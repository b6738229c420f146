"""Who names a model names its limit: options of the scan do not replace what a model was named with.

Calls under way are counted by servers, one for each model, and not by what Scout says of itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.model import GenerateConfig, Model, ModelConfig, get_model
from inspect_ai.util import AdaptiveConcurrency

from inspect_scout import ConfigError, Result, ScanJob, Scanner, Status, Transcript, scan, scan_resume, scanner
from inspect_scout import transcripts_from as from_memory
from inspect_scout._cli import main as run
from inspect_scout._scanners import load_scanners
from inspect_scout.aio import scan_async
from support.provider.chat_server import Asked, ChatServer, serving
from support.transcripts import talks

CALLS = 14
NAME = "openai-api/local/judge"


class Busy:
    """Counts the calls that are under way at a server; the first ones wait until as many are there as are expected.

    Args:
        expected: Calls that are to be under way at once.
    """

    def __init__(self, expected: int) -> None:
        self.expected, self.now, self.peak, self.calls = expected, 0, 0, 0
        self._changed, self._never = threading.Condition(), threading.Event()

    def __call__(self, _asked: Asked) -> str:
        with self._changed:
            self.now += 1
            self.calls += 1
            self.peak = max(self.peak, self.now)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.peak >= self.expected, 5)
        self._never.wait(0.03)  # one more that came now would be counted
        with self._changed:
            self.now -= 1
        return "ANSWER: yes"


class Servers:
    """Servers by name."""

    def __init__(self, busy: Mapping[str, Busy], urls: Mapping[str, str]) -> None:
        self.busy, self.urls = busy, urls
        self._given: list[Model] = []

    def peaks(self) -> dict[str, int]:
        """Calls that were under way at once, by server."""
        return {name: busy.peak for name, busy in self.busy.items()}

    def config(self, name: str, **options: Any) -> ModelConfig:
        """Describe the model of a server."""
        return ModelConfig(
            model=NAME, base_url=self.urls[name], args={"api_key": name}, config=GenerateConfig(**options)
        )

    def model(self, name: str, **options: Any) -> Model:
        """Make the model of a server."""
        where: dict[str, Any] = {"base_url": self.urls[name], "api_key": name}
        self._given.append(get_model(NAME, memoize=False, config=GenerateConfig(**options), **where))
        return self._given[-1]

    def scan(self, scanners: Any, folder: Path, **options: Any) -> Status:
        """Scan transcripts in memory, and close the models that were made here."""
        said: dict[str, Any] = {"scans": str(folder), "max_processes": 1, "max_transcripts": CALLS, **options}

        async def main() -> Status:
            try:
                return await scan_async(scanners, from_memory(talks(CALLS)), **said)
            finally:
                for model in self._given:
                    await model.api.aclose()

        os.environ["SCOUT_DISPLAY"] = "none"
        status = asyncio.run(main())
        assert status.complete, status.errors[:1]
        return status


@contextmanager
def servers(**expected: int) -> Generator[Servers]:
    """Start servers, and say how many calls are to be under way at each."""
    busy = {name: Busy(calls) for name, calls in expected.items()}
    with ExitStack() as stack:
        urls = {name: stack.enter_context(serving(ChatServer(busy[name]))).url for name in busy}
        yield Servers(busy, urls)


@scanner(messages="all")
def asks_each(roles: list[str], times: int = 1) -> Scanner[Transcript]:
    """Ask the models of some roles ("" is the default model), all at once."""

    async def scan(transcript: Transcript) -> Result:
        models = [get_model(role=role) if role else get_model() for role in roles for _ in range(times)]
        await asyncio.gather(*(model.generate("?") for model in models))
        return Result(value=True)

    return scan


@pytest.mark.parametrize("form", ["model", "config", "nested", "flat"])
def test_a_role_keeps_its_own_limit(form: str, tmp_path: Path) -> None:
    with servers(default=8, grader=3) as made:
        where = {"model": NAME, "base_url": made.urls["grader"]}
        forms: dict[str, Any] = {
            "model": made.model("grader", max_connections=3),
            "config": made.config("grader", max_connections=3),
            "nested": {**where, "args": {"api_key": "grader"}, "config": {"max_connections": 3}},
            "flat": {**where, "model_args": {"api_key": "grader"}, "max_connections": 3},
        }
        made.scan(
            [asks_each(["", "grader"])],
            tmp_path,
            model=made.model("default"),
            model_config=GenerateConfig(max_connections=8),
            model_roles={"grader": forms[form]},
        )
        assert made.peaks() == {"default": 8, "grader": 3}


def test_a_role_without_a_limit_has_that_of_the_scan(tmp_path: Path) -> None:
    with servers(default=5, grader=5) as made:
        made.scan(
            [asks_each(["", "grader"])],
            tmp_path,
            model=made.model("default"),
            model_config=GenerateConfig(max_connections=5),
            model_roles={"grader": made.model("grader")},
        )
        assert made.peaks() == {"default": 5, "grader": 5}


def test_a_model_keeps_its_own_limit_whatever_the_scan_says(tmp_path: Path) -> None:
    with servers(default=3, free=7) as made:
        status = made.scan(
            [asks_each(["", "free"])],
            tmp_path,
            model=made.model("default", max_connections=3),
            model_config=GenerateConfig(max_connections=7),
            model_roles={"free": made.model("free")},
        )
        assert made.peaks() == {"default": 3, "free": 7}
        assert status.spec.model is not None
        assert status.spec.model.config.max_connections == 3


def test_a_model_keeps_its_own_limit_though_transcripts_are_fixed(tmp_path: Path) -> None:
    with servers(default=2) as made:
        made.scan([asks_each([""])], tmp_path, model=made.model("default", max_connections=2))
        assert made.peaks() == {"default": 2}


def test_roles_of_one_provider_have_a_limit_each(tmp_path: Path) -> None:
    with servers(one=1, two=2, three=4) as made:
        limits = {"one": 1, "two": 2, "three": 4}
        roles = {name: made.config(name, max_connections=limit) for name, limit in limits.items()}
        made.scan([asks_each(list(limits))], tmp_path, model_roles=roles)
        assert made.peaks() == limits


def test_models_of_a_role_have_a_limit_each(tmp_path: Path) -> None:
    from inspect_ai.model import model_roles

    @scanner(messages="all")
    def asks_the_panel() -> Scanner[Transcript]:
        async def ask(transcript: Transcript) -> Result:
            panel = model_roles()["panel"]
            assert isinstance(panel, list)
            await asyncio.gather(*(model.generate("?") for model in panel))
            return Result(value=True)

        return ask

    with servers(one=2, two=5) as made:
        panel = [made.config("one", max_connections=2), made.config("two", max_connections=5)]
        made.scan(
            [asks_the_panel()], tmp_path, model_roles={"panel": panel}, model_config=GenerateConfig(max_connections=9)
        )
        assert made.peaks() == {"one": 2, "two": 5}


def test_a_model_that_a_scanner_brings_keeps_its_limit(tmp_path: Path) -> None:
    from inspect_scout import llm_scanner

    with servers(own=3) as made:
        own = made.model("own", max_connections=3)
        made.scan([llm_scanner(question="Is it?", answer="boolean", model=own)], tmp_path)
        assert made.peaks() == {"own": 3}


def test_options_of_a_single_call_go_before_those_of_its_model(tmp_path: Path) -> None:
    @scanner(messages="all")
    def hurries() -> Scanner[Transcript]:
        async def ask(transcript: Transcript) -> Result:
            await get_model(role="grader").generate("?", config=GenerateConfig(max_connections=6))
            return Result(value=True)

        return ask

    with servers(grader=6) as made:
        made.scan([hurries()], tmp_path, model_roles={"grader": made.config("grader", max_connections=2)})
        assert made.peaks() == {"grader": 6}


def test_an_adaptive_role_is_not_fixed_by_the_scan(tmp_path: Path) -> None:
    with servers(grader=4) as made:
        role = made.config("grader", adaptive_connections=AdaptiveConcurrency(min=1, start=4, max=4))
        made.scan([asks_each(["grader"], times=6)], tmp_path, max_transcripts=2, model_roles={"grader": role})
        assert made.peaks() == {"grader": 4}


def test_workers_share_the_limit_of_a_role(tmp_path: Path) -> None:
    with servers(default=3, grader=2) as made:
        made.scan(
            [asks_each(["", "grader"])],
            tmp_path,
            model=made.model("default"),
            model_config=GenerateConfig(max_connections=8),
            model_roles={"grader": made.model("grader", max_connections=2)},
            max_processes=2,
        )
        peaks = made.peaks()
        assert peaks["grader"] == 2
        assert 2 < peaks["default"] <= 8


def test_a_job_says_limits_of_roles(tmp_path: Path) -> None:
    with servers(grader=3) as made:
        job = ScanJob(
            scanners=[asks_each(["grader"])],
            transcripts=from_memory(talks(CALLS)),
            model_roles={"grader": made.config("grader", max_connections=3)},
        )
        status = scan(job, scans=str(tmp_path), display="none", max_transcripts=CALLS, max_processes=1)
        assert status.complete
        assert made.peaks() == {"grader": 3}


FILE = """
import asyncio
import os
from inspect_ai.model import get_model
from inspect_scout import Result, Scanner, Transcript, scanner

@scanner(messages="all")
def asks() -> Scanner[Transcript]:
    async def scan(transcript: Transcript) -> Result:
        if os.environ.get("FAIL"):
            raise RuntimeError("not now")
        await asyncio.gather(*(get_model(role="grader").generate("?") for _ in range(4)))
        return Result(value=True)
    return scan
"""


@pytest.mark.parametrize("source", ["flat", "nested", "job"])
def test_typed_roles_and_job_files_say_limits(source: str, example_logs: Path, tmp_path: Path) -> None:
    (tmp_path / "asks.py").write_text(FILE)
    with servers(grader=2) as made:
        where = {"model": NAME, "base_url": made.urls["grader"]}
        roles: dict[str, dict[str, Any]] = {
            "flat": {**where, "model_args": {"api_key": "x"}, "max_connections": 2},
            "nested": {**where, "args": {"api_key": "x"}, "config": {"max_connections": 2}},
            "job": {**where, "args": {"api_key": "x"}, "config": {"max_connections": 2}},
        }
        role = roles[source]
        words = [str(tmp_path / "asks.py"), "--model-role", f"grader={json.dumps(role)}"]
        if source == "job":
            job = {"scanners": [{"name": "asks", "file": str(tmp_path / "asks.py")}], "model_roles": {"grader": role}}
            (tmp_path / "job.json").write_text(json.dumps(job))
            words = [str(tmp_path / "job.json")]
        where_to = ["-T", str(example_logs), "--scans", str(tmp_path / "scans"), "--display", "none"]
        assert run(["scan", *words, *where_to, "--max-connections", "9", "--max-processes", "1"]) == 0
        assert made.busy["grader"].calls > 2
        assert made.peaks() == {"grader": 2}


def test_limits_of_roles_hold_when_a_scan_goes_on(tmp_path: Path, example_logs: Path) -> None:
    (tmp_path / "asks.py").write_text(FILE)
    os.environ["FAIL"], os.environ["LOCAL_API_KEY"] = "yes", "x"
    with servers(grader=2) as made:
        role = {"model": NAME, "base_url": made.urls["grader"], "max_connections": 2}
        status = scan(
            load_scanners(str(tmp_path / "asks.py"), {}),
            str(example_logs),
            scans=str(tmp_path / "scans"),
            display="none",
            model_roles={"grader": role},
            model_config=GenerateConfig(max_connections=9),
            max_processes=1,
        )
        assert not status.complete
        os.environ["FAIL"] = ""
        assert scan_resume(status.location, display="none").complete
        assert made.peaks() == {"grader": 2}


@pytest.mark.parametrize(
    ("role", "said"),
    [
        ({"model": NAME, "max_connections": 0}, "max_connections=0 is too small"),
        ({"model": NAME, "config": {"max_connections": -1}}, "max_connections=-1 is too small"),
        ({"model": NAME, "config": {"max_conections": 3}}, "max_conections"),
        ({"model": NAME, "max_conections": 3}, "max_conections"),
        ({"model": NAME, "config": 3}, "config"),
        ({"model": NAME, "max_connections": 3, "config": {"max_connections": 4}}, "max_connections"),
        ({"max_connections": 3}, "model"),
    ],
)
def test_descriptions_of_roles_that_make_no_sense_are_refused(role: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=said):
        scan(
            [asks_each(["grader"])], from_memory(talks(1)), scans=str(tmp_path / "scans"), model_roles={"grader": role}
        )
    assert not (tmp_path / "scans").exists()
