"""`.env` files: which encodings are read, and what is said of all others."""

from __future__ import annotations

import codecs
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout import ConfigError
from inspect_scout._project import load_dotenv_once

# Without the cache: it is once per process otherwise.
load_dotenv = inspect.unwrap(load_dotenv_once)

TEXT = 'SCOUT_ENV_A=café\r\n# note\r\nSCOUT_ENV_B="two words"\r\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(TEXT.encode(), id="utf-8"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="utf-8 with a mark"),
        pytest.param(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), id="utf-16 as PowerShell writes it"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="utf-16, big end first"),
    ],
)
def test_variables_are_read_in_every_encoding_that_can_be_told(data: bytes) -> None:
    Path(".env").write_bytes(data)
    assert load_dotenv() == os.path.abspath(".env")
    assert (os.environ["SCOUT_ENV_A"], os.environ["SCOUT_ENV_B"]) == ("café", "two words")


@pytest.mark.parametrize("data", [b"", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\n\n", b"# only this\n"])
def test_a_file_without_variables_is_none_the_worse(data: bytes) -> None:
    Path(".env").write_bytes(data)
    before = dict(os.environ)
    load_dotenv()
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param("A=1\nB=café\n".encode("latin-1"), "not UTF-8 (byte 0xe9 on line 2)", id="latin-1"),
        pytest.param("A=„x“\n".encode("cp1252"), "not UTF-8 (byte 0x84 on line 1)", id="windows"),
        pytest.param("A=日本\n".encode("shift-jis"), "not UTF-8", id="shift-jis"),
        pytest.param("A=1\nB=2\n".encode("utf-16-le"), "not text (a null character on line 1)", id="utf-16 unmarked"),
        pytest.param(codecs.BOM_UTF16_LE + b"A\0=", "not valid UTF-16", id="half a character"),
        pytest.param(codecs.BOM_UTF16_LE + b"A\0=\0\0\xd8\n\0", "not valid UTF-16", id="lone surrogate"),
        pytest.param("A=1\n".encode("utf-32"), "not text (a null character", id="utf-32"),
        pytest.param(b"A=1\nB=x\0y\n", "not text (a null character on line 2)", id="null"),
        pytest.param(b"\x7fELF\x02\x01\x01\0\xff", "not UTF-8 (byte 0xff", id="binary"),
        pytest.param(b"A=" + b"x" * 1024 * 1024, "larger than 1,048,576 bytes", id="huge"),
        pytest.param(b"'A=B'=1\n", "sets a variable that cannot be", id="name with an equals sign"),
    ],
)
def test_anything_else_is_one_line_that_names_the_file(data: bytes, found: str) -> None:
    Path(".env").write_bytes(data)
    with pytest.raises(ConfigError) as error:
        load_dotenv()
    said = str(error.value)
    assert repr(os.path.abspath(".env")) in said
    assert found in said
    assert "\n" not in said
    if "UTF" in found or "null" in found:
        assert "Save it as UTF-8" in said


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs files that cannot be read")
def test_a_file_without_permission_is_one_line() -> None:
    Path(".env").write_text("A=1\n")
    Path(".env").chmod(0)
    with pytest.raises(ConfigError, match=r"\.env' cannot be read: permission denied\. Make it readable"):
        load_dotenv()


def test_the_file_of_a_folder_above_is_named_with_its_path(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=\xe9\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    os.chdir(below)
    with pytest.raises(ConfigError) as error:
        load_dotenv()
    assert repr(str(tmp_path / ".env")) in str(error.value)


def test_a_virtual_environment_of_that_name_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SCOUT_ENV_A=above\n")
    below = tmp_path / "project"
    (below / ".env").mkdir(parents=True)
    os.chdir(below)
    assert load_dotenv() == str(tmp_path / ".env")
    assert os.environ["SCOUT_ENV_A"] == "above"


def test_variables_that_exist_stay() -> None:
    Path(".env").write_bytes(codecs.BOM_UTF16_LE + "SCOUT_ENV_A=file".encode("utf-16-le"))
    os.environ["SCOUT_ENV_A"] = "shell"
    load_dotenv()
    assert os.environ["SCOUT_ENV_A"] == "shell"


def test_who_switched_such_files_off_is_not_refused_for_one() -> None:
    Path(".env").write_bytes(b"A=\xe9\n")
    os.environ["PYTHON_DOTENV_DISABLED"] = "true"
    assert load_dotenv() is None


PROGRAMS = {
    "command": "from inspect_scout._cli import main; sys.exit(main(['scan', 'list']))",
    "database command": "from inspect_scout._cli import main; sys.exit(main(['db', 'stats', '.']))",
    "scanner command": "from inspect_scout._cli import main; sys.exit(main(['scanner', 'list']))",
    "transcripts": "import inspect_scout as s; s.transcripts_from('.')",
    "sync": "import inspect_scout as s; s.scan([], '.')",
    "async": "import anyio, inspect_scout.aio as s; anyio.run(lambda: s.scan_async([], '.'))",
    "resume": "import inspect_scout as s; s.scan_resume('./scan_id=1')",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_refuses_in_the_same_words(program: str) -> None:
    Path(".env").write_bytes("A=1\nB=café\n".encode("latin-1"))
    code = f"import sys\n{PROGRAMS[program]}"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    lines = ran.stderr.strip().splitlines()
    assert ran.returncode == 1
    assert "cannot be read: it is not UTF-8 (byte 0xe9 on line 2). Save it as UTF-8" in lines[-1]
    if "command" in program:
        assert len(lines) == 1
    else:
        assert "ConfigError: The file" in lines[-1]
