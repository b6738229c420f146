"""Named pipes, sockets, devices and links that lead nowhere: nothing waits for them, and nothing is refused because of them."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_scout import (
    LocationError,
    Result,
    Scanner,
    StorageError,
    Transcript,
    scan,
    scan_list,
    scan_results_df,
    scan_status,
    scanner,
    transcripts_db,
    transcripts_from,
)
from inspect_scout._cli import main as run
from inspect_scout._project import load_dotenv_once
from support.special import FOLDER, SPECIAL, fifo

pytestmark = [
    pytest.mark.timeout(60),
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here"),
]

NO_FOLDER = [what for what in SPECIAL if what != FOLDER]


@scanner(messages="all")
def lengths() -> Scanner[Transcript]:
    """Count messages."""

    async def scan(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages))

    return scan


def scanned(location: Path | str, scans: Path) -> int:
    """Scan a location; gives the number of rows."""
    status = scan([lengths()], transcripts_from(str(location)), scans=str(scans), display="none", max_processes=1)
    assert status.complete
    return len(scan_results_df(status.location).scanners["lengths"])


@pytest.fixture
def logs(example_logs: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example_logs, tmp_path / "logs"))


@pytest.fixture
def database(logs: Path, tmp_path: Path) -> Path:
    """Make a database as another program might: parquet files and nothing else."""
    import anyio

    async def fill() -> None:
        async with transcripts_db(str(tmp_path / "db")) as db:
            await db.insert(transcripts_from(str(logs)))

    anyio.run(fill)
    shutil.rmtree(tmp_path / "db" / "_index")
    return tmp_path / "db"


def program(*arguments: str | Path, cwd: Path | None = None, stdin: int = subprocess.DEVNULL) -> tuple[int, str]:
    """Run the command in a process of its own; gives its exit code and all that it said."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "scout"), *map(str, arguments)],
        cwd=cwd,
        stdin=stdin,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def scout(*arguments: str | Path) -> tuple[int, str]:
    """Run the command in this process; gives its exit code and what it printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(out):
        code = run(list(map(str, arguments)))
    return code, out.getvalue()


class TestFoldersOfLogs:
    @pytest.mark.parametrize("what", SPECIAL)
    @pytest.mark.parametrize("name", ["a.eval", "a.json", "2026-01-01T00-00-00+00-00_a_b.json", "below/a.eval"])
    def test_what_is_no_file_is_skipped_and_said(
        self, logs: Path, tmp_path: Path, what: str, name: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        (logs / name).parent.mkdir(exist_ok=True)
        SPECIAL[what](logs / name)
        assert scanned(logs, tmp_path / "scans") == 12
        said = [
            record.getMessage() for record in caplog.records if "only regular files are read" in record.getMessage()
        ]
        assert len(said) == 1
        assert repr(str(logs / name)) in said[0]
        assert what.strip() in said[0]

    def test_many_are_counted_and_one_is_named(
        self, logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        for number, make in enumerate(SPECIAL.values()):
            make(logs / f"{number}.eval")
        assert scanned(logs, tmp_path / "scans") == 12
        said = f"Skipped {len(SPECIAL)} that are not regular files, the only ones that are read; the first, "
        said += f"{str(logs / '0.eval')!r}, is a named pipe"
        assert caplog.text.count(said) == 1

    def test_what_would_not_be_read_anyway_is_not_said(
        self, logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        for number, make in enumerate(SPECIAL.values()):
            make(logs / f"{number}.txt")
        assert scanned(logs, tmp_path / "scans") == 12
        assert "Skipped" not in caplog.text

    def test_a_link_that_may_have_been_a_folder_is_said(
        self, logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        (logs / "latest").symlink_to("yesterday")
        (logs / "round").symlink_to("round")
        assert scanned(logs, tmp_path / "scans") == 12
        assert "Skipped 2" in caplog.text
        assert f"{str(logs / 'latest')!r}, is a link to 'yesterday', which is not there" in caplog.text

    def test_links_to_files_and_folders_are_followed_and_circles_are_not(
        self, logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        linked = tmp_path / "linked"
        (linked / "deep").mkdir(parents=True)
        for number, log in enumerate(sorted(logs.iterdir())):
            (linked / f"{number}.eval").symlink_to(log)
        (linked / "deep" / "up").symlink_to("..")
        (linked / "here").symlink_to(".")
        assert scanned(linked, tmp_path / "scans") == 12
        assert "Skipped" not in caplog.text

    def test_only_such_things(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        folder = tmp_path / "logs"
        folder.mkdir()
        for number, make in enumerate(SPECIAL.values()):
            make(folder / f"{number}.eval")
        code, said = scout(
            "scan", write_scanner(tmp_path), "-T", folder, "--scans", tmp_path / "scans", "--display", "none"
        )
        assert f"Skipped {len(SPECIAL)}" in caplog.text
        assert code in {0, 1}, said

    @pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="this user may read everything")
    def test_a_folder_that_may_not_be_read(self, logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        (logs / "closed").mkdir(mode=0)
        assert scanned(logs, tmp_path / "scans") == 12
        assert f"{str(logs / 'closed')!r} is a folder that this user may not read" in caplog.text


class TestNamed:
    @pytest.mark.parametrize("what", NO_FOLDER)
    @pytest.mark.parametrize("name", ["a.eval", "a.json", "a.parquet", "a"])
    def test_it_is_refused_in_a_sentence(self, tmp_path: Path, what: str, name: str) -> None:
        SPECIAL[what](tmp_path / name)
        with pytest.raises(LocationError) as caught:
            transcripts_from(str(tmp_path / name))
        assert repr(str(tmp_path / name)) in str(caught.value)
        assert what.strip() in str(caught.value)
        assert "Name a .eval or .json log" in str(caught.value)

    def test_beside_a_good_one(self, logs: Path, tmp_path: Path) -> None:
        fifo(tmp_path / "a.eval")
        with pytest.raises(LocationError, match="is a named pipe"):
            transcripts_from([str(logs), str(tmp_path / "a.eval")])

    def test_on_the_command_line_nothing_is_created(self, tmp_path: Path) -> None:
        fifo(tmp_path / "a.eval")
        code, said = program(
            "scan",
            write_scanner(tmp_path),
            "-T",
            tmp_path / "a.eval",
            "--scans",
            tmp_path / "scans",
            "--display",
            "none",
        )
        assert code == 1
        assert said.count("\n") == 1
        assert "is a named pipe (FIFO): transcripts are read from regular files" in said
        assert not (tmp_path / "scans").exists()

    def test_standard_input(self, tmp_path: Path) -> None:
        read, write = os.pipe()
        try:
            code, said = program("scan", write_scanner(tmp_path), "-T", "/dev/stdin", "--scans", "scans", stdin=read)
            assert code == 1
            assert "'/dev/stdin' is a named pipe (FIFO)" in said
        finally:
            os.close(read)
            os.close(write)


def write_scanner(folder: Path) -> Path:
    path = folder / "scanners.py"
    path.write_text(
        "from inspect_scout import Result, Scanner, Transcript, scanner\n\n"
        "@scanner(messages='all')\n"
        "def lengths() -> Scanner[Transcript]:\n"
        "    async def scan(transcript: Transcript) -> Result:\n"
        "        return Result(value=1)\n"
        "    return scan\n"
    )
    return path


class TestDatabases:
    @pytest.mark.parametrize("what", SPECIAL)
    def test_what_is_no_file_is_skipped_and_said(
        self, database: Path, tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        SPECIAL[what](database / "z.parquet")
        assert scanned(database, tmp_path / "scans") == 12
        assert f"{str(database / 'z.parquet')!r}" in caplog.text
        assert what.strip() in caplog.text

    def test_among_the_files_of_the_index(self, database: Path, tmp_path: Path) -> None:
        (database / "_index").mkdir()
        fifo(database / "_index" / "index_20260101T000000.idx")
        fifo(database / "_index" / "00000000000000000001.json")
        assert scanned(database, tmp_path / "scans") == 12

    def test_commands(self, database: Path) -> None:
        fifo(database / "z.parquet")
        for command in ("index", "verify", "stats", "validate", "compact"):
            code, said = scout("db", command, database)
            assert code == 0, said


class TestScans:
    @pytest.mark.parametrize("what", SPECIAL)
    def test_beside_scans(self, logs: Path, tmp_path: Path, what: str, caplog: pytest.LogCaptureFixture) -> None:
        scans = tmp_path / "scans"
        scanned(logs, scans)
        SPECIAL[what](scans / "scan_id=x")
        SPECIAL[what](scans / "other")
        assert len(scan_list(str(scans))) == 1
        assert ("scan_id=x" in caplog.text) is (what != FOLDER)
        code, said = scout("scan", "list", scans, "--display", "plain")
        assert (code, said.count("scan_id=")) == (0, 1)

    @pytest.mark.parametrize("what", SPECIAL)
    @pytest.mark.parametrize("name", ["_scan.json", "_summary.json", "_errors.jsonl", "lengths.parquet"])
    def test_within_a_scan(self, logs: Path, tmp_path: Path, what: str, name: str) -> None:
        scans = tmp_path / "scans"
        scanned(logs, scans)
        scanned(logs, scans)
        spoilt = Path(scan_list(str(scans))[0].location)
        (spoilt / name).unlink()
        SPECIAL[what](spoilt / name)
        assert 1 <= len(scan_list(str(scans))) <= 2
        if name == "_scan.json":
            with pytest.raises((LocationError, StorageError), match="scan"):
                scan_status(str(spoilt))

    def test_circles_among_scans_end(self, logs: Path, tmp_path: Path) -> None:
        scans = tmp_path / "scans"
        scanned(logs, scans)
        for name in "abcd":
            (scans / name).symlink_to(".")
        (scans / "deep" / "deeper").mkdir(parents=True)
        (scans / "deep" / "deeper" / "up").symlink_to(scans)
        assert len(scan_list(str(scans))) == 1


class TestOtherFiles:
    @pytest.mark.parametrize("what", NO_FOLDER)
    def test_scanner_files(self, logs: Path, tmp_path: Path, what: str) -> None:
        SPECIAL[what](tmp_path / "s.py")
        code, said = scout("scan", tmp_path / "s.py", "-T", logs, "--scans", tmp_path / "scans", "--display", "none")
        assert code == 1
        assert "s.py" in said
        code, said = scout("scanner", "list", tmp_path)
        assert code in {0, 1}
        assert "s.py" in said

    @pytest.mark.parametrize("what", NO_FOLDER)
    @pytest.mark.parametrize("name", ["j.yaml", "j.json"])
    def test_job_files(self, logs: Path, tmp_path: Path, what: str, name: str) -> None:
        SPECIAL[what](tmp_path / name)
        code, said = scout("scan", tmp_path / name, "-T", logs, "--scans", tmp_path / "scans", "--display", "none")
        assert code == 1
        assert name in said

    @pytest.mark.parametrize("what", NO_FOLDER)
    @pytest.mark.parametrize("name", ["scout.yaml", "scout.local.yaml"])
    def test_project_files(self, logs: Path, tmp_path: Path, what: str, name: str) -> None:
        SPECIAL[what](tmp_path / name)
        os.chdir(tmp_path)
        code, said = scout("scan", write_scanner(tmp_path), "-T", logs, "--scans", "scans", "--display", "none")
        assert code == 1
        assert name in said
        assert what.strip() in said

    def test_files_of_variables(self, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
        fifo(tmp_path / ".env")
        os.chdir(tmp_path)
        load_dotenv_once.cache_clear()
        try:
            assert load_dotenv_once() is None
        finally:
            load_dotenv_once.cache_clear()
        assert f"{str(tmp_path / '.env')!r} is a named pipe (FIFO) and was not read" in caplog.text

    @pytest.mark.parametrize("what", NO_FOLDER)
    @pytest.mark.parametrize("option", ["--worklist", "--model-config", "-V", "--cache"])
    def test_files_of_options(self, logs: Path, tmp_path: Path, what: str, option: str) -> None:
        name = "f.yaml"
        SPECIAL[what](tmp_path / name)
        os.chdir(tmp_path)
        code, said = scout(
            "scan", write_scanner(tmp_path), "-T", logs, "--scans", "scans", "--display", "none", option, name
        )
        assert code in {1, 2}
        assert name in said
        assert not (tmp_path / "scans").exists()

    def test_labelled_cases_in_a_folder(self, tmp_path: Path) -> None:
        from inspect_scout._validation import scan_validation_files

        (tmp_path / "good.json").write_text(json.dumps([{"id": "a", "target": True}]))
        for number, make in enumerate(SPECIAL.values()):
            make(tmp_path / f"{number}.csv")
        assert scan_validation_files(tmp_path) == [str(tmp_path / "good.json")]
