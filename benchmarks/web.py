"""What a person waits for: `python -m benchmarks.web` opens the page in Chromium, over a project that it makes, and times it.

Cold is a new profile of the browser and a new server that has loaded its libraries, warm a reload; medians. First rows are those of a
list; a text of the data is waited for, and nothing is assumed of markup, so that with `--reference` the page of another installation is
timed in turn on the same project. What may be stands beside each figure, and what is worse is marked.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.make_data import NEEDLE
from benchmarks.reading import ID
from benchmarks.view_reference import started
from benchmarks.view_transcripts import summary
from benchmarks.web_data import LAST_WORDS, make_project
from benchmarks.web_script import BLANK, FRAMES

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-precise-memory-info",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_SECONDS = 60
WHEEL_TURNS, WHEEL_PIXELS, WHEEL_PAUSE_MS = 120, 400, 25
QUIET_MS = 700

FIRST_ROW_MS = 600
SHARE_OF_REFERENCE = 0.25
MESSAGES_MS, BLANK_MS, FIND_MS, TAB_MB = 1000, 150, 1000, 100
RESULTS_MS, FRAMES_A_SECOND, SORT_MS, NODES, EAGER_KB = 1000, 55, 500, 3000, 150

SCANNER = "length"
"""Of all scans; the column of its values has its name."""

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A page, and a text that is there once its first row is."""

    name: str
    path: str
    text: str


@dataclass(slots=True)
class Tab:
    """A page in a browser of its own, and what it has loaded."""

    page: Page
    # The results of its commands are less than half typed.
    session: Any
    named: set[str] = field(default_factory=set[str])
    """Files of scripts and styles that `index.html` names: what is loaded whatever is shown."""
    loaded: Figures = field(default_factory=lambda: {"kB": 0.0, "requests": 0.0, "eager kB": 0.0, "code kB": 0.0})

    def listen(self) -> None:
        """Count what comes over the wire; scripts and styles apart, and those that every place needs."""
        kinds: dict[str, str] = {}
        eager: set[str] = set()

        def answered(event: Mapping[str, Any]) -> None:
            kinds[event["requestId"]] = event["type"]
            if event["response"]["url"].rpartition("/")[2] in self.named:
                eager.add(event["requestId"])

        def finished(event: Mapping[str, Any]) -> None:
            size = event["encodedDataLength"] / 1000
            self.loaded["kB"] += size
            self.loaded["requests"] += 1
            if kinds.get(event["requestId"]) in ("Script", "Stylesheet"):
                self.loaded["code kB"] += size
            if event["requestId"] in eager:
                self.loaded["eager kB"] += size

        self.session.on("Network.responseReceived", answered)
        self.session.on("Network.loadingFinished", finished)
        self.session.send("Network.enable")

    def nodes(self) -> float:
        """Count the elements of the document."""
        return float(self.page.evaluate("document.getElementsByTagName('*').length"))

    def heap_megabytes(self) -> float:
        """Tell what its JavaScript holds, garbage aside."""
        self.session.send("HeapProfiler.collectGarbage")
        self.session.send("Performance.enable")
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "JSHeapUsedSize") / 1e6

    def process_megabytes(self) -> float:
        """Tell what the process of the tab has for itself: without what it shares with other processes."""
        browser = self.page.context.browser
        assert browser is not None
        session: Any = browser.new_browser_cdp_session()
        known = session.send("SystemInfo.getProcessInfo")["processInfo"]
        return max(_private_megabytes(each["id"]) for each in known if each["type"] == "renderer")


def _private_megabytes(pid: int) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def seen(page: Page, text: str) -> None:
    """Wait until a text (a regular expression) can be seen."""
    found = page.get_by_text(re.compile(text)).locator("visible=true").first
    found.wait_for(state="visible", timeout=1000 * PATIENCE_SECONDS)


def milliseconds(action: Callable[[], object], page: Page, text: str) -> float:
    """Time from an action until a text can be seen."""
    began = time.perf_counter()
    action()
    seen(page, text)
    return 1000 * (time.perf_counter() - began)


