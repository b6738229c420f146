"""Lists of scans and transcripts that link to the JSON."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ..._app import in_sync
from ..._support.errors import ConfigError, ScoutError
from ..._support.storage import run_in_thread
from ..._support.terminal import one_line
from ..errors import handle_errors, status_of
from ..waiting import wait_for_store

if TYPE_CHECKING:
    from jinja2 import Template
    from starlette.requests import Request

    from ..._types import ScanState, TranscriptInfo
    from ..context import ViewContext

PAGE_ROWS = 100
MAX_PAGE = 1_000_000
_CELL = 200


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list.

    Args:
        name: Its heading.
        number: Whether it has numbers.
        id: Whether it has the id, which links to the JSON.
        state: Whether it says how a scan stands.
    """

    name: str
    number: bool = False
    id: bool = False
    state: bool = False


SCAN_COLUMNS = (
    ListColumn("State", state=True),
    ListColumn("Name"),
    ListColumn("Id", id=True),
    ListColumn("Scanners"),
    ListColumn("Model"),
    ListColumn("Transcripts", number=True),
    ListColumn("Results", number=True),
    ListColumn("Errors", number=True),
    ListColumn("Made"),
)
TRANSCRIPT_COLUMNS = (
    ListColumn("Task"),
    ListColumn("Sample"),
    ListColumn("Epoch", number=True),
    ListColumn("Model"),
    ListColumn("Score"),
    ListColumn("Messages", number=True),
    ListColumn("Tokens", number=True),
    ListColumn("Seconds", number=True),
    ListColumn("Made"),
    ListColumn("Id", id=True),
)


class Row(list[str]):
    """Cells of a row, and where its id leads.

    Args:
        cells: The cells.
        href: Address of the JSON, relative to the page.
    """

    def __init__(self, cells: Sequence[object], href: str) -> None:
        super().__init__("" if cell is None else _text(cell) for cell in cells)
        self.href = href


@dataclass(frozen=True, slots=True)
class ListPage:
    """A page of a list.

    Args:
        title: What it lists.
        place: Where that is.
        columns: Its columns.
        rows: Its rows.
        number: Which page of the list it is, from 1.
        total: Rows of all pages.
        empty: What is said if there are no rows ("": nothing).
        command: What to do then.
        problems: What could not be read.
    """

    title: str
    place: str
    columns: Sequence[ListColumn]
    rows: Sequence[Row]
    number: int
    total: int
    empty: str
    command: str
    problems: Sequence[str] = ()


def create_plain_site(context: ViewContext) -> Starlette:
    """Make what answers with the lists."""
    settings = context.settings

    async def scans(request: Request) -> Response:
        from ..._app import scans_page  # here, as below: what they load is not needed to start

        number = _page_number(request)
        place = (await run_in_thread("", context.served)).scans
        await wait_for_store(context.kept, place)
        page = await run_in_thread("", lambda: in_sync(scans_page)(place, (number - 1) * PAGE_ROWS, PAGE_ROWS))
        rows = [_scan_row(state) for state in page.items]
        words = "There are no scans yet. Scan some transcripts:", "scout scan scanners.py -T ./logs"
        return _render(
            ListPage("Scans", place, SCAN_COLUMNS, rows, number, page.total, *words), settings.mode == "scans"
        )

    async def transcripts(request: Request) -> Response:
        await context.kept.loaded()
        from ..._app import transcripts_page

        number = _page_number(request)
        found = (await run_in_thread("", context.served)).transcripts
        page = await run_in_thread("", lambda: in_sync(transcripts_page)(found, (number - 1) * PAGE_ROWS, PAGE_ROWS))
        rows = [_transcript_row(info) for info in page.items]
        words = "There are no transcripts here. Say where some are:", "scout view -T ./logs"
        place = ", ".join(found)
        return _render(
            ListPage("Transcripts", place, TRANSCRIPT_COLUMNS, rows, number, page.total, *words, page.problems), False
        )

    routes = [Route("/", scans), Route("/plain.css", _style)]
    if settings.mode != "scans":
        routes.append(Route("/transcripts", transcripts))
    app = Starlette(routes=routes)
    handle_errors(app)
    app.add_exception_handler(ScoutError, _show_error)
    return app


def _page_number(request: Request) -> int:
    given = request.query_params.get("page", "1")
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= MAX_PAGE):
        raise ConfigError(f"{given!r} is not a page: use a number from 1 to {MAX_PAGE}.")
    return int(given)


def _scan_row(state: ScanState) -> Row:
    facts = state.facts
    results = sum(counts.results for counts in state.scanners.values()) if state.counted else None
    return Row(
        [
            state.phase,
            facts.name,
            facts.scan_id,
            ", ".join(facts.scanners),
            facts.model,
            _count(facts.transcripts),
            _count(results),
            _count(state.error_count or None),
            _moment(facts.created),
        ],
        f"api/v3/scans/{quote(facts.scan_id, safe='')}",
    )


def _transcript_row(info: TranscriptInfo) -> Row:
    return Row(
        [
            info.task_set,
            info.task_id,
            info.task_repeat,
            info.model,
            info.score,
            _count(info.message_count),
            _count(info.total_tokens),
            None if info.total_time is None else f"{info.total_time:,.0f}",
            _moment(info.date or ""),
            info.transcript_id,
        ],
        f"api/v3/transcripts/{quote(info.transcript_id, safe='')}",
    )


def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"


def _moment(text: str) -> str:
    """Write a time to the minute: "2026-01-31 12:00"."""
    return text[:16].replace("T", " ")


def _text(value: object) -> str:
    return one_line(str(value), _CELL)


@functools.cache
def _template() -> Template:
    from jinja2 import Environment  # here: only these pages need it

    environment = Environment(autoescape=True)
    return environment.from_string(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))


def _render(page: ListPage, scans_only: bool, status: int = 200) -> HTMLResponse:
    first, number = (page.number - 1) * PAGE_ROWS + 1, page.number
    here = "./" if page.title == "Scans" else "transcripts"
    html = _template().render(
        page=page,
        total=f"{page.total:,}",
        first=f"{first:,}",
        last=f"{first + len(page.rows) - 1:,}",
        scans_only=scans_only,
        newer=f"{here}?page={number - 1}" if number > 1 else "",
        older=f"{here}?page={number + 1}" if number * PAGE_ROWS < page.total else "",
    )
    return HTMLResponse(html, status)


async def _style(_: Request) -> Response:
    return Response(Path(__file__).with_name("plain.css").read_text(encoding="utf-8"), media_type="text/css")


async def _show_error(request: Request, error: Exception) -> Response:
    title = "Transcripts" if request.url.path.endswith("/transcripts") else "Scans"
    page = ListPage(title, "", (), (), 1, 0, "", "", (str(error),))
    return _render(page, False, status_of(error))
