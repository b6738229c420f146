"""All that is read is also read out of an object store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from inspect_scout._view import ViewSettings, guarded_app
from inspect_scout.testing import join, storage_for
from support.viewing.url_places import in_editor_url, in_url

pytestmark = pytest.mark.anyio

TRANSCRIPT = "NQ7dDdcKAUnFgyYfCwecd8"


@pytest.fixture
async def place(bucket: str, example_logs: Path, example_scan: Path) -> str:
    """Put the example logs and a scan of them into a bucket."""
    folders = [(example_logs, f"{bucket}/logs"), (example_scan, f"{bucket}/scans/{example_scan.name}")]
    for folder, location in folders:
        for file in folder.iterdir():
            await storage_for(location).write(join(location, file.name), file.read_bytes())
    return bucket


@pytest.fixture
async def client(place: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = guarded_app(ViewSettings(str(tmp_path), transcripts=f"{place}/logs", scans=f"{place}/scans"))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api") as client:
        yield client


@pytest.fixture
async def uuid(client: httpx.AsyncClient, example_scan: Path) -> str:
    """The id of a result."""
    scan = example_scan.name.removeprefix("scan_id=")
    page = await client.get(f"/v3/scans/{scan}/edits_tests/results", params={"columns": "uuid", "limit": 1})
    found: str = page.json()["items"][0]["uuid"]
    return found


async def test_the_page_reads_scans_in_a_store(client: httpx.AsyncClient, example_scan: Path, uuid: str) -> None:
    scan = f"/v3/scans/{example_scan.name.removeprefix('scan_id=')}"
    table = f"{scan}/edits_tests"
    id = example_scan.name.removeprefix("scan_id=")
    assert (await client.get("/v3/scans")).json()["total"] == 1
    for path in (
        scan,
        f"{scan}/errors",
        f"/v3/compare?a={id}&b={id}",
        f"{table}/results",
        f"{table}/results?where=value&order_by=-transcript_id&limit=2",
        f"{table}/facets?by=model",
        f"{table}/distribution",
        f"{table}/find?q=the",
        f"{table}/results/{uuid}",
        f"{table}/results/{uuid}/evidence",
    ):
        answer = await client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        assert answer.content, path


async def test_the_page_reads_transcripts_in_a_store(client: httpx.AsyncClient, place: str, example_scan: Path) -> None:
    one = f"/v3/transcripts/{TRANSCRIPT}"
    assert (await client.get("/v3/transcripts", params={"location": f"{place}/logs/"})).json()["total"] == 12
    for path in (
        "/v3/transcripts?order_by=-total_time&limit=2",
        "/v3/transcripts/facets?by=model",
        "/v3/transcripts/find?q=the",
        one,
        f"{one}/neighbours",
        f"{one}/messages",
        f"{one}/messages/1",
        f"{one}/events",
        f"{one}/events/1",
        f"{one}/outline",
        f"{one}/minimap",
        f"{one}/find?q=the",
        f"{one}/citations?scan={place}/scans/{example_scan.name}",
    ):
        answer = await client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        assert answer.content, path


@pytest.mark.parametrize("form", [in_url, in_editor_url])
async def test_the_editor_reads_from_a_store(
    client: httpx.AsyncClient, place: str, example_scan: Path, uuid: str, form: type[str]
) -> None:
    logs, scans, scan = form(f"{place}/logs"), form(f"{place}/scans"), form(example_scan.name)
    assert (await client.post(f"/v2/transcripts/{logs}", json={})).json()["total_count"] == 12
    assert (await client.post(f"/v2/scans/{scans}", json={})).json()["total_count"] == 1
    column = {"column": "model"}
    assert (await client.post(f"/v2/transcripts/{logs}/distinct", json=column)).json()
    assert (await client.post(f"/v2/scans/{scans}/distinct", json={"column": "status"})).json()
    packed = {"accept": "application/zip"}
    for path, headers in (
        (f"/v2/transcripts/{logs}/{TRANSCRIPT}/info", {}),
        (f"/v2/transcripts/{logs}/{TRANSCRIPT}/messages-events", {}),
        (f"/v2/scans/{scans}/{scan}", {}),
        (f"/v2/scans/{scans}/{scan}", packed),
        (f"/v2/scans/{scans}/{form(f'{place}/scans/{example_scan.name}')}", {}),
        (f"/v2/scans/{scans}/{scan}/edits_tests", {}),
        (f"/v2/scans/{scans}/{scan}/edits_tests/{uuid}?column=input&column=value", {}),
    ):
        answer = await client.get(path, headers=headers)
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        assert answer.content, path


async def test_no_other_place_of_the_store_is_read(client: httpx.AsyncClient, place: str, example_logs: Path) -> None:
    (log, *_) = example_logs.iterdir()
    await storage_for(place).write(f"{place}/logs-of-others/{log.name}", log.read_bytes())
    for other in (
        place,
        f"{place}/logs-of-others",
        f"{place}/logs/../logs-of-others",
        f"{place}/logs/%2e%2e/logs-of-others",
        f"{place}/LOGS/../logs-of-others",
        "s3://",
        "s3:///logs",
        f"S3://{place.removeprefix('s3://')}/logs-of-others",
    ):
        answers = [await client.get("/v3/transcripts", params={"location": other})]
        answers.append(await client.get("/v3/scans", params={"location": other}))
        answers.append(await client.post(f"/v2/transcripts/{in_url(other)}"))
        answers.append(await client.post(f"/v2/scans/{in_url(other)}"))
        assert [answer.status_code // 100 for answer in answers] == [4] * 4, (other, [a.text for a in answers])


@pytest.mark.parametrize("version", ["v2", "v3"])
async def test_a_scan_in_a_store_is_deleted_if_it_is_one(
    client: httpx.AsyncClient, place: str, example_scan: Path, version: str
) -> None:
    where, scans = storage_for(place), f"{place}/scans"
    await where.write(f"{scans}/scan_id=other/_scan.json", b"{}")
    for name, status in (("scan_id=other", 404), (example_scan.name, 200)):
        id = name.removeprefix("scan_id=")
        one = f"/v3/scans/{id}" if version == "v3" else f"/v2/scans/{in_url(scans)}/{in_url(name)}"
        answer = await client.delete(one)
        assert answer.status_code // 100 == status // 100, answer.text
    assert [entry.path for entry in await where.list(scans)] == [f"{scans}/scan_id=other/_scan.json"]