def with_tab(play: Playwright, chromium: str, use: Callable[[Tab], Figures]) -> Figures:
    """Measure something in a browser that has never been anywhere."""
    browser: Browser = play.chromium.launch(executable_path=chromium, args=list(FLAGS))
    try:
        page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
        tab = Tab(page, page.context.new_cdp_session(page))
        tab.listen()
        return use(tab)
    finally:
        browser.close()


def first_row(address: str, place: Place) -> Callable[[Tab], Figures]:
    """Open a place, and load it again."""

    def use(tab: Tab) -> Figures:
        page = tab.page
        tab.named |= set(re.findall(r"([^/\"]+\.(?:js|css))\"", httpx.get(address).text))
        cold = milliseconds(lambda: page.goto(address + place.path, wait_until="commit"), page, place.text)
        loaded = dict(tab.loaded)
        warm = milliseconds(lambda: page.reload(wait_until="commit"), page, place.text)
        page.wait_for_timeout(QUIET_MS)
        return {"cold": cold, "warm": warm, **loaded, "nodes": tab.nodes(), "heap": tab.heap_megabytes()}

    return use


def reading(address: str, path: str, last: str) -> Callable[[Tab], Figures]:
    """Read a long transcript: open it, scroll, go to its end, find a word."""

    def use(tab: Tab) -> Figures:
        page = tab.page
        figures: Figures = {}
        began = time.perf_counter()
        page.goto(address + path, wait_until="commit")
        page.get_by_role("article").first.wait_for(state="visible", timeout=1000 * PATIENCE_SECONDS)
        figures["first messages"] = 1000 * (time.perf_counter() - began)
        page.wait_for_timeout(QUIET_MS)
        figures["blank while scrolling"] = _blank(page, lambda: _scroll(page))
        figures["blank at the end"] = _blank(page, lambda: page.keyboard.press("Shift+g"))
        seen(page, last)
        figures["find's first hit"] = _find(page, NEEDLE)
        page.wait_for_timeout(QUIET_MS)
        return {**figures, "nodes": tab.nodes(), "heap": tab.heap_megabytes(), "process": tab.process_megabytes()}

    return use


def _scroll(page: Page) -> None:
    size = page.viewport_size or {"width": 1440, "height": 900}
    page.mouse.move(size["width"] / 2, size["height"] * 0.6)
    for _ in range(WHEEL_TURNS):
        page.mouse.wheel(0, WHEEL_PIXELS)
        page.wait_for_timeout(WHEEL_PAUSE_MS)


def _blank(page: Page, action: Callable[[], object]) -> float:
    """Tell for how long, at most, most of the column showed nothing while something was done."""
    page.evaluate(BLANK)
    action()
    page.wait_for_timeout(QUIET_MS)
    return float(page.evaluate("window.blankest()"))


def _find(page: Page, word: str) -> float:
    page.keyboard.press("Control+f")
    field = page.get_by_role("search").get_by_role("textbox")
    field.wait_for(state="visible")

    def ask() -> None:
        field.fill(word)
        field.press("Enter")

    return milliseconds(ask, page, r"^\s*[\d ,.\u2009\u202f]+ of [\d ,.\u2009\u202f]+")


def results(address: str, place: Place) -> Callable[[Tab], Figures]:
    """Look through the results of a large scan: open, scroll, sort."""

    def use(tab: Tab) -> Figures:
        page = tab.page
        figures = {"open": milliseconds(lambda: page.goto(address + place.path, wait_until="commit"), page, place.text)}
        page.wait_for_timeout(QUIET_MS)
        page.evaluate(FRAMES)
        _scroll(page)
        figures |= page.evaluate("window.drawn()")
        grid = page.get_by_role("grid").first
        before = grid.get_by_role("row").nth(1).inner_text()
        head = grid.get_by_role("columnheader").get_by_role("button", name=re.compile(SCANNER)).first
        began = time.perf_counter()
        head.click()
        _changed(page, before)
        figures["sort"] = 1000 * (time.perf_counter() - began)
        return {**figures, "nodes": tab.nodes(), "heap": tab.heap_megabytes()}

    return use


