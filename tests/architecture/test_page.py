"""ARCHITECTURE.md leads to files that exist, by names that the code defines; so do the decisions that it links to."""

from __future__ import annotations

import re

from support.source_names import ROOT, SOURCE, code_spans, source_names

PAGE = ROOT / "ARCHITECTURE.md"
SUFFIXES = (".py", ".md", ".yml", ".importlinter", "/")
MODULE = re.compile(r"(_\w+|tests|docs)(/\w+)+\.py")
MOST_LINES = 120
"""Two pages."""


def words() -> list[str]:
    """Words in backticks; of a command (`python docs/x.py`) each one."""
    return [word for span in code_spans(PAGE) for word in span.split()]


def is_path(word: str) -> bool:
    return "/" in word or word.endswith(SUFFIXES)


def test_paths_in_the_architecture_exist() -> None:
    paths = {word for word in words() if is_path(word)}
    assert len(paths) > 60
    assert [path for path in sorted(paths) if not ((ROOT / path).exists() or (SOURCE / path).exists())] == []


def test_modules_and_tests_in_the_decisions_exist() -> None:
    pages = [ROOT / "CONTRIBUTING.md", *(ROOT / "design").glob("*.md")]
    named = [(page.name, span) for page in pages for span in code_spans(page) if MODULE.fullmatch(span)]
    assert len(named) > 10
    assert [(page, path) for page, path in named if not ((ROOT / path).exists() or (SOURCE / path).exists())] == []


def test_names_in_the_architecture_are_defined() -> None:
    names = {word for word in words() if not is_path(word)}
    packages = {path.stem for path in SOURCE.iterdir()}
    assert len(names) > 30
    assert sorted(names - packages - source_names()) == []


def test_links_of_the_architecture_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)]+)\)", PAGE.read_text(encoding="utf-8"))
    assert len(links) > 3
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_every_package_has_its_row_in_the_architecture() -> None:
    folders = [folder for folder in SOURCE.iterdir() if (folder / "__init__.py").exists()]
    folders += [folder for folder in (SOURCE / "_engine").iterdir() if (folder / "__init__.py").exists()]
    named = {word.rstrip("/") for word in words()}
    assert [str(path) for folder in folders if str(path := folder.relative_to(SOURCE)) not in named] == []


def test_architecture_fits_on_two_pages() -> None:
    assert len(PAGE.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
