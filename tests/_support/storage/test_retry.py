"""Object stores that break requests off, hang and refuse: every call gives what it would have given without that."""

from __future__ import annotations

import asyncio
import functools
import http.server
import os
import threading
from collections.abc import Awaitable, Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from inspect_scout import ConfigError, StorageError
from inspect_scout._support.storage import Storage, for_each
from inspect_scout._support.storage.fsspec import FsspecStorage
from inspect_scout._support.storage.object_storage import PART_BYTES, ObjectStorage
from inspect_scout._support.storage.remote_failures import parse_failure
from inspect_scout._support.storage.retry import MIN_ATTEMPTS, timeout_seconds
from support.fault_proxy import FAULTS, Fault, FaultProxy, breaking, by_chance
from support.s3 import S3Server, methods

LONG = int(os.environ.get("SCOUT_TEST_FAULT_ROUNDS", "0")) > 0

pytestmark = pytest.mark.anyio

DATA = os.urandom(200_000)
NAME = "a b/ü#%?+.bin"


@pytest.fixture
def storage() -> Storage:
    return ObjectStorage(retry_seconds=5.0)


async def read(storage: Storage, root: str) -> object:
    return await storage.read(f"{root}/{NAME}") == DATA


async def read_range(storage: Storage, root: str) -> object:
    return await storage.read_range(f"{root}/{NAME}", 1000, 5000) == DATA[1000:6000]


async def read_beyond_the_end(storage: Storage, root: str) -> object:
    return await storage.read_range(f"{root}/{NAME}", 199_990, 5000) == DATA[199_990:]


async def open_read(storage: Storage, root: str) -> object:
    with storage.open_read(f"{root}/{NAME}") as file:
        return file.read() == DATA


async def open_described(storage: Storage, root: str) -> object:
    entry = await storage.stat(f"{root}/{NAME}")
    with storage.open_read(f"{root}/{NAME}", entry) as file:
        file.seek(-7, os.SEEK_END)
        return file.read() == DATA[-7:]


async def listed(storage: Storage, root: str) -> object:
    return [entry.path.removeprefix(root) for entry in await storage.list(root)]


async def listed_directly(storage: Storage, root: str) -> object:
    return [entry.path.removeprefix(root) for entry in await storage.list(f"{root}/one", recursive=False)]


async def folders(storage: Storage, root: str) -> object:
    return [path.removeprefix(root) for path in await storage.folders(root)]


async def missing(storage: Storage, root: str) -> object:
    return await storage.stat(f"{root}/none")


async def write(storage: Storage, root: str) -> object:
    await storage.write(f"{root}/new", DATA)
    return "new"