def _changed(page: Page, before: str) -> None:
    page.wait_for_function(
        """before => {
          const row = document.querySelectorAll('[role=grid] [role=row], [role=grid] tbody tr');
          return [...row].some(each => each.innerText.trim() !== '' && each.innerText !== before && each.getBoundingClientRect().top > 0)
            && document.querySelector('[role=grid] [aria-sort=ascending], [role=grid] [aria-sort=descending]') !== null
            && document.querySelector('[role=grid] [aria-busy=true]') === null;
        }""",
        arg=before,
        timeout=1000 * PATIENCE_SECONDS,
    )


@contextlib.contextmanager
def loaded(scout: str, project: Path) -> Generator[str]:
    """Start a server, and wait until it has loaded its libraries: gives its address."""
    with started(scout, project) as (address, _, _):
        # The published server has no such route, and listens once all is loaded.
        httpx.get(f"{address}/api/v3/project", timeout=PATIENCE_SECONDS)
        yield address


@contextlib.contextmanager
def reported(name: str) -> Generator[None]:
    """Say what did not answer, and go on: the figures of the others are worth having."""
    try:
        yield
    except PlaywrightError as error:
        print(f"  ! {name}: {' '.join(str(error).split())[:300]}", flush=True)


# --- What is opened -----------------------------------------------------------------------------------------------------


def our_places() -> Sequence[Place]:
    """Name the lists of this installation's page."""
    return _places("/#/scans", "/#/transcripts", f"/#/scans/{ID}?scanner={SCANNER}")


def reference_places(project: Path) -> Sequence[Place]:
    """Name the lists of the published page: its addresses are part of its contract with the editor."""
    scans = base64.urlsafe_b64encode(str(project / "scans").encode()).decode().rstrip("=")
    return _places("/#/scans", "/#/transcripts", f"/#/scan/{scans}/scan_id={ID}")


def _places(scans: str, transcripts: str, scan: str) -> Sequence[Place]:
    return (
        Place("scans", scans, f"^{SCANNER}$"),
        Place("transcripts", transcripts, r"\btask\d+"),
        Place("results", scan, r"\bcounted\b"),
    )


def medians(runs: Sequence[Figures]) -> Figures:
    """Give the median of each figure."""
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def told(name: str, figure: float, unit: str, most: float | None = None, least: float | None = None) -> None:
    """Print a figure beside what it may be."""
    bound = f"<= {most:,.0f}" if most is not None else f">= {least:,.0f}" if least is not None else ""
    missed = (most is not None and figure > most) or (least is not None and figure < least)
    print(f"  {name:34} {figure:10,.0f} {unit:8} {bound:10} {'!' if missed else ''}", flush=True)


def report_first_rows(play: Playwright, options: argparse.Namespace, project: Path) -> None:
    """Print how soon the first rows are there, on both pages in turn."""
    pages = {"ours": (options.scout, our_places())}
    if options.reference:
        pages["reference"] = (options.reference, reference_places(project))
    found: dict[tuple[str, str], Figures] = {}
    for at, place in enumerate(our_places()):
        for owner, (scout, places) in pages.items():
            runs: list[Figures] = []
            for _ in range(options.runs):
                with loaded(scout, project) as address, reported(f"{place.name}, {owner}"):
                    runs.append(with_tab(play, options.chromium, first_row(address, places[at])))
            if runs:
                found[place.name, owner] = medians(runs)
    for name, owner in found:
        _tell_first_row(name, owner, found)


def _tell_first_row(name: str, owner: str, found: Mapping[tuple[str, str], Figures]) -> None:
    figures, other = found[name, owner], found.get((name, "reference"))
    print(f"\nfirst row of {name}, {owner}")
    ours = owner == "ours"
    for when in ("cold", "warm"):
        share = SHARE_OF_REFERENCE * other[when] if other else FIRST_ROW_MS
        told(when, figures[when], "ms", min(FIRST_ROW_MS, share) if ours else None)
    told("script and style of every place", figures["eager kB"], "kB", EAGER_KB if ours else None)
    told("with those of this place", figures["code kB"], "kB")
    told("all over the wire", figures["kB"], "kB")
    told("requests", figures["requests"], "")
    told("elements", figures["nodes"], "", NODES if ours else None)
    told("JavaScript heap", figures["heap"], "MB")


