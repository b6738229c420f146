"""From what was asked for to a server that runs: in this thread until it is ended, or in one of its own."""

from __future__ import annotations

import contextlib
import os
import threading
import webbrowser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..._app import make_scans_folder, open_place, served_places
from ..._support.errors import ConfigError
from ..application import guarded_app
from ..kept import Kept
from ..network.access import Access
from ..network.authorities import address_of, is_wildcard
from ..network.guards import LOGIN_PATH
from ..network.policy import TOKEN_VARIABLE, network_policy, split_root_path
from ..settings import DEFAULT_HOST, DEFAULT_PORT, Mode, ViewSettings
from .ports import listen, noted
from .server import Server, allow_open_files

NOTEBOOK_FRAMES = ("http://localhost:*", "http://127.0.0.1:*", "https://localhost:*", "vscode-webview:")
"""Pages that may show ours in a frame when it is to be shown in a cell."""


@dataclass(frozen=True, slots=True)
class ViewRequest:
    """What was asked for; `ViewSettings` says what comes of it.

    Args:
        place: Folder of a project, or one file or directory (None: the working directory).
        transcripts: Where transcripts are, seen from the folder of the project (None: the project says).
        scans: Where scans are, likewise.
        trust_content: False: content of transcripts is never more than text; anything else says nothing.
        mode: `scans` shows scans only.
        host: Address to listen on.
        port: Port to listen on.
        browser: Whether to open the page in a browser.
        token: What clients must show (None: nothing).
        root_path: Path or URL under which a proxy serves the server.
        trusted_origins: Origins of pages that may ask, besides our own.
        trusted_hosts: Names under which the server may be asked, besides its own.
        unsafe_allow_unauthenticated: Whether other machines may ask without a token.
        framed: Whether the page is shown in a cell of a notebook.
    """

    place: str | None = None
    transcripts: str | None = None
    scans: str | None = None
    trust_content: bool | None = None
    mode: Mode = "default"
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    browser: bool = False
    token: str | None = None
    root_path: str = ""
    trusted_origins: Sequence[str] = ()
    trusted_hosts: Sequence[str] = ()
    unsafe_allow_unauthenticated: bool = False
    framed: bool = False


def take_token(given: str | None = None) -> str | None:
    """Give the token, and take it out of the environment, so that programs that are started later do not get it.

    Args:
        given: The token, if it was given otherwise (None: of the environment, if it is there).

    Raises:
        ConfigError: It cannot be sent in a header.
    """
    token = os.environ.pop(TOKEN_VARIABLE, "") if given is None else given
    os.environ.pop(TOKEN_VARIABLE, None)
    if token and not (token.isascii() and token.isprintable() and token == token.strip()):
        raise ConfigError("The token has characters that a header cannot have: use letters, digits and signs of ASCII.")
    return token or None


def settings_for(request: ViewRequest) -> ViewSettings:
    """Find out what is shown, to whom, and where; nothing is begun.

    Raises:
        LocationError: There is nothing to show.
        ConfigError: Anybody could ask, or an option is not what it should be.
    """
    opened = open_place(request.place)
    root_path, origin = split_root_path(request.root_path)
    origins = tuple(request.trusted_origins) or ((origin,) if origin is not None else ())
    settings = ViewSettings(
        project_dir=opened.project_dir,
        transcripts=opened.transcripts if request.transcripts is None else request.transcripts,
        scans=opened.scans if request.scans is None else request.scans,
        file=opened.file,
        trust_content=False if request.trust_content is False else None,  # trust can be withdrawn here, not granted
        mode=request.mode,
        host=request.host,
        port=request.port,
        token=request.token,
        root_path=root_path,
        trusted_origins=origins,
        trusted_hosts=tuple(request.trusted_hosts),
        unsafe_allow_unauthenticated=request.unsafe_allow_unauthenticated,
        frame_ancestors=NOTEBOOK_FRAMES if request.framed else (),
    )
    network_policy(settings)  # refuses what it cannot be asked under
    return _with_full_places(settings)


def _with_full_places(settings: ViewSettings) -> ViewSettings:
    """Write places that were named in full form: they are seen from the folder of the project."""
    found = served_places(settings.project_dir, settings.transcripts, settings.scans)
    transcripts = found.transcripts[0] if settings.transcripts is not None else None
    return replace(settings, transcripts=transcripts, scans=found.scans if settings.scans is not None else None)


class Viewer:
    """A server, from its port to its end.

    Args:
        settings: What it shows, to whom, and where.
        browser: Whether to open the page in a browser.
        report: Is told each line that people should read.
        owns_process: Whether signals end it.
    """

    def __init__(
        self, settings: ViewSettings, browser: bool, report: Callable[[str], None], owns_process: bool = True
    ) -> None:
        self._report, self._browser, self._owns_process = report, browser, owns_process
        self._listening = listen(settings.host, settings.port)
        self.settings = replace(settings, port=self._listening.port)
        self._access = Access(settings.token, self._listening.port) if settings.token is not None else None
        self._kept = Kept()
        with contextlib.ExitStack() as on_failure:
            on_failure.enter_context(self._listening.socket)  # the port is given back
            app = guarded_app(self.settings, self._access, self._kept)
            on_failure.pop_all()
        self.started = threading.Event()
        self._server = Server(app, self._announce, owns_process)

    @property
    def url(self) -> str:
        """Where the page is, for people who need no token."""
        mode = "?mode=scans" if self.settings.mode == "scans" else ""
        return f"http://{address_of(self.settings.host)}:{self.settings.port}{mode}"

    def browser_url(self) -> str:
        """Where a browser finds the page; with a token, a link that lets it in once."""
        host = "127.0.0.1" if is_wildcard(self.settings.host) else address_of(self.settings.host)
        at = f"http://{host}:{self.settings.port}"
        if self._access is not None:
            return f"{at}{LOGIN_PATH}?key={self._access.new_key()}"
        return f"{at}/{'?mode=scans' if self.settings.mode == 'scans' else ''}"

    def run(self) -> None:
        """Serve until it is ended."""
        # Another server may end a process that does nothing but serve, but not the kernel of a notebook.
        with noted(self._listening.port) if self._owns_process else contextlib.nullcontext():
            self._server.run(sockets=[self._listening.socket])

    def stop(self) -> None:
        """End it, soon."""
        self._server.should_exit = True

    def _announce(self) -> None:
        for note in self._listening.notes:
            self._report(note)
        self._report(f"======== Running on {self.url} ========\n(Press CTRL+C to quit)")
        if self._access is not None:
            self._report(f"In a browser, open this once: {self.browser_url()}")
        if self.settings.token is None and self.settings.unsafe_allow_unauthenticated:
            self._report("Warning: anybody who can reach this address can read, change and delete what is shown.")
        if self._browser:
            link = self.browser_url()
            threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
        self.started.set()
        self._kept.load()


def serve(settings: ViewSettings, browser: bool, report: Callable[[str], None]) -> None:
    """Serve until the process is asked to end.

    Args:
        settings: What is shown, to whom, and where.
        browser: Whether to open the page in a browser.
        report: Is told each line that people should read.
    """
    allow_open_files()
    make_scans(settings)
    Viewer(settings, browser, report).run()


def make_scans(settings: ViewSettings) -> None:
    """Make the folder of scans if it was named and is not there yet."""
    if settings.scans is not None and settings.file is None:
        make_scans_folder(settings.scans)
