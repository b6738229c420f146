"""Nothing outside of what the server shows is read or deleted, whatever a client names and wherever links lead."""

from __future__ import annotations

import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from inspect_scout import Result, Scanner, Transcript, scanner, transcripts_from
from inspect_scout._view import ViewSettings, guarded_app
from inspect_scout.aio import scan_async
from support.viewing.url_places import in_editor_url, in_url

pytestmark = pytest.mark.anyio

SECRET = "a secret that nobody is to see"
TRANSCRIPT = "NQ7dDdcKAUnFgyYfCwecd8"


@pytest.fixture
def project(tmp_path: Path, example_logs: Path, example_scan: Path) -> Path:
    """A project, and beside it logs, a scan and a secret that are none of its business."""
    folder, outside = tmp_path / "project", tmp_path / "outside"
    shutil.copytree(example_logs, folder / "logs")
    shutil.copytree(example_scan, folder / "scans" / "scan_id=ours")
    shutil.copytree(example_logs, outside / "logs")
    shutil.copytree(example_scan, outside / "scans" / "scan_id=theirs")
    (outside / "cases.csv").write_text(f"id,target\n{SECRET},true\n")
    (folder / "scout.yaml").write_text("transcripts: ./logs\nscans: ./scans\n")
    return folder


@pytest.fixture
async def client(project: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(guarded_app(ViewSettings(str(project))), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:7576/api") as client:
        yield client


def _ways_out(project: Path, *path: str) -> list[str]:
    """Write a place beside the project in each way that somebody may try."""
    outside = project.parent.joinpath("outside", *path)
    link = project / "way-out"
    if not link.is_symlink():
        link.symlink_to(project.parent / "outside")
    return [
        str(outside),
        outside.as_uri(),
        f"FILE://{outside}",
        f"file://localhost{outside}",
        str(project / ".." / "outside" / Path(*path)),
        f"{project}/logs/../../outside/{'/'.join(path)}",
        f"file://{project}/%2e%2e/outside/{'/'.join(path)}",
        f"{project}/./..//outside/{'/'.join(path)}",
        str(link.joinpath(*path)),
        f"../outside/{'/'.join(path)}",
    ]


def _refused(answer: httpx.Response, *, of: object) -> None:
    if not (answer.status_code == 200 and answer.json().get("items") == []):  # nothing may be said of what is not there
        assert 400 <= answer.status_code < 500, f"{of}: {answer.status_code} {answer.text[:300]}"
    assert SECRET not in answer.text, of
    assert "Traceback" not in answer.text, of


async def test_no_transcripts_beside_the_project_are_read(client: httpx.AsyncClient, project: Path) -> None:
    for place in _ways_out(project, "logs"):
        asked = {"location": place}
        for path in (
            "/v3/transcripts",
            "/v3/transcripts/facets?by=model",
            "/v3/transcripts/find?q=a",
            f"/v3/transcripts/{TRANSCRIPT}",
            f"/v3/transcripts/{TRANSCRIPT}/messages",
            f"/v3/transcripts/{TRANSCRIPT}/events/1",
        ):
            url = client.build_request("GET", path).url.copy_merge_params(asked)
            _refused(await client.get(url), of=url)
        for form in {in_url(place), in_editor_url(place)}:
            _refused(await client.post(f"/v2/transcripts/{form}"), of=place)
            _refused(await client.get(f"/v2/transcripts/{form}/{TRANSCRIPT}/info"), of=place)
            _refused(await client.get(f"/v2/transcripts/{form}/{TRANSCRIPT}/messages-events"), of=place)


async def test_no_scans_beside_the_project_are_read_or_deleted(client: httpx.AsyncClient, project: Path) -> None:
    ours, scan = in_url(project / "scans"), project.parent / "outside/scans/scan_id=theirs"
    for place in _ways_out(project, "scans"):
        asked = {"location": place}
        for method, path in (
            ("GET", "/v3/scans"),
            ("GET", "/v3/scans/theirs"),
            ("GET", "/v3/scans/theirs/edits_tests/results"),
            ("GET", "/v3/compare?a=theirs&b=theirs"),
            ("POST", "/v3/scans/theirs/resume"),
            ("POST", "/v3/scans/theirs/complete"),
            ("POST", "/v3/scans/theirs/cancel"),
            ("DELETE", "/v3/scans/theirs"),
        ):
            url = client.build_request(method, path).url.copy_merge_params(asked)
            _refused(await client.request(method, url), of=url)
        for form in {in_url(place), in_editor_url(place)}:
            _refused(await client.post(f"/v2/scans/{form}"), of=place)
            for method in ("GET", "DELETE"):
                _refused(await client.request(method, f"/v2/scans/{form}/{in_url(scan.name)}"), of=place)
    for place in _ways_out(project, "scans", scan.name):
        for method in ("GET", "DELETE"):
            _refused(await client.request(method, f"/v2/scans/{ours}/{in_url(place)}"), of=place)
        _refused(await client.get(f"/v3/transcripts/{TRANSCRIPT}/citations", params={"scan": place}), of=place)
    assert (scan / "_scan.json").is_file()


async def test_no_labels_beside_the_project_are_read_or_changed(client: httpx.AsyncClient, project: Path) -> None:
    cases = project.parent / "outside/cases.csv"
    for place in _ways_out(project, "cases.csv"):
        body = {"id": "x", "target": True}
        any_state = {"if-match": "*"}
        _refused(await client.get(f"/v2/validations/{in_url(place)}"), of=place)
        _refused(await client.delete(f"/v2/validations/{in_url(place)}"), of=place)
        _refused(await client.put(f"/v2/validations/{in_url(place)}/rename", json={"name": "x"}), of=place)
        _refused(await client.post(f"/v2/validations/{in_url(place)}/{in_url('x')}", json={"target": 1}), of=place)
        _refused(await client.post("/v2/validations", json={"path": place + "x.csv", "cases": []}), of=place)
        _refused(await client.get(f"/v3/labels/{in_url(place)}"), of=place)
        _refused(await client.put(f"/v3/labels/{in_url(place)}", json={"cases": [body]}, headers=any_state), of=place)
        _refused(await client.delete(f"/v3/labels/{in_url(place)}", headers=any_state), of=place)
        _refused(await client.post("/v3/labels", json={"name": place + "x.csv", "cases": []}), of=place)
    assert cases.read_text() == f"id,target\n{SECRET},true\n"
    assert sorted(path.name for path in cases.parent.iterdir()) == ["cases.csv", "logs", "scans"]


@pytest.mark.parametrize("start", ["/v2/startscan", "/v3/runs"])
@pytest.mark.parametrize("named", ["transcripts", "scans", "scanners"])
async def test_no_scan_is_started_with_what_is_beside_the_project(
    client: httpx.AsyncClient, project: Path, start: str, named: str
) -> None:
    (project.parent / "outside/own.py").write_text("raise SystemExit(1)\n")
    for place in _ways_out(project, "own.py" if named == "scanners" else "logs"):
        file = place if named == "scanners" else "scanners.py"
        job: dict[str, Any] = {"scanners": [{"name": "x", "file": file}], "transcripts": "./logs", "limit": 1}
        if named != "scanners":
            job[named] = [place] if named == "transcripts" else place
        _refused(await client.post(start, json={"job": job} if start == "/v3/runs" else job), of=place)


async def test_links_in_what_is_shown_do_not_lead_out_of_it(client: httpx.AsyncClient, project: Path) -> None:
    outside = project.parent / "outside"
    for log in (project / "logs").iterdir():
        log.unlink()
    (project / "logs/linked.eval").symlink_to(outside / "logs/fix-the-bug.eval")
    (project / "logs/folder").symlink_to(outside / "logs")
    (project / "scans/scan_id=linked").symlink_to(outside / "scans/scan_id=theirs")
    table = project / "scans/scan_id=ours/edits_tests.parquet"
    table.unlink()
    table.symlink_to(outside / "scans/scan_id=theirs/edits_tests.parquet")
    (project / "cases.csv").symlink_to(outside / "cases.csv")
    logs = in_url(project / "logs")
    for answer in [await client.get("/v3/transcripts"), await client.post(f"/v2/transcripts/{logs}")]:
        assert answer.status_code in (200, 404)
        assert not answer.json().get("items")
    _refused(await client.get(f"/v3/transcripts/{TRANSCRIPT}/messages"), of="a log")
    _refused(await client.get(f"/v2/transcripts/{logs}/{TRANSCRIPT}/messages-events"), of="a log")
    assert [scan["location"] for scan in (await client.get("/v3/scans")).json()["items"]] == [str(table.parent)]
    listed = await client.post(f"/v2/scans/{in_url(project / 'scans')}")
    assert len(listed.json()["items"]) == 1
    assert (await client.get("/v3/scans/ours/edits_tests/results")).json()["items"] == []
    assert (await client.get("/v3/labels")).json()["items"] == []


def _ways_of_reading(project: Path, scan: str) -> list[tuple[str, str]]:
    """Name all that is told of a scan, in both APIs."""
    place, one = f"/v2/scans/{in_url(project / 'scans')}", f"/v2/scans/{in_url(project / 'scans')}/{in_url(scan)}"
    id = scan.removeprefix("scan_id=")
    return [
        *(
            ("GET", f"/v3/scans/{id}{rest}")
            for rest in ("", "/errors", "/edits_tests/results", "/edits_tests/facets?by=value")
        ),
        *(
            ("GET", f"/v3/scans/{id}/edits_tests{rest}")
            for rest in ("/distribution", "/find?q=a", f"/results/{TRANSCRIPT}")
        ),
        ("GET", f"/v3/scans/{id}/edits_tests/results/{TRANSCRIPT}/evidence?every=true"),
        ("GET", f"/v3/compare?a={id}&b={id}"),
        ("GET", f"/v3/transcripts/{TRANSCRIPT}/citations?scan={project / 'scans' / scan}"),
        ("GET", "/v3/scans"),
        ("POST", place),
        ("GET", one),
        ("GET", f"{one}/edits_tests"),
        ("GET", f"{one}/edits_tests/{TRANSCRIPT}?column=value"),
    ]


@pytest.mark.parametrize(
    "file",
    [
        "_scan.json",
        "_summary.json",
        "_errors.jsonl",
        "_empty.json",
        "edits_tests.parquet",
        "_journal",
        "_journal/x.parquet",
    ],
)
async def test_links_in_a_scan_do_not_lead_out_of_what_is_shown(
    client: httpx.AsyncClient, project: Path, file: str
) -> None:
    scan, theirs = project / "scans/scan_id=ours", project.parent / "outside/scans/scan_id=theirs"
    described = (theirs / "_scan.json").read_text().replace('"scan_name": "', f'"scan_name": "{SECRET}')
    assert SECRET in described
    (theirs / "_scan.json").write_text(described)
    target = theirs / file
    if file.startswith("_journal"):
        target = theirs / "edits_tests.parquet" if file != "_journal" else theirs / "journal"
        (theirs / "journal").mkdir()
        shutil.copy(theirs / "edits_tests.parquet", theirs / "journal/x.parquet")
    elif not target.exists() or file == "_summary.json":
        target.write_text(f'{{"error": "{SECRET}", "scanners": {{"{SECRET}": 1}}}}\n')
    before = {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()}
    link = scan / file
    if link.parent != scan:
        shutil.rmtree(link.parent, ignore_errors=True)
        link.parent.mkdir()
    if link.is_dir():
        shutil.rmtree(link)
    link.unlink(missing_ok=True)
    link.symlink_to(target)
    for method, path in _ways_of_reading(project, scan.name):
        answer = await client.request(method, path)
        assert answer.status_code < 500, (path, answer.text)
        assert SECRET.encode() not in answer.content, path
    packed = await client.get(
        f"/v2/scans/{in_url(project / 'scans')}/{in_url(scan.name)}", headers={"accept": "application/zip"}
    )
    assert 400 <= packed.status_code < 500
    assert SECRET.encode() not in packed.content
    for path in (
        "/v3/scans/ours?dry_run=true",
        "/v3/scans/ours",
        f"/v2/scans/{in_url(project / 'scans')}/{in_url(scan.name)}",
    ):
        assert (await client.delete(path)).status_code < 500
    assert {path: path.read_bytes() for path in theirs.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("name", ["scout.yaml", "scout.local.yaml"])
async def test_a_project_file_that_is_a_link_out_is_not_read_or_changed(
    client: httpx.AsyncClient, project: Path, name: str
) -> None:
    secret = project.parent / "outside/scout.yaml"
    secret.write_text(f"name: {SECRET}\n")
    (project / name).unlink(missing_ok=True)
    (project / name).symlink_to(secret)
    for path in ("/v2/app-config", "/v2/project/config", "/v3/project"):
        answer = await client.get(path)
        assert answer.status_code < 500, (path, answer.text)
        assert SECRET not in answer.text
    for path in ("/v2/project/config", "/v3/project"):
        changed = await client.put(path, json={"name": "x"}, headers={"if-match": "*"})
        assert changed.status_code == (400 if name == "scout.yaml" else 200), changed.text
    assert secret.read_text() == f"name: {SECRET}\n"
    assert (await client.get("/v3/scans")).status_code == 200


async def test_labels_that_are_links_out_are_not_read_or_changed(client: httpx.AsyncClient, project: Path) -> None:
    outside = project.parent / "outside/cases.csv"
    (project / "cases.csv").symlink_to(outside)
    (project / "folder").symlink_to(outside.parent)
    for name in ("cases.csv", "folder/cases.csv"):
        uri, key = in_url(project / name), in_url(SECRET)
        any_state = {"if-match": "*"}
        asked: list[tuple[str, str, Any]] = [
            ("GET", f"/v2/validations/{uri}", None),
            ("GET", f"/v2/validations/{uri}/{key}", None),
            ("POST", f"/v2/validations/{uri}/{key}", {"target": 1}),
            ("DELETE", f"/v2/validations/{uri}/{key}", None),
            ("PUT", f"/v2/validations/{uri}/rename", {"name": "x"}),
            ("DELETE", f"/v2/validations/{uri}", None),
            ("GET", f"/v3/labels/{in_url(name)}", None),
            ("PUT", f"/v3/labels/{in_url(name)}", {"cases": []}),
            ("DELETE", f"/v3/labels/{in_url(name)}", None),
        ]
        for method, path, body in asked:
            _refused(await client.request(method, path, json=body, headers=any_state), of=(method, path))
    assert SECRET not in (await client.get("/v3/labels")).text
    assert (await client.get("/v2/validations")).json() == []
    assert outside.read_text() == f"id,target\n{SECRET},true\n"


async def test_links_within_what_is_shown_are_followed(client: httpx.AsyncClient, project: Path) -> None:
    (project / "logs").rename(project / "kept")
    (project / "logs").mkdir()
    (project / "logs/folder").symlink_to(project / "kept")
    assert (await client.get("/v3/transcripts")).json()["total"] == 12


@scanner(messages="all")
def texts() -> Scanner[Transcript]:
    async def look(transcript: Transcript) -> Result:
        return Result(value=len(transcript.messages), explanation="[M1]")

    return look


@pytest.mark.parametrize("logs", ["logs", "../outside/logs"])
async def test_a_log_that_a_scan_names_is_read_where_it_is_shown(
    client: httpx.AsyncClient, project: Path, logs: str
) -> None:
    place = (project / logs).resolve()
    made = await scan_async(
        [texts()], transcripts_from(str(place)), scans=str(project / "scans"), record_input="reference", display="none"
    )
    table = f"/v3/scans/{Path(made.location).name.removeprefix('scan_id=')}/texts"
    page = await client.get(f"{table}/results", params={"columns": ["input", "uuid"], "limit": 1})
    first = page.json()["items"][0]
    one = await client.get(f"{table}/results/{first['uuid']}")
    evidence = await client.get(f"{table}/results/{first['uuid']}/evidence", params={"every": True})
    cell = await client.get(
        f"/v2/scans/{in_url(project / 'scans')}/{in_url(Path(made.location).name)}/texts/{first['uuid']}",
        params={"column": "input"},
    )
    shown = [first["input"], one.json()["input"], evidence.json()["evidence"][0]["messages"], cell.json()["input"]]
    assert [bool(each) for each in shown] == [logs == "logs"] * 4, shown


async def test_a_changed_project_file_does_not_open_other_places(client: httpx.AsyncClient, project: Path) -> None:
    outside = project.parent / "outside"
    changed = {"transcripts": str(outside / "logs"), "scans": str(outside / "scans")}
    assert (await client.put("/v3/project", json=changed, headers={"if-match": "*"})).status_code == 200
    for path in ("/v3/transcripts", "/v3/scans", "/v3/scans/theirs", f"/v3/transcripts/{TRANSCRIPT}/messages"):
        _refused(await client.get(path), of=path)


async def test_the_project_is_shown_wherever_the_server_runs(
    client: httpx.AsyncClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (await client.get("/v3/transcripts")).json()["total"] == 12
    assert len((await client.get("/v3/scans")).json()["items"]) == 1


@pytest.mark.parametrize(
    "id",
    [
        "..",
        ".",
        "../scan_id=ours",
        "scan_id=ours",
        "ours/..",
        "ours%00",
        "\x00",
        "o" * 5000,
        "\u202esruo",
        "OURS",
        "our",
        "*",
    ],
)
async def test_only_the_scan_that_is_meant_is_deleted(client: httpx.AsyncClient, project: Path, id: str) -> None:
    scans = in_url(project / "scans")
    for name in {id, f"scan_id={id}"} - {"scan_id=ours"}:
        _refused(await client.delete(f"/v2/scans/{scans}/{in_url(name)}"), of=name)
    if id != "scan_id=ours":
        _refused(await client.delete(f"/v3/scans/{quote(id, safe='')}"), of=id)
    assert (project / "scans/scan_id=ours/_scan.json").is_file()


@pytest.mark.parametrize(
    "kind",
    ["no description", "an empty description", "half a description", "another id", "other files", "a file", "logs"],
)
async def test_what_is_not_a_scan_is_not_deleted(client: httpx.AsyncClient, project: Path, kind: str) -> None:
    place = project / "scans/scan_id=mine"
    if kind == "a file":
        place.write_text(SECRET)
    elif kind == "logs":
        place = project / "logs"
    else:
        shutil.copytree(project / "scans/scan_id=ours", place)
        described = json.loads((place / "_scan.json").read_text())
        told = {"an empty description": "{}", "half a description": '{"scan_id": "mine"'}
        (place / "_scan.json").write_text(told.get(kind) or json.dumps({**described, "scan_id": "mine"}))
        if kind == "no description":
            (place / "_scan.json").unlink()
        elif kind == "another id":
            (place / "_scan.json").write_text(json.dumps({**described, "scan_id": "yours"}))
        elif kind == "other files":
            (place / "thesis.tex").write_text(SECRET)
    before = sorted(project.rglob("*"))
    _refused(await client.delete(f"/v3/scans/{place.name.removeprefix('scan_id=')}"), of=kind)
    _refused(await client.delete(f"/v2/scans/{in_url(project / 'scans')}/{in_url(place.name)}"), of=kind)
    _refused(await client.delete(f"/v2/scans/{in_url(project)}/{in_url(place)}"), of=kind)
    zipped = {"accept": "application/zip"}
    if kind != "another id":  # a copy is packed as well
        packed = await client.get(f"/v2/scans/{in_url(project / 'scans')}/{in_url(place.name)}", headers=zipped)
        _refused(packed, of=kind)
    assert sorted(project.rglob("*")) == before


@pytest.mark.parametrize("version", ["v2", "v3"])
async def test_a_scan_is_deleted(client: httpx.AsyncClient, project: Path, version: str) -> None:
    (project / "scans/scan_id=ours").rename(project / f"scans/scan_id={(id := _id_of(project))}")
    one = f"/v2/scans/{in_url(project / 'scans')}/{in_url(f'scan_id={id}')}" if version == "v2" else f"/v3/scans/{id}"
    assert (await client.delete(one)).is_success
    assert list((project / "scans").iterdir()) == []


def _id_of(project: Path) -> str:
    return str(json.loads((project / "scans/scan_id=ours/_scan.json").read_text())["scan_id"])