def report_reading(play: Playwright, options: argparse.Namespace, project: Path) -> None:
    """Print what reading long transcripts is like."""
    for name in ("talk", "huge"):
        log = project / "transcripts" / name / f"{name}.eval"
        path = f"/#/transcripts/{summary(log)['uuid']}?location={log}"
        last = LAST_WORDS if name == "talk" else "done|submit"
        runs: list[Figures] = []
        for _ in range(options.runs):
            with loaded(options.scout, project) as address, reported(f"reading {name}"):
                runs.append(with_tab(play, options.chromium, reading(address, path, last)))
        if not runs:
            continue
        figures = medians(runs)
        print(
            f"\nreading {name}: {summary(log)['message_count']:,} messages, {log.stat().st_size / 1e6:,.0f} MB on disk"
        )
        told("first messages", figures["first messages"], "ms", MESSAGES_MS)
        told("blank while scrolling", figures["blank while scrolling"], "ms", BLANK_MS)
        told("blank on the way to the end", figures["blank at the end"], "ms", BLANK_MS)
        told("find's first hit", figures["find's first hit"], "ms", FIND_MS)
        told("elements", figures["nodes"], "", NODES)
        told("JavaScript heap", figures["heap"], "MB", TAB_MB)
        told("process of the tab", figures["process"], "MB")


def report_results(play: Playwright, options: argparse.Namespace, project: Path) -> None:
    """Print what a large table of results is like."""
    runs: list[Figures] = []
    for _ in range(options.runs):
        with loaded(options.scout, project) as address, reported("results"):
            runs.append(with_tab(play, options.chromium, results(address, our_places()[2])))
    if not runs:
        return
    figures = medians(runs)
    print("\nresults of the large scan")
    told("open", figures["open"], "ms", RESULTS_MS)
    told("scroll", figures["a second"], "frames/s", least=FRAMES_A_SECOND)
    told("longest frame", figures["longest"], "ms")
    told("sort", figures["sort"], "ms", SORT_MS)
    told("elements", figures["nodes"], "", NODES)
    told("JavaScript heap", figures["heap"], "MB")


REPORTS: Mapping[str, Callable[[Playwright, argparse.Namespace, Path], None]] = {
    "rows": report_first_rows,
    "reading": report_reading,
    "results": report_results,
}


def main() -> None:
    """Make a project and print figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.web", description=__doc__)
    parser.add_argument("--scans", type=int, default=200, help="how many small scans there are")
    parser.add_argument("--rows", type=int, default=100_000, help="results of the large scan")
    parser.add_argument("--transcripts", type=int, default=10_000, help="how many transcripts are listed")
    parser.add_argument("--messages", type=int, default=100_000, help="messages of the long talk")
    parser.add_argument("--megabytes", type=int, default=264, help="size of the huge transcript")
    parser.add_argument("--runs", type=int, default=3, help="how often each is measured")
    parser.add_argument("--only", choices=REPORTS, help="measure only this")
    parser.add_argument(
        "--keep", type=Path, help="folder for the project, which is made there once (default: a temporary one)"
    )
    parser.add_argument("--reference", help="scout command of another installation, whose page is timed as well")
    parser.add_argument("--scout", default=str(Path(sys.executable).with_name("scout")), help="scout command to time")
    parser.add_argument("--chromium", default=next(filter(None, map(shutil.which, BROWSERS)), None))
    options = parser.parse_args()
    if options.chromium is None:
        raise SystemExit("This needs Chromium. On Debian: apt-get install chromium (or give --chromium PATH).")
    with tempfile.TemporaryDirectory(prefix="scout-web-") as temporary:
        project = (options.keep or Path(temporary) / "project").absolute()
        if not (project / "transcripts" / "talk" / "talk.eval").exists():
            print("Making a project ...", flush=True)
            sizes = {name: getattr(options, name) for name in ("scans", "rows", "transcripts", "messages", "megabytes")}
            make_project(project, **sizes)
        with sync_playwright() as play:
            for name, report in REPORTS.items():
                if options.only in (None, name):
                    report(play, options, project)


if __name__ == "__main__":
    main()
