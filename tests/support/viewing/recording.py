"""What the two servers are asked, on one project, and their answers in a form that can be compared.

A step is a request; what differs from run to run (ids, times, folders, versions) is replaced by a word.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

import httpx
import pyarrow as pa
import pyarrow.parquet as pq

from .url_places import in_url

EXAMPLES = Path(__file__).parents[3] / "examples"
RECORDINGS = Path(__file__).parents[2] / "_view" / "recordings"
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_ARROW_COLUMNS = ("transcript_id", "scanner_key", "input_type", "value", "value_type", "explanation", "label", "answer")
_HEADERS = ("content-type", "content-encoding", "x-content-encoding", "content-disposition")
_VERSION_KEYS = {"inspect_ai", "inspect_scout", "package_version"}


@dataclass(frozen=True)
class Project:
    """A project with logs and a scan.

    Args:
        folder: Its folder.
        scan: The directory of its scan.
        transcript: One of its transcripts.
        uuid: One of the results of `tool_use`.
    """

    folder: Path
    scan: Path
    transcript: str
    uuid: str

    def url(self, template: str) -> str:
        """Write the path of a request: `{logs}`, `{scans}`, `{scan}`, `{transcript}`, `{uuid}`, `{b:text}`, `{f:file}`."""
        known = {
            "logs": in_url(self.folder / "logs"),
            "scans": in_url(self.folder / "scans"),
            "nowhere": in_url(self.folder / "nowhere"),
            "scan": in_url(self.scan.name),
            "transcript": self.transcript,
            "uuid": self.uuid,
        }
        for name, value in known.items():
            template = template.replace(f"{{{name}}}", value)
        template = re.sub(r"\{f:([^}]+)\}", lambda m: in_url((self.folder / m[1]).as_uri()), template)
        return re.sub(r"\{b:([^}]+)\}", lambda m: in_url(m[1]), template)


@dataclass(frozen=True)
class Step:
    """A request.

    Args:
        name: What it is about; unique.
        method: Its method.
        path: Its path, with places as `Project.url` takes them.
        body: Its body.
        headers: Its headers.
    """

    name: str
    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def make_project(folder: Path) -> Project:
    """Make the project that both servers show: the example logs, and one scan of four of their transcripts."""
    shutil.copytree(EXAMPLES / "logs", folder / "logs")
    shutil.copy(EXAMPLES / "scanners.py", folder)
    (folder / "scout.yaml").write_text("# ours\ntranscripts: ./logs\nscans: ./scans\nmodel: mockllm/model\n")
    scout = str(Path(sys.executable).parent / "scout")
    command = [scout, "scan", "scanners.py", "--limit", "4"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    (scan,) = (folder / "scans").glob("scan_id=*")
    tables: Any = pq
    rows = tables.read_table(scan / "tool_use.parquet", columns=["uuid", "transcript_id"]).to_pylist()
    return Project(folder, scan, rows[0]["transcript_id"], rows[0]["uuid"])


_ORDER = {"order_by": [{"column": "message_count", "direction": "DESC"}]}
_FIX = {"left": "task_set", "operator": "=", "right": "fix-the-bug", "is_compound": False}
_CURSOR = {"message_count": 13, "transcript_id": "NQ7dDdcKAUnFgyYfCwecd8"}


def _condition(left: str, operator: str, right: Any) -> dict[str, Any]:
    return {"left": left, "operator": operator, "right": right, "is_compound": False}


def _page(limit: int, direction: str = "forward") -> dict[str, Any]:
    return {"limit": limit, "cursor": None, "direction": direction}


STEPS: Mapping[str, Sequence[Step]] = {
    "project": [
        Step("settings", "GET", "/app-config"),
        Step("project file", "GET", "/project/config"),
        Step("patch", "PUT", "/project/config", {"tags": ["a"]}),
        Step("patch with another etag", "PUT", "/project/config", {"tags": ["b"]}, {"If-Match": '"other"'}),
        Step("patch of an unknown key", "PUT", "/project/config", {"nope": 1}),
        Step("patch of a wrong type", "PUT", "/project/config", {"limit": "many"}),
        Step("patch back", "PUT", "/project/config", {"tags": None}),
        Step("topics", "GET", "/topics"),
        Step("code", "POST", "/code", [_FIX, _condition("metadata.a", "IN", [1, 2])]),
        Step("scanners", "GET", "/scanners"),
    ],
    "transcripts": [
        Step("sorted", "POST", "/transcripts/{logs}", {**_ORDER, "pagination": _page(2)}),
        Step(
            "next page",
            "POST",
            "/transcripts/{logs}",
            {**_ORDER, "pagination": {**_page(2), "cursor": _CURSOR}},
        ),
        Step("last page", "POST", "/transcripts/{logs}", {**_ORDER, "pagination": _page(2, "backward")}),
        Step("filtered", "POST", "/transcripts/{logs}", {**_ORDER, "filter": _FIX, "pagination": _page(1)}),
        Step("escaped pattern", "POST", "/transcripts/{logs}", {"filter": _condition("model", "ILIKE", r"%mockllm\_%")}),
        Step("pattern", "POST", "/transcripts/{logs}", {"filter": _condition("task_id", "LIKE", "off-by%")}),
        Step("unknown column", "POST", "/transcripts/{logs}", {"filter": _condition("nope", "=", 1)}),
        Step("unknown order", "POST", "/transcripts/{logs}", {"order_by": {"column": "nope", "direction": "ASC"}}),
        Step("nowhere", "POST", "/transcripts/{nowhere}"),
        Step("values", "POST", "/transcripts/{logs}/distinct", {"column": "task_set"}),
        Step("values of a switch", "POST", "/transcripts/{logs}/distinct", {"column": "success"}),
        Step("values of nothing", "POST", "/transcripts/{logs}/distinct", {"column": "trust_content"}),
        Step("values of an unknown column", "POST", "/transcripts/{logs}/distinct", {"column": "nope"}),
        Step("one", "GET", "/transcripts/{logs}/{transcript}/info"),
        Step("one that is not there", "GET", "/transcripts/{logs}/nope/info"),
        Step("content", "GET", "/transcripts/{logs}/{transcript}/messages-events"),
        Step(
            "content as it is stored",
            "GET",
            "/transcripts/{logs}/{transcript}/messages-events",
            headers={"X-Accept-Raw-Encoding": "zstd"},
        ),
        Step(
            "content in an unknown encoding",
            "GET",
            "/transcripts/{logs}/{transcript}/messages-events",
            headers={"X-Accept-Raw-Encoding": "br"},
        ),
        Step(
            "words",
            "POST",
            "/transcripts/{logs}/{transcript}/search",
            {"type": "grep", "query": "the", "messages": "all"},
        ),
        Step(
            "a pattern that is none",
            "POST",
            "/transcripts/{logs}/{transcript}/search",
            {"type": "grep", "query": "(", "regex": True, "messages": "all"},
        ),
        Step("searches", "GET", "/searches?type=grep&count=1"),
        Step("searches of an unknown kind", "GET", "/searches?type=nope"),
    ],
    "scans": [
        Step("list", "POST", "/scans/{scans}"),
        Step("list of nowhere", "POST", "/scans/{nowhere}"),
        Step("values", "POST", "/scans/{scans}/distinct", {"column": "status"}),
        Step("active", "GET", "/scans/active"),
        Step("status", "GET", "/scans/{scans}/{scan}"),
        Step("no such scan", "GET", "/scans/{scans}/{b:scan_id=nope}"),
        Step("zip", "GET", "/scans/{scans}/{scan}", headers={"Accept": "application/zip"}),
        Step("results", "GET", "/scans/{scans}/{scan}/tool_use?exclude_column=input&exclude_column=scan_events"),
        Step("results of another scanner", "GET", "/scans/{scans}/{scan}/refusals"),
        Step("no such scanner", "GET", "/scans/{scans}/{scan}/nope"),
        Step(
            "one result", "GET", "/scans/{scans}/{scan}/tool_use/{uuid}?column=input&column=input_type&column=scan_tags&column=nope"
        ),
        Step("one result without columns", "GET", "/scans/{scans}/{scan}/tool_use/{uuid}"),
        Step("no such result", "GET", "/scans/{scans}/{scan}/tool_use/nope?column=value"),
        Step("job with an unknown key", "POST", "/startscan", {"nope": 1}),
        Step("delete", "DELETE", "/scans/{scans}/{scan}"),
        Step("delete again", "DELETE", "/scans/{scans}/{scan}"),
    ],
    "validations": [
        Step("none", "GET", "/validations"),
        Step(
            "create",
            "POST",
            "/validations",
            {"path": "{project}/cases.yaml", "cases": [{"id": "a", "target": True}, {"id": "m", "target": {"k": 1}}]},
        ),
        Step("create again", "POST", "/validations", {"path": "{project}/cases.yaml", "cases": []}),
        Step("create without id", "POST", "/validations", {"path": "{project}/b.yaml", "cases": [{"target": 1}]}),
        Step("create without target", "POST", "/validations", {"path": "{project}/b.yaml", "cases": [{"id": "a"}]}),
        Step("create elsewhere", "POST", "/validations", {"path": "file:///etc/b.yaml", "cases": []}),
        Step("create in an unknown format", "POST", "/validations", {"path": "{project}/b.xyz", "cases": []}),
        Step("list", "GET", "/validations"),
        Step("cases", "GET", "/validations/{f:cases.yaml}"),
        Step("case", "GET", "/validations/{f:cases.yaml}/{b:a}"),
        Step("no such case", "GET", "/validations/{f:cases.yaml}/{b:zz}"),
        Step("upsert", "POST", "/validations/{f:cases.yaml}/{b:b}", {"target": 3, "predicate": "gte", "split": "dev"}),
        Step("upsert of labels", "POST", "/validations/{f:cases.yaml}/{b:c}", {"labels": {"x": True}}),
        Step("upsert of both", "POST", "/validations/{f:cases.yaml}/{b:c}", {"labels": {"x": True}, "target": 1}),
        Step("upsert of an unknown predicate", "POST", "/validations/{f:cases.yaml}/{b:b}", {"target": 3, "predicate": "x"}),
        Step("upsert of null", "POST", "/validations/{f:cases.yaml}/{b:n}", {"target": None}),
        Step("delete case", "DELETE", "/validations/{f:cases.yaml}/{b:b}"),
        Step("delete case again", "DELETE", "/validations/{f:cases.yaml}/{b:b}"),
        Step("create csv", "POST", "/validations", {"path": "{project}/list.csv", "cases": [{"id": ["x", "y"], "target": 1}]}),
        Step("case of several ids", "GET", '/validations/{f:list.csv}/{b:["x", "y"]}'),
        Step("rename", "PUT", "/validations/{f:cases.yaml}/rename", {"name": "other"}),
        Step("rename to a path", "PUT", "/validations/{f:other.yaml}/rename", {"name": "a/b"}),
        Step("rename to itself", "PUT", "/validations/{f:other.yaml}/rename", {"name": "other"}),
        Step("no such file", "GET", "/validations/{f:nope.yaml}"),
        Step("delete", "DELETE", "/validations/{f:other.yaml}"),
        Step("delete again", "DELETE", "/validations/{f:other.yaml}"),
    ],
}  # fmt: skip
"""What is asked, by the file that its answers are recorded in."""


def ask(client: httpx.Client, project: Project, step: Step) -> dict[str, Any]:
    """Make a request, and write down the answer."""
    body = _with_folder(step.body, project.folder)
    url = "/api/v2" + project.url(step.path)
    answer = client.request(step.method, url, json=body, headers={**step.headers, "Connection": "close"})
    headers = {name: answer.headers[name] for name in _HEADERS if name in answer.headers}
    if answer.status_code >= 400:  # what errors say is told in words of one's own
        return {"status": answer.status_code}
    told: dict[str, Any] = _plain({"status": answer.status_code, "headers": headers, "body": _body(answer)}, project)
    return told


def _body(answer: httpx.Response) -> Any:
    kind = answer.headers.get("content-type", "")
    if kind.startswith("application/vnd.apache.arrow"):
        table: Any = pa.ipc.open_stream(answer.content).read_all()
        return {
            "columns": {each.name: str(each.type) for each in table.schema},
            "rows": table.select(list(_ARROW_COLUMNS)).to_pylist(),
        }
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
            return {"files": sorted(archive.namelist())}
    if kind == "application/octet-stream" or len(answer.content) > 20_000:
        return {"sha256": hashlib.sha256(answer.content).hexdigest()}
    return answer.json() if answer.content else None


def _with_folder(body: Any, folder: Path) -> Any:
    text = json.dumps(body).replace("{project}", folder.as_uri())
    return json.loads(text)


def _plain(value: Any, project: Project, key: str = "") -> Any:
    """Replace what differs from run to run."""
    if is_mapping(value):
        return {name: _plain(each, project, name) for name, each in value.items()}
    if is_list(value):
        return [_plain(each, project, key) for each in value]
    if isinstance(value, str):
        return _plain_text(value, project, key)
    return value


def _plain_text(text: str, project: Project, key: str) -> str:
    if key == "uuid" or key in _VERSION_KEYS:
        return f"<{key}>"
    text = text.replace(str(project.folder), "<project>").replace(project.scan.name[8:], "<scan>")
    text = text.replace(project.folder.name, "<name>").replace(str(Path.home()), "<home>")
    text = re.sub(r'"uuid":"\w+"', '"uuid":"<uuid>"', text)
    return _TIME.sub("<time>", text)


def differences(recorded: Any, ours: Any, path: str = "") -> list[str]:
    """List where our answer says something else; what it says besides is an addition, and none."""
    if is_mapping(recorded) and is_mapping(ours):
        found = [
            each
            for name, value in recorded.items()
            if name in ours
            for each in differences(value, ours[name], f"{path}.{name}")
        ]
        return found + [f"{path}.{name} missing" for name in recorded if name not in ours]
    if _is_named(recorded) and _is_named(ours):
        return differences({one["name"]: one for one in recorded}, {one["name"]: one for one in ours}, path)
    if is_list(recorded) and is_list(ours) and len(recorded) == len(ours):
        pairs = enumerate(zip(recorded, ours, strict=True))
        return [each for number, (one, other) in pairs for each in differences(one, other, f"{path}[{number}]")]
    same = recorded == ours and isinstance(recorded, bool) == isinstance(ours, bool)
    return [] if same else [f"{path}: {_short(recorded)} -> {_short(ours)}"]


def _is_named(value: Any) -> TypeGuard[list[dict[str, Any]]]:
    return is_list(value) and bool(value) and all(is_mapping(one) and "name" in one for one in value)


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) < 80 else text[:77] + "..."


def is_mapping(value: Any) -> TypeGuard[dict[str, Any]]:
    """Tell whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Tell whether a value is a JSON array."""
    return isinstance(value, list)


def read_recording(name: str) -> dict[str, Any]:
    """Read the answers of the other server."""
    recorded: dict[str, Any] = json.loads((RECORDINGS / f"{name}.json").read_text())
    return recorded


def record(client: httpx.Client, make: Callable[[], Project]) -> None:
    """Write down the answers of the other server."""
    project = make()
    RECORDINGS.mkdir(exist_ok=True)
    for name, steps in STEPS.items():
        answers = {step.name: ask(client, project, step) for step in steps}
        (RECORDINGS / f"{name}.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n")
