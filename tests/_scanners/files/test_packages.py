"""Scanners of installed packages, found through their entry points."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_scout import ConfigError, UnknownNameError
from inspect_scout._scanners import (
    load_scanners,
    scanner_config,
    scanner_create,
    scanner_specs,
    scanners_from_specs,
)
from inspect_scout._types import ScannerSpec

SCANNERS = """
from inspect_scout._scanners import scanner
from inspect_scout._types import Result, Transcript

@scanner(messages="all", version=2)
def packaged(least: int = 1):
    async def scan(transcript: Transcript) -> Result:
        return Result(value=least)
    return scan
"""


@pytest.fixture
def site_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "site-packages"
    folder.mkdir()
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])
    modules = set(sys.modules)
    yield folder
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def install(folder: Path, package: str, distribution: str, registry: str) -> None:
    (folder / package).mkdir()
    (folder / package / "__init__.py").write_text("")
    (folder / package / "_scanners.py").write_text(SCANNERS)
    (folder / package / "_registry.py").write_text(registry)
    info = folder / f"{distribution.replace('-', '_')}-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.2.3\n")
    (info / "entry_points.txt").write_text(f"[inspect_ai]\n{package} = {package}._registry\n")
    (info / "top_level.txt").write_text(f"{package}\n")
    (info / "RECORD").write_text(f"{package}/__init__.py,,\n{package}/_scanners.py,,\n")
    importlib.invalidate_caches()


def test_scanners_of_packages_are_loaded_by_name(site_packages: Path) -> None:
    install(site_packages, "scout_probe_one", "scout-probe-one", "from ._scanners import packaged\n")
    (made,) = load_scanners("scout_probe_one/packaged", {"least": 3})
    config = scanner_config(made)
    assert (config.name, config.given_name, config.version) == ("scout_probe_one/packaged", "packaged", 2)
    (spec,) = scanner_specs({"packaged": made}).values()
    assert spec == ScannerSpec(
        name="scout_probe_one/packaged", version=2, package_version="1.2.3", file=None, params={"least": 3}
    )
    assert scanner_config(scanners_from_specs({"key": spec}, None)["key"]).params == {"least": 3}
    with pytest.raises(UnknownNameError, match="Did you mean 'scout_probe_one/packaged'"):
        load_scanners("scout_probe_one/package", {})
    with pytest.raises(UnknownNameError, match="Did you mean 'least'"):
        load_scanners("scout_probe_one/packaged", {"lest": 3})


def test_versions_are_found_where_the_distribution_has_another_name(site_packages: Path) -> None:
    install(site_packages, "scout_probe_two", "probe-distribution", "from ._scanners import packaged\n")
    made = scanner_create("scout_probe_two/packaged", {})
    assert scanner_config(made).package_version == "1.2.3"


def test_packages_that_cannot_be_imported_say_why(site_packages: Path) -> None:
    install(site_packages, "scout_probe_three", "scout-probe-three", "import no_such_module_at_all\n")
    with pytest.raises(ConfigError, match="No module named 'no_such_module_at_all'") as refused:
        load_scanners("scout_probe_three/packaged", {})
    assert isinstance(refused.value.__cause__, ImportError)


def test_a_file_that_lies_in_a_package_is_a_file(site_packages: Path) -> None:
    install(site_packages, "scout_probe_four", "scout-probe-four", "")
    (made,) = load_scanners(str(site_packages / "scout_probe_four" / "_scanners.py"), {})
    config = scanner_config(made)
    assert config.name == "packaged"
    assert config.file is not None and config.file.endswith("_scanners.py")
