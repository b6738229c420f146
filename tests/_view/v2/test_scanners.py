"""Scanners, code and the start of scans in /api/v2."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx
import pytest

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).parents[3] / "examples"


async def test_scanners_of_the_project_stand_beside_our_own(client: httpx.AsyncClient, project: Path) -> None:
    (project / "mine.py").write_text(
        "from inspect_scout import scanner\n"
        "raise SystemExit('never run')\n"
        "@scanner(messages='all', version=2)\n"
        "def long_ones(least: int, words: list[str] = ['a'], *, loud: bool = False):\n"
        '    """Find long transcripts.\n\n    More."""\n'
        "    return None\n"
    )
    items = (await client.get("/scanners")).json()["items"]
    assert [item["name"] for item in items] == ["inspect_scout/grep_scanner", "inspect_scout/llm_scanner", "long_ones"]
    assert items[2] == {
        "name": "long_ones",
        "version": 2,
        "description": "Find long transcripts.",
        "params": [
            {"name": "least", "schema": {"type": "integer"}, "required": True, "default": None},
            {
                "name": "words",
                "schema": {"type": "array", "items": {"type": "string"}},
                "required": False,
                "default": ["a"],
            },
            {"name": "loud", "schema": {"type": "boolean"}, "required": False, "default": False},
        ],
        "file": "mine.py",
    }
    regex = next(each for each in items[0]["params"] if each["name"] == "regex")
    assert regex == {"name": "regex", "schema": {"type": "boolean"}, "required": False, "default": False}


async def test_conditions_are_written_as_code(client: httpx.AsyncClient) -> None:
    one = {"left": "model", "operator": "=", "right": "x", "is_compound": False}
    other = {"left": "metadata.a", "operator": "IN", "right": [1, 2], "is_compound": False}
    assert (await client.post("/code", json=one)).json() == {
        "python": "transcripts.where(\"model = 'x'\")",
        "filter": "model = 'x'",
    }
    assert "metadata.a IN (1, 2)" in (await client.post("/code", json=[one, other])).json()["filter"]
    assert (await client.post("/code", json=[])).status_code == 400
    assert (await client.post("/code", json={"operator": "nope"})).status_code == 400


async def test_a_scan_is_started_and_its_status_given(client: httpx.AsyncClient, project: Path) -> None:
    shutil.copy(EXAMPLES / "scanners.py", project)
    job = {"scanners": [{"name": "refusals", "file": "scanners.py"}], "limit": 2, "filter": []}
    answer = await client.post("/startscan", json=job)
    assert answer.status_code == 200, answer.text
    status = answer.json()
    assert Path(status["location"]).parent == project / "scans"
    assert list(status["summary"]["scanners"]) == ["refusals"]


@pytest.mark.parametrize(
    ("job", "status"),
    [
        ({"nope": 1}, 400),
        ({"scanners": [{"name": "refusals", "file": "/etc/passwd"}]}, 403),
        ({"scanners": [{"name": "refusals", "file": "../x.py"}]}, 403),
        ({"transcripts": "/etc"}, 403),
        ({"scans": "file:///etc"}, 403),
        ({"validation": {"refusals": "../cases.csv"}}, 403),
        ({"scanners": [{"name": "refusals", "file": ".venv/x.py"}]}, 400),
    ],
)
async def test_jobs_that_may_not_be_are_refused(client: httpx.AsyncClient, job: dict[str, object], status: int) -> None:
    answer = await client.post("/startscan", json=job)
    assert answer.status_code == status
    assert answer.json()["detail"]


async def test_a_scan_that_is_refused_says_why(client: httpx.AsyncClient, project: Path) -> None:
    shutil.copy(EXAMPLES / "scanners.py", project)
    answer = await client.post("/startscan", json={"scanners": [{"name": "nope", "file": "scanners.py"}]})
    assert answer.status_code == 400
    assert "Unknown scanner" in answer.json()["detail"]
