"""The glossary can be reached from every page, is in order, and names only what exists in the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.source_names import CODE_SPAN, source_names

ROOT = Path(__file__).parents[2]
PAGES = sorted(page.name for page in (ROOT / "docs").glob("*.md"))
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
TABLES = [
    [[cell.strip() for cell in row.strip("|").split(" | ")] for row in re.findall(r"^\| [^\n]+$", part, re.MULTILINE)][
        1:
    ]
    for part in GLOSSARY.split("\n## ")[1:]
]
FIELD, OURS = TABLES
MOST_SENTENCES = 2


def test_every_page_of_the_manual_links_to_the_glossary(tmp_path: Path) -> None:
    # The foot of a page does not depend on plugins. Without them this takes a second.
    settings = tmp_path / "mkdocs.yml"
    settings.write_text(
        f"INHERIT: {ROOT}/mkdocs.yml\ndocs_dir: {ROOT}/docs\nplugins: []\nstrict: false\n", encoding="utf-8"
    )
    site = tmp_path / "site"
    subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q", "-f", settings, "-d", site], check=True)
    feet = {page: (site / page).with_suffix(".html").read_text("utf-8").partition("<footer")[2] for page in PAGES}
    assert [page for page, foot in feet.items() if '<a href="glossary.html">' not in foot] == []
    assert (site / "glossary.html").exists()


def test_navigation_leads_to_every_page() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:\n")[2]
    assert sorted(re.findall(r": (\S+\.md)$", navigation, re.MULTILINE)) == PAGES


@pytest.mark.parametrize("table", TABLES, ids=["field", "ours"])
def test_glossary_is_alphabetical_and_defines_each_term_once(table: list[list[str]]) -> None:
    terms = [row[0] for row in table]
    assert terms == sorted(set(terms), key=str.lower)
    assert len(terms) > 30


@pytest.mark.parametrize("row", FIELD + OURS, ids=lambda row: row[0])
def test_glossary_defines_a_term_in_one_or_two_sentences(row: list[str]) -> None:
    meaning = row[1]
    assert meaning.endswith((".", ".)"))
    assert 1 <= len(re.findall(r"[.)](?= [A-Z]|$)", meaning)) <= MOST_SENTENCES


def test_glossary_names_the_code_of_each_term_of_ours() -> None:
    named = {row[0]: CODE_SPAN.findall(row[2]) for row in OURS}
    assert [term for term, names in named.items() if not names] == []
    missing = [(term, name) for term, names in named.items() for name in names if name not in source_names()]
    assert missing == []
