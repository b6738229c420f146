"""A folder that opens from disk: the page, what was recorded for it, and nothing half-written."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Final

from ..._support.errors import ConfigError, LocationError

INDEX: Final = "answers.js"
SCRIPT_BYTES: Final = 512 << 10
"""Scripts of about this size are read at once, and hold what is read together."""

_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")
_PAGE_INDEX = "index.html"
_PAGE = {_PAGE_INDEX, "page.js", "page.css", "theme.js", "icon.svg"}
_NOT_HELD = """<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'" />
    <meta name="color-scheme" content="light dark" />
    <title>Not in this export</title>
  </head>
  <body>
    <p>This export does not hold that file. Open the project itself with <code>scout view</code>.</p>
  </body>
</html>
"""


def refuse_target(folder: str) -> None:
    """Refuse a folder that holds anything but an export.

    Raises:
        ConfigError: It holds other things, or is a file or a link.
    """
    if os.path.islink(folder) or (os.path.exists(folder) and not os.path.isdir(folder)):
        raise ConfigError(f"{folder!r} is not a folder. Name one that is not there yet, or an earlier export.")
    if os.path.isdir(folder) and os.listdir(folder) and not is_export(folder):
        raise ConfigError(f"{folder!r} holds other things. Name a folder that is empty, or not there yet.")


def is_export(folder: str) -> bool:
    """Tell whether a folder is an export, which another one may take the place of."""
    known = {INDEX, "not-held.html", "data", "media", *_PAGE}
    names = set(os.listdir(folder))
    return {INDEX, _PAGE_INDEX} <= names <= known


class ExportFolder:
    """What an export is written to, beside its place, until it is whole.

    Args:
        place: Where it is being written.
    """

    def __init__(self, place: str) -> None:
        self._place = place
        self._answers: dict[str, int] = {}
        self._lists: dict[str, Mapping[str, object]] = {}
        self._media: dict[str, str] = {}
        self._waiting: list[tuple[str, str]] = []
        self._waiting_bytes, self._scripts = 0, 0
        self.written = 0
        os.makedirs(os.path.join(place, "data"))

    @property
    def answers(self) -> int:
        """How many answers it holds."""
        return len(self._answers)

    def add(self, question: str, value: object) -> None:
        """Keep the answer to a question; one that is there stays."""
        if question in self._answers:
            return
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
        self._answers[question] = self._scripts
        self._waiting.append((question, text))
        self._waiting_bytes += len(text)
        if self._waiting_bytes >= SCRIPT_BYTES:
            self.end_script()

    def add_list(self, question: str, described: Mapping[str, object]) -> None:
        """Keep what is known of a list, whose parts are answers."""
        self._lists[question] = described

    def add_media(self, question: str, data: bytes, extension: str) -> None:
        """Keep a file that the browser loads itself."""
        name = f"media/{len(self._media):05}{extension}"
        os.makedirs(os.path.join(self._place, "media"), exist_ok=True)
        self._write(name, data)
        self._media[question] = name

    def end_script(self) -> None:
        """Begin another script: what follows is not read together with what was before."""
        if not self._waiting:
            return
        pairs = script_text(self._waiting)
        self._write(f"data/{self._scripts:05}.js", f"scoutAnswers({self._scripts},{pairs});\n".encode())
        self._scripts += 1
        self._waiting, self._waiting_bytes = [], 0

    def finish(self, page: str) -> None:
        """Write the page, and what names all else.

        Args:
            page: Folder of the page that is made to be opened from disk.
        """
        self.end_script()
        index = {"version": 1, "answers": self._answers, "lists": self._lists, "media": self._media}
        self._write(INDEX, f"var scoutExport = {script_text(index)};\n".encode())
        self._write("not-held.html", _NOT_HELD.encode())
        for name in sorted(_PAGE & set(os.listdir(page))):
            with open(os.path.join(page, name), "rb") as file:
                self._write(name, file.read())

    def _write(self, name: str, data: bytes) -> None:
        with open(os.path.join(self._place, name), "wb") as file:
            file.write(data)
        self.written += len(data)


def script_text(value: object) -> str:
    """Write JSON as a script takes it: nothing in it ends a script or a line, begins a comment, or is half a character."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


@contextmanager
def written_beside(folder: str) -> Generator[ExportFolder]:
    """Write a folder beside its place, and put it there once it is whole; of one that fails, nothing remains.

    Args:
        folder: Where it is to be.

    Raises:
        ConfigError: There are other things.
        LocationError: It cannot be written there.
    """
    target = os.path.abspath(folder)
    refuse_target(target)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        beside = tempfile.mkdtemp(prefix=f".{os.path.basename(target)}-", dir=parent)
    except OSError as error:
        raise LocationError(f"{folder!r} cannot be written: {error.strerror}. Name another folder.") from error
    try:
        yield ExportFolder(beside)
        os.chmod(beside, 0o755)  # noqa: S103 - as a folder that a person makes; it is to be shared
        refuse_target(target)  # somebody may have used the place meanwhile
        _replace(beside, target)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _replace(beside: str, target: str) -> None:
    """Put a folder where there is none, an empty one, or an earlier export."""
    if not os.path.isdir(target) or not os.listdir(target):
        os.replace(beside, target)
        return
    old = tempfile.mkdtemp(prefix=f".{os.path.basename(target)}-old-", dir=os.path.dirname(target))
    os.replace(target, os.path.join(old, "export"))
    os.replace(beside, target)
    shutil.rmtree(old, ignore_errors=True)
