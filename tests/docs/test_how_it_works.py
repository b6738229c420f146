"""The page that follows a transcript through the code names only files, classes and functions that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from support.source_names import SOURCE, code_spans, source_names

PAGE = Path(__file__).parents[2] / "docs" / "how-it-works.md"
MOST_WORDS = 1200
"""Two pages."""


def test_how_it_works_names_only_files_that_exist() -> None:
    files = {span for span in code_spans(PAGE) if span.endswith(".py")}
    assert len(files) > 20
    assert [name for name in sorted(files) if not (SOURCE / name).is_file()] == []


def test_how_it_works_names_only_what_the_code_defines() -> None:
    names = {span for span in code_spans(PAGE) if span.isidentifier()}
    assert len(names) > 30
    assert sorted(names - source_names()) == []


@pytest.mark.parametrize("folder", ["executors", "workers", "admission", "recording"])
def test_how_it_works_shows_the_way_into_each_part_of_the_engine(folder: str) -> None:
    assert any(span.startswith(f"_engine/{folder}/") for span in code_spans(PAGE))


def test_how_it_works_fits_on_two_pages() -> None:
    assert len(re.findall(r"\w\S*", PAGE.read_text(encoding="utf-8"))) <= MOST_WORDS
