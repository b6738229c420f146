from __future__ import annotations

import asyncio
import importlib
import os
import pickle
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import ConfigError, LocationError, UnknownNameError
from inspect_scout._scanners import load_scanners, scanner_config, scanner_fingerprint, scanner_specs
from inspect_scout._types import Transcript

cloudpickle: Any = importlib.import_module("cloudpickle")  # has no types

HEAD = """
from inspect_scout._scanners import scanner
from inspect_scout._types import Result, Transcript
"""
ONE = """
@scanner(messages="all")
def {name}({parameters}):
    async def scan(transcript: Transcript) -> Result:
        return Result(value={value})
    return scan
"""


@pytest.fixture(autouse=True)
def unchanged_path() -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before


def write(path: Path, *parts: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "".join(textwrap.dedent(part) for part in parts), encoding="utf-8")
    return path


def one(name: str, parameters: str = "", value: str = "1") -> str:
    return ONE.format(name=name, parameters=parameters, value=value)


def names(spec: str | Path, **args: Any) -> list[str]:
    return [scanner_config(s).name for s in load_scanners(str(spec), args)]


def value(scan: Any) -> Any:
    return asyncio.run(scan(Transcript(transcript_id="t"))).value


def test_a_file_gives_all_its_scanners_in_order(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", one("zeta"), one("alpha"))
    assert names(file) == ["zeta", "alpha"]


def test_one_scanner_is_named_behind_an_at(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", one("first"), one("second").replace('"all"', '"all", name="given"'))
    assert names(f"{file}@first") == ["first"]
    assert names(f"{file}@given") == ["given"]
    assert names(f"{file}@second") == ["given"]


def test_names_that_are_computed_are_found_as_well(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", 'PREFIX = "pre"\n', one("f").replace('"all"', '"all", name=PREFIX + "fix"'))
    assert names(f"{file}@prefix") == ["prefix"]
    assert names(f"{file}@f") == ["prefix"]
    with pytest.raises(UnknownNameError, match="Did you mean 'prefix'"):
        load_scanners(f"{file}@perfix", {})


def test_a_registered_name_comes_before_the_name_of_a_function(tmp_path: Path) -> None:
    renamed = one("b", value="'function b'").replace('"all"', '"all", name="c"')
    file = write(tmp_path / "f.py", one("a", value="'named b'").replace('"all"', '"all", name="b"'), renamed)
    assert value(load_scanners(f"{file}@b", {})[0]) == "named b"


def test_aliases_and_attributes_work(tmp_path: Path) -> None:
    source = one("f").replace("@scanner", "@s") + one("g").replace("@scanner", "@scout.scanner")
    imports = "from inspect_scout._scanners import scanner as s\nimport inspect_scout._scanners as scout\n"
    assert names(write(tmp_path / "f.py", imports, source)) == ["f", "g"]


def test_an_at_in_a_path_is_no_name(tmp_path: Path) -> None:
    file = write(tmp_path / "user@host" / "f.py", one("f"))
    assert names(file) == ["f"]
    assert names(f"{file}@f") == ["f"]
    assert names(write(tmp_path / "g@f.py", one("f"))) == ["f"]


def test_relative_files_and_homes_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "sub" / "f.py", one("f"))
    os.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert names("sub/f.py") == names("./sub/f.py@f") == names("~/sub/f.py") == ["f"]
    (spec,) = scanner_specs({"f": load_scanners("sub/f.py", {})[0]}).values()
    assert spec.file == "sub/f.py"


def test_files_of_the_same_name_do_not_mix(tmp_path: Path) -> None:
    files = [write(tmp_path / side / "scanners.py", one("check", value=repr(side))) for side in ("left", "right")]
    left, right = (load_scanners(str(file), {})[0] for file in files)
    assert (value(left), value(right)) == ("left", "right")
    assert value(load_scanners(str(files[0]), {})[0]) == "left"
    assert scanner_fingerprint(left) != scanner_fingerprint(right)


def test_a_changed_file_gives_its_current_text(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", one("f", value="'old'"))
    old = load_scanners(str(file), {})[0]
    write(file, one("f", value="'new'"))
    new = load_scanners(str(file), {})[0]
    assert (value(old), value(new)) == ("old", "new")
    assert scanner_fingerprint(old) != scanner_fingerprint(new)


def test_an_unchanged_file_runs_once(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", "import time\nRUN = time.perf_counter()\n", one("f", value="RUN"))
    first, second = (value(load_scanners(str(file), {})[0]) for _ in range(2))
    assert first == second


def test_files_may_import_their_neighbours_when_they_run(tmp_path: Path) -> None:
    (tmp_path / "neighbour_of_f.py").write_text("WORD = 'hello'\n")
    body = """
        @scanner(messages="all")
        def f():
            async def scan(transcript: Transcript) -> Result:
                from neighbour_of_f import WORD
                return Result(value=WORD)
            return scan
    """
    file = write(tmp_path / "f.py", body)
    assert value(load_scanners(str(file), {})[0]) == "hello"


def test_what_a_file_defines_travels_to_another_process(tmp_path: Path) -> None:
    body = """
        import dataclasses
        @dataclasses.dataclass
        class Word:
            text: "str"
        def helper() -> Word:
            return Word("hello")
    """
    file = write(tmp_path / "f.py", body, one("f", value="helper().text"))
    sent = cloudpickle.dumps(load_scanners(str(file), {})[0])
    program = (
        "import asyncio, pickle, sys; scan = pickle.load(sys.stdin.buffer)\n"
        "from inspect_scout._types import Transcript\n"
        "print(asyncio.run(scan(Transcript(transcript_id='t'))).value)"
    )
    done = subprocess.run([sys.executable, "-c", program], input=sent, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "hello"
    with pytest.raises(Exception):  # noqa: B017 - plain pickle cannot, whatever it says
        pickle.dumps(load_scanners(str(file), {})[0])


def test_each_scanner_gets_the_arguments_that_it_declares(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", one("f", "a, b=2", "[a, b]"), one("g", "*, c=3", "c"), one("h", "**rest", "rest"))
    made = load_scanners(str(file), {"a": 1, "c": 5, "d": 6})
    assert [value(m) for m in made] == [[1, 2], 5, {"a": 1, "c": 5, "d": 6}]
    assert scanner_config(made[0]).params == {"a": 1}


def test_arguments_that_no_scanner_declares_are_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", one("f", "threshold=2"), one("g", "limit=1"))
    with pytest.raises(UnknownNameError, match="Did you mean 'threshold'"):
        load_scanners(str(file), {"treshold": 3})
    with pytest.raises(UnknownNameError, match="'limit'"):
        load_scanners(f"{file}@f", {"limit": 3})


def test_missing_arguments_are_named(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", one("f", "first, second, third=1"))
    with pytest.raises(ConfigError, match="'f' requires arguments that were not given: 'first', 'second'"):
        load_scanners(str(file), {"third": 3})


def test_scan_jobs_are_no_scanners(tmp_path: Path) -> None:
    job = "from inspect_scout import ScanJob, scanjob\n@scanjob\ndef job(): return ScanJob(scanners=[f()])\n"
    file = write(tmp_path / "f.py", job, one("f"))
    for spec in (file, f"{file}@job"):
        with pytest.raises(ConfigError, match="is a scan job"):
            load_scanners(str(spec), {})
    assert names(f"{file}@f") == ["f"]


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json"])
def test_job_files_hold_no_scanners(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"job.{suffix}").write_text("{}")
    with pytest.raises(ConfigError, match="is a scan job"):
        load_scanners(str(tmp_path / f"job.{suffix}"), {})


@pytest.mark.parametrize("spec", ["nowhere.py", "nowhere.py@f", "sub/nowhere.py", "nowhere", "nowhere.yaml"])
def test_missing_files_are_named(tmp_path: Path, spec: str) -> None:
    os.chdir(tmp_path)
    with pytest.raises(LocationError, match="nowhere") as refused:
        load_scanners(spec, {})
    assert isinstance(refused.value, FileNotFoundError)


def test_packages_that_do_not_exist_are_named() -> None:
    with pytest.raises(LocationError, match="neither a file nor a registered scanner"):
        load_scanners("nopackage/scanner", {})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1\n", "has no scanners"),
        ("def f(:\n", "not valid Python, line 1"),
        ("\n\nraise KeyError('gone')\n@scanner\ndef f(): ...\n", "line 3): KeyError: 'gone'"),
        ("import sys\nsys.exit(3)\n@scanner\ndef f(): ...\n", "SystemExit: 3"),
        ("from no_such_module import x\n@scanner\ndef f(): ...\n", "No module named 'no_such_module'"),
        ("def scanner(f): return f\n@scanner\ndef f(): ...\n", "not the scanner of inspect_scout"),
        ("x = '\0'\n", "null bytes"),
        ("# coding: nonsense\n", "not valid Python"),
        ("(" * 300 + ")" * 300 + "\n@scanner\ndef f(): ...\n", ""),
    ],
)
def test_broken_files_are_named_with_the_cause(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "broken.py"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        load_scanners(str(file), {})
    assert says in str(refused.value)
    assert "broken.py" in str(refused.value)


def test_the_cause_of_a_failing_import_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "f.py"
    file.write_text("raise KeyError('gone')\n@scanner\ndef f(): ...\n")
    with pytest.raises(ConfigError) as refused:
        load_scanners(str(file), {})
    assert isinstance(refused.value.__cause__, KeyError)
    assert not [name for name, module in sys.modules.items() if getattr(module, "__file__", None) == str(file)]


def test_undecodable_files_and_directories_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.py").write_bytes(b"x = '\xff\xfe'")
    with pytest.raises(ConfigError, match=r"bytes\.py"):
        load_scanners(str(tmp_path / "bytes.py"), {})
    with pytest.raises(ConfigError, match="is a directory"):
        load_scanners(str(tmp_path), {})
    (tmp_path / "notes.txt").write_text("@scanner\ndef f(): ...")
    with pytest.raises(ConfigError, match="not a Python file"):
        load_scanners(str(tmp_path / "notes.txt"), {})


def test_unknown_names_are_refused_before_the_file_runs(tmp_path: Path) -> None:
    file = write(tmp_path / "f.py", "raise SystemExit\n", one("refusal"))
    with pytest.raises(UnknownNameError, match="Did you mean 'refusal'"):
        load_scanners(f"{file}@refusals", {})


def test_a_running_program_is_not_started_again(tmp_path: Path) -> None:
    program = write(
        tmp_path / "program.py",
        one("f"),
        "print('started')\n"
        "from inspect_scout._scanners import load_scanners, scanner_config\n"
        "print(scanner_config(load_scanners(__file__, {})[0]).name)\n",
    )
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["started", "f"]
