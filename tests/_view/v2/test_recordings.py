"""What /api/v2 answers, beside what the published server was recorded to answer on the same project.

`make recordings REFERENCE=/path/to/python` records again.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from typing import Any

import pytest
from starlette.testclient import TestClient

from inspect_scout._view import ViewSettings, create_app
from support.viewing.recording import STEPS, Project, ask, differences, make_project, read_recording

_REFUSED = "a mistake of the client is a 4xx, whatever it is about"
_ONE_WAY = "all that cannot be used is a 400 with a sentence, not sometimes a 422 with a list"
_NO_CONTENT = "there is no content, so it has no type"
REASONS: Mapping[str, str] = {
    "project, patch of a wrong type: .status: 422 -> 400": _ONE_WAY,
    "scans, job with an unknown key: .status: 422 -> 400": _ONE_WAY,
    "project, scanners: *.description: *": "our own words",
    "project, scanners: *llm_scanner.params.answer.schema.*": "it takes one kind of answer more",
    "project, scanners: *llm_scanner.params.cache.schema.*": "objects of Python have no form",
    "project, scanners: *llm_scanner.params.content.schema.*": "objects of Python have no form",
    "transcripts, *metadata.eval_metadata: *": "JSON is given as what it says, not as text",
    "transcripts, *metadata.task_args: *": "JSON is given as what it says, not as text",
    "transcripts, *metadata.generate_config: *": "JSON is given as what it says, not as text",
    "transcripts, *metadata.model_roles: *": "JSON is given as what it says, not as text",
    "transcripts, *metadata.sample_metadata: *": "JSON is given as what it says, not as text",
    "transcripts, unknown column: .status: 200 -> 400": "a misspelt column is told, it does not select nothing",
    "transcripts, unknown column: .* missing": "a misspelt column is told, it does not select nothing",
    "transcripts, values of a switch: *": "switches are true and false",
    "transcripts, content: .headers.content-encoding missing": "bare deflate is not what its name means in HTTP",
    "transcripts, a pattern that is none: .status: 500 -> 400": _REFUSED,
    "scans, status: *.transcript_ids.* missing": "a scan of 100 000 transcripts would be megabytes",
    "scans, status: *.transcripts.count: 0 -> 4": "the number is known",
    "scans, results*: .body.columns.* missing": "columns of our own that are kept for the record",
    "scans, delete: .headers.content-type missing": _NO_CONTENT,
    "validations, delete: .headers.content-type missing": _NO_CONTENT,
    "validations, delete case: .headers.content-type missing": _NO_CONTENT,
    "validations, create elsewhere: .status: 400 -> 403": "it is not the words that are wrong: the place is not shown",
    "validations, create in an unknown format: .status: 500 -> 400": _REFUSED,
    "validations, upsert of an unknown predicate: .status: 500 -> 400": _REFUSED,
    "validations, upsert of null: .status: 400 -> 200": "that no value is expected can be kept",
    "validations, case of several ids: .status: 404 -> 200": "lists of ids are found again in CSV",
}
"""Where we answer something else on purpose, and why: the file and the step, then what differs (`*`: any text)."""


@pytest.fixture(scope="module")
def recorded_project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Make the project that the recordings were made on."""
    return make_project(tmp_path_factory.mktemp("recordings") / "recorded-project")


@pytest.fixture(scope="module")
def found(recorded_project: Project) -> list[str]:
    """List all differences."""
    app = create_app(ViewSettings(project_dir=str(recorded_project.folder)))
    client: Any = TestClient(app, base_url="http://127.0.0.1:7576")
    return [
        f"{name}, {step.name}: {each}"
        for name, steps in STEPS.items()
        for recorded in [read_recording(name)]
        for step in steps
        for each in differences(recorded[step.name], ask(client, recorded_project, step))
    ]


def test_answers_are_those_of_the_published_server(found: list[str]) -> None:
    assert [each for each in found if not any(fnmatch.fnmatchcase(each, known) for known in REASONS)] == []


@pytest.mark.parametrize("known", REASONS)
def test_a_difference_on_purpose_is_there(found: list[str], known: str) -> None:
    assert fnmatch.filter(found, known)
    assert REASONS[known]


@pytest.mark.parametrize(
    ("recorded", "ours", "count"),
    [
        ({"a": 1}, {"a": 1, "b": 2}, 0),
        ({"a": 1}, {}, 1),
        ({"a": [1, 2]}, {"a": [1]}, 1),
        ({"a": 1}, {"a": True}, 1),
        ([{"a": None}], [{"a": 0}], 1),
    ],
)
def test_additions_are_no_differences(recorded: Any, ours: Any, count: int) -> None:
    assert len(differences(recorded, ours)) == count