async def write_in_parts(storage: Storage, root: str) -> object:
    await storage.write(f"{root}/new", DATA * (PART_BYTES // len(DATA) + 2))
    return "new"


async def write_by_pieces(storage: Storage, root: str) -> object:
    with storage.open_write(f"{root}/new") as file:
        for start in range(0, len(DATA), 9999):
            file.write(DATA[start : start + 9999])
    return "new"


async def write_many_pieces(storage: Storage, root: str) -> object:
    with storage.open_write(f"{root}/new") as file:
        for _ in range(PART_BYTES // len(DATA) + 2):
            file.write(DATA)
    return "new"


async def create(storage: Storage, root: str) -> object:
    await storage.create(f"{root}/new", DATA)
    return "new"


async def create_what_exists(storage: Storage, root: str) -> object:
    with pytest.raises(FileExistsError):
        await storage.create(f"{root}/{NAME}", DATA)
    return None


async def delete(storage: Storage, root: str) -> object:
    await storage.delete(f"{root}/{NAME}")
    return None


async def delete_tree(storage: Storage, root: str) -> object:
    await storage.delete_tree(f"{root}/one")
    return None


CALLS: list[Callable[[Storage, str], Awaitable[object]]] = [
    read,
    read_range,
    read_beyond_the_end,
    open_read,
    open_described,
    listed,
    listed_directly,
    folders,
    missing,
    write,
    write_in_parts,
    write_by_pieces,
    write_many_pieces,
    create,
    create_what_exists,
    delete,
    delete_tree,
]


async def furnish(storage: Storage, root: str) -> None:
    for name in (NAME, "one/x", "one/y z", "one/deep/x", "two/x"):
        await storage.write(f"{root}/{name}", DATA if name == NAME else b"")


class TestOneFault:
    @pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
    async def test_some_fault_in_each_call(
        self, bucket: str, breaking_s3: FaultProxy, storage: Storage, call: Callable[[Storage, str], Awaitable[object]]
    ) -> None:
        await self.check(bucket, breaking_s3, storage, call, FAULTS[CALLS.index(call) % len(FAULTS)])

    @pytest.mark.fault
    @pytest.mark.skipif(not LONG, reason="make faults tries each fault in each call")
    @pytest.mark.parametrize("fault", FAULTS)
    @pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
    async def test_each_fault_in_each_call(
        self,
        bucket: str,
        breaking_s3: FaultProxy,
        storage: Storage,
        call: Callable[[Storage, str], Awaitable[object]],
        fault: Fault,
    ) -> None:
        await self.check(bucket, breaking_s3, storage, call, fault)

    async def check(
        self,
        bucket: str,
        proxy: FaultProxy,
        storage: Storage,
        call: Callable[[Storage, str], Awaitable[object]],
        fault: Fault,
    ) -> None:
        """Let a fault strike the first request, and then the second and the third."""
        found: list[object] = []
        for round_, struck in enumerate([(), (1,), (2, 3)]):
            root = f"{bucket}/{round_}"
            await furnish(storage, root)
            proxy.strike(fault, *struck)
            given = await call(storage, root)
            proxy.choose = lambda number: None
            found.append((given, [(e.path.removeprefix(root), e.size, e.etag) for e in await storage.list(root)]))
        assert found[1] == found[0]
        assert found[2] == found[0]
        assert proxy.struck[fault]


class TestManyFaults:
    async def test_a_page_that_fails_is_asked_for_again_and_no_other(
        self, bucket: str, breaking_s3: FaultProxy, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "100")  # files on a page
        monkeypatch.setenv("SCOUT_STORAGE_TIMEOUT", "20")
        names = sorted(f"{bucket}/x/{n:04d} ü#%" for n in range(250))
        await for_each(bucket, names, functools.partial(storage.write, data=b""))
        for fault in set(FAULTS) - {"hang", "late"}:
            before = len(breaking_s3.asked)
            breaking_s3.strike(fault, 2, 4)
            assert [entry.path for entry in await storage.list(f"{bucket}/x")] == names
            assert len(breaking_s3.asked) - before == 5
        before = len(breaking_s3.asked)
        breaking_s3.strike("half", 2, 4, 6)
        await storage.delete_tree(f"{bucket}/x")
        assert methods(breaking_s3.asked[before:]) == {"GET": 5, "POST": 2}
        assert await storage.list(bucket) == []

    async def test_folders_on_many_pages(
        self, bucket: str, breaking_s3: FaultProxy, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "10")
        names = [f"{bucket}/x/{n:04d}" for n in range(25)]
        for name in names:
            await storage.write(f"{name}/y", b"")
        breaking_s3.choose = by_chance(0.05, seed=5)
        for _ in range(5):
            assert list(await storage.folders(f"{bucket}/x")) == names
        assert breaking_s3.struck

    async def test_of_creators_one_wins_and_knows(self, bucket: str, breaking_s3: FaultProxy) -> None:
        breaking_s3.choose = by_chance(0.04, seed=3)
        storage = ObjectStorage(retry_seconds=20.0)

        async def create(path: str, number: int) -> int | None:
            try:
                await storage.create(path, b"%d" % number)
            except FileExistsError:
                return None
            return number

        for round_ in range(4):
            path = f"{bucket}/{round_}"
            won = [n for n in await asyncio.gather(*(create(path, n) for n in range(5))) if n is not None]
            assert len(won) == 1
            assert await storage.read(path) == b"%d" % won[0]
        assert breaking_s3.struck


class TestForGood:
    @pytest.mark.parametrize("call", [c for c in CALLS if c is not missing], ids=lambda call: call.__name__)
    async def test_what_time_does_not_cure_is_said_at_once(
        self, s3: S3Server, bucket: str, storage: Storage, call: Callable[[Storage, str], Awaitable[object]]
    ) -> None:
        s3.fail = lambda method, path: 403
        with s3.counting() as asked, pytest.raises(StorageError, match=f"{bucket}.*access denied"):
            await call(storage, bucket)
        assert len(asked) == 1
        s3.fail = lambda method, path: None
        if call is delete:
            return  # what is not there is deleted
        with pytest.raises(StorageError, match=r"s3://no-such-bucket.*there is no bucket 'no-such-bucket'"):
            await call(storage, "s3://no-such-bucket")

    @pytest.mark.parametrize("fault", ["hang", "late"])
    async def test_a_service_that_never_answers(
        self, bucket: str, breaking_s3: FaultProxy, monkeypatch: pytest.MonkeyPatch, fault: Fault
    ) -> None:
        monkeypatch.setenv("SCOUT_STORAGE_TIMEOUT", "0.1")
        breaking_s3.choose = lambda number: fault
        storage = ObjectStorage(retry_seconds=0.2)
        calls: list[Callable[[], Awaitable[object]]] = [
            functools.partial(storage.read, f"{bucket}/x"),
            functools.partial(storage.list, f"{bucket}/x"),
            functools.partial(storage.folders, f"{bucket}/x"),
        ]
        for call in calls:
            with pytest.raises(
                StorageError, match=rf"'{bucket}/x'.*did not answer in time.*SCOUT_STORAGE_TIMEOUT \(now 0.1"
            ):
                await call()
        assert len(breaking_s3.asked) >= MIN_ATTEMPTS * 2

    async def test_answers_that_always_break_off(self, bucket: str, breaking_s3: FaultProxy) -> None:
        storage = ObjectStorage(retry_seconds=0.2)
        await storage.write(f"{bucket}/x", DATA)
        breaking_s3.choose = lambda number: "half"
        for call in (storage.list, storage.folders, storage.delete):
            with pytest.raises(StorageError, match=f"'{bucket}/x'.*break off.*asked several times"):
                await call(f"{bucket}/x")
        breaking_s3.choose = lambda number: "reset"
        with pytest.raises(StorageError, match=f"'{bucket}/x'.*connection to .* was lost"):
            await storage.read(f"{bucket}/x")

    @pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf", "1e9"])
    async def test_a_time_that_is_none(
        self, bucket: str, storage: Storage, monkeypatch: pytest.MonkeyPatch, text: str
    ) -> None:
        monkeypatch.setenv("SCOUT_STORAGE_TIMEOUT", text)
        with pytest.raises(ConfigError, match=f"SCOUT_STORAGE_TIMEOUT='{text}' cannot be used: give seconds"):
            await storage.list(bucket)

    def test_the_time_is_half_a_minute(self) -> None:
        assert timeout_seconds({}) == 30.0
        assert timeout_seconds({"SCOUT_STORAGE_TIMEOUT": " 2.5 "}) == 2.5


@pytest.mark.parametrize(
    ("text", "may_pass"),
    [
        ("Server returned non-2xx status code: 400 Bad Request: <Code>RequestTimeout</Code>", True),
        ("Server returned non-2xx status code: 400 Bad Request: <Code>ExpiredToken</Code>", False),
        ("Server returned non-2xx status code: 409 Conflict: <Code>OperationAborted</Code>", True),
        ("Server returned non-2xx status code: 429 Too Many Requests: ", True),
        ("Server returned non-2xx status code: 501 Not Implemented: ", False),
        ("Server returned non-2xx status code: 504 Gateway Timeout: <html>", True),
        ("DeleteObjects request failed for key x: We encountered an error (code: InternalError)", True),
        ("DeleteObjects request failed for key x: Access Denied (code: AccessDenied)", False),
        ("Server returned non-2xx status code: 404 Not Found: <Code>NoSuchUpload</Code>", True),
        ("Got invalid list response: unexpected `Event::Eof`", True),
        ("Unable to extract metadata from headers: ETag Header missing from response", True),
    ],
)
def test_which_failures_may_pass(text: str, may_pass: bool) -> None:
    assert parse_failure(OSError(text)).may_pass is may_pass


class TestHttp:
    @pytest.fixture
    def served(self, tmp_path: Path) -> Iterator[FaultProxy]:
        (tmp_path / "below").mkdir()
        (tmp_path / "x.bin").write_bytes(DATA)
        (tmp_path / "below" / "y.bin").write_bytes(b"y")

        class Quiet(http.server.SimpleHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:
                pass

        with (
            serving(
                http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=tmp_path))
            ) as port,
            breaking(port) as proxy,
        ):
            yield proxy

    @pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "half"])
    async def test_nobody_sees_a_fault(self, served: FaultProxy, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SCOUT_STORAGE_TIMEOUT", "0.2")
        storage = FsspecStorage(served.url, {"skip_instance_cache": True}, retry_seconds=5.0)
        await self.check(storage, served, fault, ())
        await self.check(storage, served, fault, (1, 2, 4))
        assert served.struck[fault]

    async def check(self, storage: Storage, served: FaultProxy, fault: Fault, struck: Sequence[int]) -> None:
        async def calls() -> list[object]:
            found: list[object] = []
            for call in (
                functools.partial(storage.read, f"{served.url}/x.bin"),
                functools.partial(storage.list, served.url),
                functools.partial(storage.folders, served.url),
                functools.partial(storage.stat, f"{served.url}/none"),
                functools.partial(storage.stat, f"{served.url}/below/y.bin"),
            ):
                served.strike(fault, *struck)
                found.append(await call())
            return found

        given = await calls()
        assert given[0] == DATA
        assert [e.path for e in given[1]] == [f"{served.url}/below/y.bin", f"{served.url}/x.bin"]  # type: ignore[attr-defined]
        assert given[2] == [f"{served.url}/below"]
        assert given[3] is None
        assert given[4].size == 1  # type: ignore[attr-defined]

    async def test_what_does_not_pass_is_no_missing_file(self, served: FaultProxy) -> None:
        storage = FsspecStorage(served.url, {"skip_instance_cache": True}, retry_seconds=0.1)
        served.choose = lambda number: "500"
        for call in (storage.stat, storage.read, storage.list, storage.folders):
            with pytest.raises(StorageError, match="the service refused or did not answer"):
                await call(f"{served.url}/x.bin")
        assert len(served.asked) >= 4 * MIN_ATTEMPTS


@contextmanager
def serving(server: http.server.HTTPServer) -> Generator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
