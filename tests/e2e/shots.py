"""Takes pictures of the notebook as people see it, in light and dark, to be looked at.

    make shots

Runs the committed notebook and a few cells more, writes what they show into pages with the styles and colours of JupyterLab, and
lets Chromium take pictures of them. Tests hold what can be held (`test_notebook_reprs.py`); whether it looks right, a person says.
"""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from e2e.notebooks import NOTEBOOK, Shown, notebook_cells, run_cells

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
CELLS_IN_A_PICTURE = 5
WIDTH, HEIGHT = 1000, 1500

MORE = {
    "more": """
from inspect_scout import ScanResultsDF, Transcript, scanner, start_scan

@scanner(messages="all")
def fragile():
    async def look(transcript):
        if transcript.score == "I":
            raise ValueError(f"<b>no</b> answer for {transcript.task_id}: " + "a long reason " * 20)
        return Result(value=True)
    return look
""",
    "slow": """
import asyncio

@scanner(messages="all")
def slow():
    async def look(transcript):
        await asyncio.sleep(0.3)
        return Result(value=transcript.score == "C")
    return look

slow_status = scan([slow(), refusals()], logs, scans='scans', max_transcripts=1)
""",
    "failing": "broken = scan([fragile(), refusals()], logs, scans='scans')",
    "status of a scan with errors": "broken",
    "hostile text": "Result(value='<b>bold</b> ' * 30, explanation='<script>alert(1)</script>\\n' * 30, metadata={'k': ['v'] * 99})",
    "result without a value": "Result(value=None, explanation='It does not say.')",
    "many rows": "scan_results_query(status, scanner='environment_errors')",
    "wide rows": "scan_results_query(status, scanner='refusals', columns='task_id value explanation message_references'.split())",
    "run": "with start_scan([refusals()], logs, scans='scans') as run:\n    run.status()\nrun",
    "refusal": "scan([refusals()], 'no-such-folder')",
}
"""Cells that no reader of the notebook needs: failures, hostile and long texts, refusals."""

STYLE = """
body { margin: 0; padding: 12px; background: var(--jp-layout-color0, #1e1e1e); color: var(--jp-content-font-color1, #cccccc);
  font: 14px/1.6 system-ui, -apple-system, sans-serif }
.name { opacity: .6; font: 11px monospace; margin-top: 14px }
.code { background: var(--jp-cell-editor-background, #252526); border: 1px solid var(--jp-cell-editor-border-color, #444);
  padding: 5px; margin: 2px 0 6px 64px; font: 13px/1.3 Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre-wrap }
.output { margin-left: 64px; overflow-x: auto }
.output pre { margin: 0; font: 13px/1.3 Menlo, Consolas, 'DejaVu Sans Mono', monospace; white-space: pre-wrap }
.output pre.stderr { background: var(--jp-rendermime-error-background, none) }
.output table { border-collapse: collapse; border-spacing: 0; border: none; font-size: 13px; table-layout: fixed;
  margin-left: 0; margin-bottom: 1em }
.output thead { border-bottom: 1px solid var(--jp-border-color1, #888); vertical-align: bottom }
.output td, .output th, .output tr { text-align: right; vertical-align: middle; padding: .5em; line-height: normal;
  white-space: normal; max-width: none; border: none }
.output th { font-weight: bold }
.output tbody tr:nth-child(odd) { background: var(--jp-layout-color0, none) }
.output tbody tr:nth-child(even) { background: var(--jp-rendermime-table-row-background, none) }
.b { font-weight: bold } .d { opacity: .6 } .c31 { color: #e75c58 } .c32 { color: #00a250 } .c33 { color: #c5a000 }
"""
"""What JupyterLab sets for outputs and tables."""

THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {
        "layout-color0": "white",
        "content-font-color1": "rgba(0, 0, 0, 0.87)",
        "border-color1": "#bdbdbd",
        "cell-editor-background": "#f5f5f5",
        "cell-editor-border-color": "#e0e0e0",
        "rendermime-table-row-background": "#f5f5f5",
        "rendermime-error-background": "#ffdddd",
        "success-color1": "#388e3c",
        "error-color1": "#d32f2f",
        "warn-color1": "#f57c00",
        "code-font-family": "Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    },
    "dark": {
        "layout-color0": "#111111",
        "content-font-color1": "white",
        "border-color1": "#616161",
        "cell-editor-background": "#212121",
        "cell-editor-border-color": "#424242",
        "rendermime-table-row-background": "#212121",
        "rendermime-error-background": "rgba(244, 67, 54, 0.28)",
        "success-color1": "#43a047",
        "error-color1": "#e53935",
        "warn-color1": "#fb8c00",
        "code-font-family": "Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    },
    "other": {},  # dark, without JupyterLab's variables: as in an editor
}
"""JupyterLab's variables, as its two themes set them."""

_CODES = {"1": "b", "2": "d", "31": "c31", "32": "c32", "33": "c33"}
_ESCAPE = re.compile(r"\x1b\[([\d;]*)m")


def page(cells: Iterable[tuple[str, Shown]], theme: str) -> str:
    """Write cells and what they showed as a page.

    Args:
        cells: The cells, with their names.
        theme: One of `THEMES`.
    """
    variables = "".join(f"--jp-{name}: {value};" for name, value in THEMES[theme].items())
    body = "".join(
        f'<div class="name">{html.escape(name)}</div><div class="code">{html.escape(shown.source.strip())}</div>'
        f'<div class="output">{"".join(map(output_html, shown.outputs))}</div>'
        for name, shown in cells
    )
    return f'<!doctype html><meta charset="utf-8"><style>:root {{{variables}}}{STYLE}</style>{body}'


def output_html(output: Mapping[str, Any]) -> str:
    """Write an output as JupyterLab shows it: the richest of its forms."""
    if output["output_type"] == "stream":
        return f'<pre class="{output["name"]}">{coloured(output["text"])}</pre>'
    if output["output_type"] == "error":
        return f'<pre class="stderr">{coloured(chr(10).join(output["traceback"]))}</pre>'
    data: Mapping[str, str] = output["data"]
    rich = data.get("text/html") or data.get("image/svg+xml")
    return f"<div>{rich}</div>" if rich else f"<pre>{html.escape(data['text/plain'])}</pre>"


def coloured(text: str) -> str:
    """Write text of a terminal as HTML."""
    parts = _ESCAPE.split(text)
    shown, codes = [html.escape(parts[0])], ""
    for code, part in zip(parts[1::2], parts[2::2], strict=True):
        codes = " ".join(_CODES.get(each, "") for each in code.split(";"))
        shown.append(f'<span class="{codes}">{html.escape(part)}</span>' if codes.strip() else html.escape(part))
    return "".join(shown)


def running(cell: Shown) -> Shown:
    """Show a cell as it stood before its end."""
    middle = cell.pictures[len(cell.pictures) // 2]
    return Shown(cell.source, [{"output_type": "display_data", "data": middle}], [])


def take_pictures(browser: str, cells: Sequence[tuple[str, Shown]], folder: Path) -> None:
    """Write a picture of each few cells in each theme."""
    for theme in THEMES:
        for start in range(0, len(cells), CELLS_IN_A_PICTURE):
            place = folder / f"{1 + start // CELLS_IN_A_PICTURE}-{theme}.html"
            place.write_text(page(cells[start : start + CELLS_IN_A_PICTURE], theme), encoding="utf-8")
            picture = place.with_suffix(".png")
            options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
            size = f"--window-size={WIDTH},{HEIGHT}"
            subprocess.run(
                [browser, *options, size, f"--screenshot={picture}", place.resolve().as_uri()],
                check=True,
                capture_output=True,
                timeout=120,
            )
            print(picture)


def main(folder: Path) -> None:
    """Take the pictures."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        print(f"No pictures: none of {', '.join(BROWSERS)} is installed.")
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        examples = Path(made) / "examples"
        shutil.copytree(NOTEBOOK.parent, examples)
        shown = run_cells({**notebook_cells(), **MORE}, examples, allow_errors=True)
    take_pictures(browser, [*shown.items(), ("slow, while it runs", running(shown["slow"]))], folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
