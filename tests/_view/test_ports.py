"""Which port is listened on, and whose server is ended for it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from inspect_scout import ConfigError, StorageError
from inspect_scout._view.serving.ports import ServerRecord, ask_to_end, listen, noted

HOST = "127.0.0.1"
pytestmark = pytest.mark.skipif(
    not ServerRecord.of(os.getpid()).is_proved, reason="this system does not tell when processes started"
)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server((HOST, 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def other() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not a server of ours."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def note(folder: Path, port: int, pid: int, **changed: str) -> None:
    record = msgspec.structs.replace(ServerRecord.of(pid), **changed)
    (folder / f"{port}.json").write_bytes(msgspec.json.encode(record))


class Ending:
    """Remembers which processes it was to end."""

    def __init__(self, taken: socket.socket | None = None) -> None:
        self.pids: list[int] = []
        self._taken = taken

    def __call__(self, pid: int) -> None:
        self.pids.append(pid)
        if self._taken is not None:
            self._taken.close()


def port_of(host: str, port: int, folder: Path, ending: Ending) -> tuple[int, str]:
    found = listen(host, port, folder, ending, seconds=0.1)
    found.socket.close()
    return found.port, " ".join(found.notes)


def test_a_free_port_is_taken_without_a_word(tmp_path: Path) -> None:
    found = listen(HOST, 0, tmp_path)
    assert found.port > 0
    assert found.notes == ()
    with socket.create_connection((HOST, found.port), timeout=5):
        found.socket.close()


def test_a_port_of_another_program_is_left_alone(tmp_path: Path, taken: int) -> None:
    ending = Ending()
    port, said = port_of(HOST, taken, tmp_path, ending)
    assert port > taken
    assert f"Port {taken} is in use by another program; this is port {port}." in said
    assert ending.pids == []


def test_the_earlier_server_on_the_port_is_ended(tmp_path: Path, other: subprocess.Popen[bytes]) -> None:
    with socket.create_server((HOST, 0)) as listening:
        taken = listening.getsockname()[1]
        note(tmp_path, taken, other.pid)
        ending = Ending(listening)
        assert port_of(HOST, taken, tmp_path, ending) == (taken, f"The server that had port {taken} was ended.")
    assert ending.pids == [other.pid]


def test_an_earlier_server_that_does_not_end_keeps_its_port(
    tmp_path: Path, taken: int, other: subprocess.Popen[bytes]
) -> None:
    note(tmp_path, taken, other.pid)
    ending = Ending()
    port, said = port_of(HOST, taken, tmp_path, ending)
    assert ending.pids == [other.pid]
    assert port > taken
    assert "was ended" not in said


@pytest.mark.parametrize(
    "changed",
    [
        {"started": "1"},  # the number was given to another process since
        {"started": ""},
        {"machine": "another/pid:[1]"},  # the home is shared by machines or containers
        {"machine": ""},
    ],
)
def test_a_process_that_is_not_proved_to_be_the_server_is_not_ended(
    tmp_path: Path, taken: int, other: subprocess.Popen[bytes], changed: dict[str, str]
) -> None:
    note(tmp_path, taken, other.pid, **changed)
    ending = Ending()
    assert port_of(HOST, taken, tmp_path, ending)[0] > taken
    assert ending.pids == []


@pytest.mark.parametrize(
    "text", [b"", b"123", b"{}", b'{"pid": -1, "started": "1", "machine": "m"}', b'{"pid": "x"}', b"\xff"]
)
def test_a_damaged_note_ends_nothing(tmp_path: Path, taken: int, text: bytes) -> None:
    (tmp_path / f"{taken}.json").write_bytes(text)
    ending = Ending()
    assert port_of(HOST, taken, tmp_path, ending)[0] > taken
    assert ending.pids == []


def test_this_process_does_not_end_itself(tmp_path: Path, taken: int) -> None:
    note(tmp_path, taken, os.getpid())
    ending = Ending()
    assert port_of(HOST, taken, tmp_path, ending)[0] > taken
    assert ending.pids == []


def test_a_note_is_there_while_the_server_is_and_only_its_own_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "ports" / "7576.json"
    with noted(7576, path.parent):
        assert msgspec.json.decode(path.read_bytes(), type=ServerRecord).is_proved
    assert not path.exists()
    with noted(7576, path.parent):
        path.write_bytes(b"another server")
    assert path.read_bytes() == b"another server"


def test_a_home_that_cannot_be_written_to_keeps_nobody_from_serving(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with noted(7576, tmp_path / "file" / "ports"):
        pass
    assert os.listdir(tmp_path) == ["file"]


def test_a_process_is_asked_to_end(other: subprocess.Popen[bytes]) -> None:
    ask_to_end(other.pid)
    assert other.wait(30) == -signal.SIGTERM
    ask_to_end(other.pid)  # it is gone


@pytest.mark.parametrize("host", ["203.0.113.1", "no such host", "nowhere.invalid", "::x"])
def test_an_address_of_another_machine_is_refused(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError, match="is not an address of this machine"):
        listen(host, 0, tmp_path)


def test_a_range_of_taken_ports_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="from 65535 to 65535 are in use"), contextlib.ExitStack() as stack:
        try:
            stack.enter_context(socket.create_server((HOST, 65535)))
        except OSError:
            pass  # another program has it, which is as good
        listen(HOST, 65535, tmp_path)
