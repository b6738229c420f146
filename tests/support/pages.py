"""The code blocks of the manual and the README, and a folder that looks like a clone in which a person types them."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
FENCE = re.compile(r"^```(?P<kind>\w+)(?P<options>[^\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A code block: its kind, the file that it is (None: it is none), its text, and the line where it begins."""

    kind: str
    title: str | None
    code: str
    line: int


def blocks(page: Path) -> list[Block]:
    """Find the code blocks of a page."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(
            match["kind"],
            title[1] if (title := TITLE.search(match["options"])) else None,
            match["code"],
            text.count("\n", 0, match.start()) + 1,
        )
        for match in FENCE.finditer(text)
    ]


def commands(code: str) -> Iterator[tuple[str, str]]:
    """Split a console block into commands (continued lines joined) and the output expected of each."""
    for part in re.split(r"^\$ ", code, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        last = next(i for i, line in enumerate(lines) if not line.endswith("\\"))
        yield "\n".join(lines[: last + 1]), "\n".join(lines[last + 1 :]).strip()


def make_clone(folder: Path) -> Path:
    """Make a folder that looks like a clone after `make demo`; gives its examples."""
    clone = folder / "clone"
    shutil.copytree(ROOT / "examples", clone / "examples")
    activate = clone / ".venv" / "bin" / "activate"
    activate.parent.mkdir(parents=True)
    activate.write_text(f'export PATH="{BIN}:$PATH"\n')
    return clone / "examples"
