"""Object stores beyond the law suite: what goes wrong, what it costs, whom it asks for credentials."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from inspect_scout._support.errors import ConfigError, LocationError, StorageError
from inspect_scout._support.storage import FaultStorage, Storage, join, storage_for
from inspect_scout._support.storage.object_storage import PART_BYTES, ObjectStorage
from inspect_scout._support.storage.remote_file import AHEAD_BYTES, TAIL_BYTES
from support.s3 import S3Server, methods, serving

pytestmark = pytest.mark.anyio

SECRETS = ("local-secret", "local-key", "Signature", "AWS4")


@pytest.fixture
def storage() -> Storage:
    return ObjectStorage(retry_seconds=1.0)


def put_raw(s3: S3Server, bucket: str, key: str) -> None:
    """Write a key that our own storage would refuse."""
    connection = HTTPConnection("127.0.0.1", s3.port)
    signature = "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x"
    connection.request("PUT", f"/{bucket.removeprefix('s3://')}/{key}", b"x", {"Authorization": signature})
    assert connection.getresponse().status == 200
    connection.close()


class TestErrors:
    async def test_a_bucket_that_does_not_exist(self, s3: S3Server, storage: Storage) -> None:
        with pytest.raises(StorageError, match=r"no bucket 'no-such-bucket'.*Check its name"):
            await storage.read("s3://no-such-bucket/x")
        with pytest.raises(StorageError, match="no bucket 'no-such-bucket'"):
            await storage.list("s3://no-such-bucket")
        with pytest.raises(StorageError, match="no bucket 'no-such-bucket'"):
            await storage.create("s3://no-such-bucket/x", b"")
        with (
            pytest.raises(StorageError, match="no bucket 'no-such-bucket'"),
            storage.open_write("s3://no-such-bucket/x") as file,
        ):
            file.write(b"x")

    async def test_access_denied(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        s3.fail = lambda method, path: 403
        for call in (storage.read, storage.stat, storage.list, storage.delete):
            with pytest.raises(StorageError, match=r"access denied.*Check the credentials") as caught:
                await call(f"{bucket}/x")
            assert not any(secret in str(caught.value) for secret in SECRETS)

    @pytest.mark.parametrize("status", [500, 503])
    async def test_a_failing_service_is_given_up_within_seconds(
        self, s3: S3Server, bucket: str, storage: Storage, status: int
    ) -> None:
        s3.fail = lambda method, path: status
        start = time.monotonic()
        with pytest.raises(StorageError, match=f"overloaded or failing.*{status} SlowDown.*try again later"):
            await storage.read(f"{bucket}/x")
        with pytest.raises(StorageError, match=f"overloaded or failing.*{status}"):
            await storage.create(f"{bucket}/x", b"")
        with pytest.raises(StorageError, match=f"overloaded or failing.*{status}"):
            storage.open_read(f"{bucket}/x")
        assert time.monotonic() - start < 10

    async def test_a_passing_fault_is_not_seen(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        left = iter([503, 500, 503])
        s3.fail = lambda method, path: next(left, None)
        await storage.write(f"{bucket}/x", b"1")
        left = iter([503])
        await storage.create(f"{bucket}/y", b"2")
        left = iter([503])
        assert [entry.size for entry in await storage.list(bucket)] == [1, 1]

    async def test_a_server_that_is_gone(self, s3: S3Server, storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
        with serving() as other:
            other.make_bucket("bucket")
            monkeypatch.setenv("AWS_ENDPOINT_URL_S3", other.url)  # goes before AWS_ENDPOINT_URL
            await storage.write("s3://bucket/x", b"1")
        start = time.monotonic()
        with pytest.raises(StorageError, match=f"no connection to {other.url}.*AWS_ENDPOINT_URL"):
            await storage.read("s3://bucket/x")
        with pytest.raises(StorageError, match="no connection"):
            await storage.create("s3://bucket/x", b"")
        assert time.monotonic() - start < 10

    async def test_a_name_that_does_not_resolve(
        self, s3: S3Server, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_ENDPOINT_URL", "http://user:password@no-such-host.invalid")
        with pytest.raises(StorageError, match=r"no connection to http://no-such-host.invalid") as caught:
            await storage.read("s3://bucket/x")
        assert "password" not in str(caught.value)

    @pytest.mark.parametrize("location", ["s3://", "s3:///x"])
    async def test_a_location_without_a_bucket(self, s3: S3Server, storage: Storage, location: str) -> None:
        with pytest.raises(ConfigError, match="names no bucket"):
            await storage.list(location)

    @pytest.mark.parametrize("key", ["a//b", "/a", "a/../b", "./a", "a\nb", "a\x00", "\ud800"])
    async def test_names_that_object_stores_are_not_asked_for(self, s3: S3Server, storage: Storage, key: str) -> None:
        with s3.counting() as asked:
            for call in (storage.read, storage.stat, storage.delete, storage.delete_tree, storage.list):
                with pytest.raises(StorageError, match="Rename it"):
                    await call(f"s3://bucket/{key}")
        assert asked == []

    async def test_a_bucket_is_not_deleted(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        await storage.write(f"{bucket}/x", b"")
        with pytest.raises(StorageError, match="whole bucket"):
            await storage.delete_tree(bucket)
        assert await storage.stat(bucket) is None

    async def test_a_name_of_someone_else_that_cannot_be_listed(
        self, s3: S3Server, bucket: str, storage: Storage
    ) -> None:
        put_raw(s3, bucket, "dir//x")
        with pytest.raises(StorageError, match=r"'dir//x'.*Rename it"):
            await storage.list(bucket)

    async def test_the_mark_of_a_folder_is_no_file_in_it(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        put_raw(s3, bucket, "dir/")
        await storage.write(f"{bucket}/dir/x", b"")
        assert [entry.path for entry in await storage.list(f"{bucket}/dir")] == [f"{bucket}/dir/x"]


class TestCreate:
    async def test_a_lost_answer_is_no_false_alarm(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        left = iter([True])
        s3.lose = lambda method, path: method == "PUT" and next(left, False)
        await storage.create(f"{bucket}/x", b"mine")
        assert await storage.read(f"{bucket}/x") == b"mine"

    async def test_a_lost_answer_does_not_hide_another_writer(
        self, s3: S3Server, bucket: str, storage: Storage
    ) -> None:
        await storage.create(f"{bucket}/x", b"same")
        left = iter([503])
        s3.fail = lambda method, path: next(left, None) if method == "PUT" else None
        with pytest.raises(FileExistsError):
            await storage.create(f"{bucket}/x", b"same")

    async def test_of_writers_with_lost_answers_one_wins(self, s3: S3Server, bucket: str) -> None:
        storage = ObjectStorage(retry_seconds=60.0)
        count = iter(range(1000))
        s3.lose = lambda method, path: method == "PUT" and next(count) % 2 == 0

        async def create() -> bool:
            try:
                await storage.create(f"{bucket}/x", b"same")
            except FileExistsError:
                return False
            return True

        assert sum(await asyncio.gather(*(create() for _ in range(8)))) == 1

    async def test_a_conflict_is_not_yet_an_answer(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        left = iter([409, 409])
        s3.fail = lambda method, path: next(left, None) if method == "PUT" else None
        await storage.create(f"{bucket}/x", b"1")
        left = iter([409])
        with pytest.raises(FileExistsError):
            await storage.create(f"{bucket}/x", b"2")

    async def test_a_store_that_cannot(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        s3.fail = lambda method, path: 501
        with pytest.raises(StorageError, match="cannot do that"):
            await storage.create(f"{bucket}/x", b"")

    async def test_faults_on_top(self, bucket: str) -> None:
        lossy = FaultStorage(storage_for(bucket), lose_every=1)
        with pytest.raises(StorageError, match="lost"):
            await lossy.create(f"{bucket}/x", b"1")
        assert await storage_for(bucket).read(f"{bucket}/x") == b"1"


class TestReading:
    async def test_a_small_file_costs_one_request(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        await storage.write(f"{bucket}/x", b"0123456789" * 1000)
        with s3.counting() as asked, storage.open_read(f"{bucket}/x") as file:
            file.seek(-4, os.SEEK_END)
            assert file.read() == b"6789"
            file.seek(0)
            assert len(file.read()) == 10_000
        assert methods(asked) == {"GET": 1}

    async def test_a_described_file_is_not_asked_for(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        await storage.write(f"{bucket}/x", os.urandom(1000))
        (entry,) = await storage.list(bucket)
        with s3.counting() as asked, storage.open_read(entry.path, entry) as file:
            file.seek(0, os.SEEK_END)
            assert file.tell() == 1000
        assert asked == []

    async def test_reading_forward_asks_ever_less_often(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        data = os.urandom(4 << 20)
        await storage.write(f"{bucket}/x", data)
        with s3.counting() as asked, storage.open_read(f"{bucket}/x") as file:
            read = b"".join(iter(lambda: file.read(1 << 14), b""))
        assert read == data
        assert len(asked) <= 9  # 256 pieces were read

    async def test_any_position_gives_the_right_bytes(self, bucket: str, storage: Storage) -> None:
        size = TAIL_BYTES + AHEAD_BYTES + 4321
        data = os.urandom(size)
        await storage.write(f"{bucket}/x", data)
        with storage.open_read(f"{bucket}/x") as file:
            for start in (0, 1, AHEAD_BYTES - 1, size - TAIL_BYTES - 5, size - TAIL_BYTES, size - 1, size, size + 10):
                for length in (0, 1, 10, AHEAD_BYTES + 1, size):
                    file.seek(start)
                    assert file.read(length) == data[start : start + length]
                    assert file.tell() == min(start + length, max(size, start))
            with pytest.raises(ValueError, match="negative"):
                file.seek(-size - 1, os.SEEK_END)
        with pytest.raises(ValueError, match="closed"):
            file.read()

    async def test_an_empty_file(self, bucket: str, storage: Storage) -> None:
        await storage.write(f"{bucket}/x", b"")
        with storage.open_read(f"{bucket}/x") as file:
            assert file.read() == b""
        assert await storage.read_range(f"{bucket}/x", 0, 10) == b""

    async def test_no_length_of_no_file(self, bucket: str, storage: Storage) -> None:
        with pytest.raises(LocationError, match="none"):
            await storage.read_range(f"{bucket}/none", 0, 0)


class TestWriting:
    async def test_a_large_file_goes_in_parts(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        piece = os.urandom(1 << 20)
        with s3.counting() as asked, storage.open_write(f"{bucket}/x") as file:
            for _ in range(2 * PART_BYTES // len(piece) + 1):
                file.write(piece)
            assert file.tell() > 2 * PART_BYTES
            file.close()  # as writers of parquet do; it ends nothing
            assert await storage.stat(f"{bucket}/x") is None
        assert methods(asked)["PUT"] == 3
        entry = await storage.stat(f"{bucket}/x")
        assert entry is not None
        assert entry.size == 2 * PART_BYTES + len(piece)

    async def test_nothing_is_sent_of_a_file_that_is_not_finished(
        self, s3: S3Server, bucket: str, storage: Storage
    ) -> None:
        with (
            s3.counting() as asked,
            pytest.raises(ZeroDivisionError),
            storage.open_write(f"{bucket}/x") as file,
        ):
            file.write(bytes(PART_BYTES + 1))
            raise ZeroDivisionError
        assert asked == []

    async def test_no_room_for_what_is_to_be_sent(
        self, bucket: str, storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "none"))
        with (
            pytest.raises(StorageError, match=rf"Cannot write '{bucket}/x': there is no place.*No such file.*TMPDIR"),
            storage.open_write(f"{bucket}/x") as file,
        ):
            file.write(bytes(PART_BYTES + 1))

    async def test_a_tree_is_deleted_by_the_thousand(self, s3: S3Server, bucket: str, storage: Storage) -> None:
        await asyncio.gather(*(storage.write(f"{bucket}/a/{n}", b"") for n in range(60)))
        with s3.counting() as asked:
            await storage.delete_tree(f"{bucket}/a")
        assert methods(asked) == {"GET": 1, "POST": 1}
        assert await storage.list(bucket) == []


class TestCredentials:
    @pytest.fixture
    def nothing_set(self, s3: S3Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
        monkeypatch.setenv("HOME", str(tmp_path))
        return tmp_path / ".aws"

    async def test_none_is_said_at_once(self, nothing_set: Path, bucket: str, storage: Storage) -> None:
        with pytest.raises(StorageError, match=r"no credentials for S3.*AWS_ACCESS_KEY_ID.*AWS_SKIP_SIGNATURE"):
            await storage.read(f"{bucket}/x")

    async def test_a_profile_of_the_files(
        self, nothing_set: Path, s3: S3Server, bucket: str, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        monkeypatch.setenv("AWS_PROFILE", "mine")
        nothing_set.mkdir()
        (nothing_set / "credentials").write_text("[mine]\naws_access_key_id = a\naws_secret_access_key = b%c\n")
        (nothing_set / "config").write_text(f"[profile mine]\nendpoint_url = {s3.url}\nregion = eu-west-1\n")
        await storage.write(f"{bucket}/x", b"1")
        assert await storage.read(f"{bucket}/x") == b"1"

    async def test_a_profile_that_needs_boto3_or_a_login(
        self, nothing_set: Path, bucket: str, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nothing_set.mkdir()
        (nothing_set / "config").write_text("[default]\ncredential_process = no-such-program\n")
        with pytest.raises(StorageError):
            await storage.read(f"{bucket}/x")

    async def test_a_damaged_file_is_not_quoted(self, nothing_set: Path, bucket: str, storage: Storage) -> None:
        nothing_set.mkdir()
        (nothing_set / "credentials").write_text("aws_secret_access_key = very-secret\n")
        with pytest.raises(StorageError, match="Repair the file") as caught:
            await storage.read(f"{bucket}/x")
        assert "very-secret" not in str(caught.value)

    async def test_anonymous(
        self, nothing_set: Path, s3: S3Server, bucket: str, storage: Storage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("AWS_SKIP_SIGNATURE", "true")
        with pytest.raises((LocationError, StorageError)):
            await storage.read(f"{bucket}/x")

    @pytest.mark.parametrize("location", ["az://container/x", "abfs://container/x"])
    async def test_azure_needs_an_account(self, location: str, storage: Storage) -> None:
        with pytest.raises(StorageError, match="AZURE_STORAGE_ACCOUNT_NAME"):
            await storage.read(location)


@pytest.mark.parametrize("name", ["gs://bucket/x", "gcs://bucket/x"])
async def test_google_is_asked(name: str, storage: Any, monkeypatch: pytest.MonkeyPatch, s3: S3Server) -> None:
    monkeypatch.setenv("GOOGLE_BASE_URL", s3.url)
    monkeypatch.setenv("GOOGLE_SKIP_SIGNATURE", "true")
    with s3.counting() as asked, pytest.raises((LocationError, StorageError)):
        await storage.read(name)
    assert any(path == "/bucket/x" for _, path in asked)


async def test_azure_is_asked(storage: Any, monkeypatch: pytest.MonkeyPatch, s3: S3Server) -> None:
    monkeypatch.setenv("AZURE_STORAGE_ENDPOINT", s3.url)
    monkeypatch.setenv("AZURE_SKIP_SIGNATURE", "true")
    with s3.counting() as asked, pytest.raises((LocationError, StorageError)):
        await storage.read(join("abfss://container@account.dfs.core.windows.net", "x"))
    assert any("container/x" in path for _, path in asked)
