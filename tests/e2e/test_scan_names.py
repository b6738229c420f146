"""Finding, naming and deleting scans, typed in a terminal."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

SCOUT = str(Path(sys.executable).parent / "scout")
_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def type_command(folder: Path, width: int, *arguments: str, answer: str = "") -> tuple[int, list[str]]:
    """Type a command in a terminal of some width; gives its exit code and the lines that came, without colours."""
    keyboard, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "NO_COLOR"}}
    ran = subprocess.Popen(
        [SCOUT, *arguments],
        cwd=folder,
        env={**environment, "TERM": "xterm-256color"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
    )
    os.close(terminal)
    os.write(keyboard, answer.encode())
    came = b""
    while True:
        try:
            part = os.read(keyboard, 65536)
        except OSError:  # the program has ended
            break
        if not part:
            break
        came += part
    os.close(keyboard)
    return ran.wait(), _ESCAPE.sub("", came.decode()).replace("\r", "").splitlines()


@pytest.fixture
def folder(example_scan: Path, tmp_path: Path) -> Path:
    """A folder with a scan in `scans`."""
    shutil.copytree(example_scan, tmp_path / "scans" / example_scan.name)
    return tmp_path


@pytest.mark.parametrize(
    ("width", "headers"),
    [
        (50, "id age state done found errors"),
        (80, "id age state scanners done found errors"),
        (160, "id age state scanners done found errors name"),
    ],
)
def test_a_list_never_wraps(folder: Path, width: int, headers: str) -> None:
    code, lines = type_command(folder, width, "scan", "list")
    assert code == 0
    assert lines[0].split()[: len(headers.split())] == headers.split()
    assert len(lines) == 2
    assert max(map(len, lines)) <= width


def test_the_id_of_a_list_names_the_scan_until_it_is_deleted(folder: Path) -> None:
    (_, (_, row)) = type_command(folder, 80, "scan", "list")
    scan_id = row.split()[0]
    code, said = type_command(folder, 80, "scan", "status", scan_id)
    assert code == 0
    assert said[0].startswith(f"{scan_id!r} is scans/scan_id={scan_id}")
    assert any(line.startswith("scan complete") for line in said)
    code, said = type_command(folder, 80, "scan", "rm", scan_id, answer="n\n")
    assert code == 130
    assert len(list((folder / "scans").iterdir())) == 1
    code, said = type_command(folder, 80, "scan", "rm", "latest", answer="y\n")
    assert code == 0
    assert re.search(r"Delete 1 scan \(\S+ kB\)\? \[y/N\]: ", "\n".join(said))
    assert "Deleted 1 scan (" in said[-1]
    assert list((folder / "scans").iterdir()) == []
