from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inspect_scout import ConfigError, LocationError, UnknownNameError
from inspect_scout._scanners import load_scanners, scanner_config, scanner_specs, scanners_from_specs
from inspect_scout._types import ScannerSpec, Transcript

SOURCE = """
from inspect_scout._scanners import scanner
from inspect_scout._types import Result, Transcript

@scanner(messages="all", name="named")
def words(least: int = 1, check: object = None):
    async def scan(transcript: Transcript) -> Result:
        return Result(value=[SIDE, least])
    return scan

@scanner(messages="all")
def given_a_function():
    return words(check=len)
"""


@pytest.fixture(autouse=True)
def unchanged_path() -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before


def write(folder: Path, side: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "again.py").write_text(f"SIDE = {side!r}\n{SOURCE}")
    return folder


def value(scan: Any) -> Any:
    return asyncio.run(scan(Transcript(transcript_id="t"))).value


def test_recorded_scanners_are_made_again_from_another_directory(tmp_path: Path) -> None:
    os.chdir(write(tmp_path / "start", "start"))
    made = load_scanners("again.py@named", {"least": 3})[0]
    specs = scanner_specs({"one": made, "two": made})
    assert specs["one"] == ScannerSpec(name="named", file="again.py", params={"least": 3})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.chdir(elsewhere)
    again = scanners_from_specs(specs, str(tmp_path / "start"))
    assert list(again) == ["one", "two"]
    assert value(again["one"]) == ["start", 3]
    assert scanner_config(again["two"]).params == {"least": 3}


def test_the_base_comes_before_the_working_directory(tmp_path: Path) -> None:
    base, here = write(tmp_path / "base", "base"), write(tmp_path / "here", "here")
    os.chdir(here)
    specs = {"one": ScannerSpec(name="named", file="again.py")}
    assert value(scanners_from_specs(specs, str(base))["one"])[0] == "base"
    assert value(scanners_from_specs(specs, None)["one"])[0] == "here"
    assert value(scanners_from_specs(specs, str(tmp_path))["one"])[0] == "here"


def test_names_of_functions_are_understood(tmp_path: Path) -> None:
    specs = {"one": ScannerSpec(name="words", file=str(write(tmp_path, "x") / "again.py"))}
    assert scanner_config(scanners_from_specs(specs, None)["one"]).name == "named"


def test_missing_files_name_every_place_that_was_tried(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    specs = {"one": ScannerSpec(name="named", file="gone.py")}
    with pytest.raises(LocationError) as refused:
        scanners_from_specs(specs, "/base/of/scan")
    assert "'/base/of/scan/gone.py'" in str(refused.value)
    assert str(tmp_path / "gone.py") in str(refused.value)


def test_unknown_names_list_what_is_close(tmp_path: Path) -> None:
    file = str(write(tmp_path, "x") / "again.py")
    with pytest.raises(UnknownNameError, match="Did you mean 'named'"):
        scanners_from_specs({"one": ScannerSpec(name="name", file=file)}, None)
    with pytest.raises(UnknownNameError, match="Unknown scanner: 'nowhere'"):
        scanners_from_specs({"one": ScannerSpec(name="nowhere")}, None)


def test_arguments_that_were_not_recorded_stop_a_resume(tmp_path: Path) -> None:
    os.chdir(write(tmp_path, "x"))
    made = load_scanners("again.py@given_a_function", {})
    assert value(scanners_from_specs(scanner_specs({"key": made[0]}), None)["key"]) == ["x", 1]
    lost = {
        "key": ScannerSpec(
            name="named",
            file="again.py",
            params={"check": {"kind": "unavailable", "display_name": "function 'len'", "digest": "d"}},
        )
    }
    with pytest.raises(ConfigError, match=r"Scanner 'key'.*check: function 'len'"):
        scanners_from_specs(lost, None)
