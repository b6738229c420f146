"""A folder holds no more modules than one takes in at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path, PurePath

import pytest

ROOT = Path(__file__).parents[2]
MAX_MODULES = 20
# Folder -> modules that it still has; may only shrink, and goes at MAX_MODULES.
STILL_CROWDED = {"tests/support": 29}


def crowded(paths: Iterable[PurePath]) -> dict[str, int]:
    """Folders with too many modules, and how many; `__init__.py` is the folder's own."""
    counts = Counter(str(path.parent) for path in paths if path.name != "__init__.py")
    return {folder: count for folder, count in sorted(counts.items()) if count > MAX_MODULES}


@pytest.mark.parametrize("tree", ["src", "tests", "benchmarks", "docs", "examples"])
def test_no_folder_is_crowded(tree: str) -> None:
    modules = (path.relative_to(ROOT) for path in (ROOT / tree).rglob("*.py"))
    still = {folder: count for folder, count in STILL_CROWDED.items() if folder.split("/")[0] == tree}
    assert crowded(modules) == still


def test_a_crowded_folder_is_seen() -> None:
    modules = [PurePath("a", f"{number}.py") for number in range(MAX_MODULES)]
    assert crowded([*modules, PurePath("a/__init__.py"), PurePath("a/b/c.py")]) == {}
    assert crowded([*modules, PurePath("a/c.py")]) == {"a": 21}
