"""The manual is complete: every public name, option and column appears, and generated pages are fresh."""

from __future__ import annotations

import importlib
import inspect
import re
import runpy
from pathlib import Path

import pytest

import inspect_scout
from inspect_scout import llm_scanner, scan_results_arrow

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", ["cli", "options"])
def test_generated_pages_are_fresh(name: str) -> None:
    generate = runpy.run_path(str(DOCS / f"generate_{name}.py"))["page"]
    assert (DOCS / f"{name}.md").read_text(encoding="utf-8") == generate(), f"run: python docs/generate_{name}.py"


@pytest.mark.parametrize("location", ["inspect_scout", "inspect_scout.aio", "inspect_scout.testing"])
def test_every_public_name_has_its_entry(location: str) -> None:
    module = importlib.import_module(location)
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    missing = [name for name in module.__all__ if f"::: {location}.{name}\n" not in text and f"`{name}`" not in text]
    assert missing == []


def test_every_entry_exists() -> None:
    entries = re.findall(r"^::: (.+)\.(\w+)$", (DOCS / "api.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [
        f"{location}.{name}" for location, name in entries if name not in importlib.import_module(location).__all__
    ] == []


def test_every_column_of_results_is_explained(example_scan: Path) -> None:
    text = (DOCS / "results.md").read_text(encoding="utf-8")
    results = scan_results_arrow(str(example_scan))
    shown = results.reader(results.scanners[0], exclude_columns=[]).schema.names
    assert len(shown) > 40
    assert [name for name in shown if f"| `{name}` |" not in text] == []


def test_every_parameter_of_the_judging_scanner_is_explained_and_shown() -> None:
    text = (DOCS / "llm.md").read_text(encoding="utf-8")
    parameters = list(inspect.signature(llm_scanner).parameters)
    table = text.partition("## Every parameter")[2].partition("```")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, flags=re.MULTILINE) == parameters
    shown = "".join(re.findall(r"^```python.*?^```", text, flags=re.MULTILINE | re.DOTALL))
    assert [name for name in parameters if f"    {name}=" not in shown and f"({name}=" not in shown] == []


def test_every_error_is_explained() -> None:
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    errors = [name for name in inspect_scout.__all__ if name.endswith("Error") and name != "Error"]
    assert [name for name in errors if f"`{name}`" not in text] == []
