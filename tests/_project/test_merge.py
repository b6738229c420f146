"""A local project file over the shared one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_scout import ConfigError, ProjectConfig
from inspect_scout._project.merge import JOINED, merge_local

MODEL_FIELDS = ("model", "model_base_url", "model_args", "generate_config", "model_roles")


def merged(base: dict[str, Any], local: dict[str, Any]) -> dict[str, Any]:
    config = merge_local(ProjectConfig.model_validate(base), ProjectConfig.model_validate(local))
    return ProjectConfig.model_dump(config, exclude_none=True, exclude_unset=True)


A, B = {"name": "a", "file": "base.py"}, {"name": "b", "file": "base.py"}
LOCAL_A = {"name": "a", "file": "local.py"}
WORK_A, WORK_B = ({"scanner": name, "transcripts": ["t"]} for name in "ab")


@pytest.mark.parametrize(
    ("base", "local", "result"),
    [
        ({"limit": 1, "scans": "a"}, {"limit": 2}, {"limit": 2, "scans": "a"}),
        ({"limit": 1}, {"limit": None}, {}),
        ({"filter": ["a = 1"]}, {"filter": "b = 1"}, {"filter": "b = 1"}),
        ({"transcripts": "a"}, {"transcripts": ["b"]}, {"transcripts": ["b"]}),
        ({"tags": ["a", "b"]}, {"tags": ["b", "c"]}, {"tags": ["a", "b", "c"]}),
        ({"tags": ["a"]}, {"tags": None}, {"tags": ["a"]}),
        ({"worklist": [WORK_A]}, {"worklist": [WORK_B]}, {"worklist": [WORK_A, WORK_B]}),
        ({"metadata": {"a": 1, "b": 1}}, {"metadata": {"b": 2}}, {"metadata": {"a": 1, "b": 2}}),
        ({"validation": {"a": "x"}}, {"validation": {"b": "y"}}, {"validation": {"a": "x", "b": "y"}}),
        ({"scanners": {"x": A}}, {"scanners": {"y": B}}, {"scanners": {"x": A, "y": B}}),
        ({"scanners": {"x": A}}, {"scanners": {"x": B}}, {"scanners": {"x": B}}),
        ({"scanners": [A, B]}, {"scanners": [LOCAL_A]}, {"scanners": [B, LOCAL_A]}),
        ({"scanners": [A]}, {"scanners": {"x": B}}, {"scanners": {"a": A, "x": B}}),
        ({"model": "m/a", "model_args": {"a": 1}}, {"model": "m/b"}, {"model": "m/b"}),
        ({"model": "m/a"}, {"generate_config": {"top_p": 1.0}}, {"generate_config": {"top_p": 1.0}}),
        (
            {"model": "m/a", "model_roles": {"j": "m/j"}},
            {"limit": 1},
            {"model": "m/a", "model_roles": {"j": "m/j"}, "limit": 1},
        ),
        ({"model_roles": {"j": "m/j"}}, {"model_roles": {"k": "m/k"}}, {"model_roles": {"k": "m/k"}}),
        ({"trust_content": False}, {"trust_content": True}, {"trust_content": False}),
        ({"trust_content": True}, {"trust_content": False}, {"trust_content": False}),
        ({"trust_content": True}, {"trust_content": True}, {}),
        ({"trust_content": True}, {}, {}),
    ],
)
def test_each_rule(base: dict[str, Any], local: dict[str, Any], result: dict[str, Any]) -> None:
    assert merged(base, local) == result


def test_a_scanner_twice_in_a_list_cannot_be_joined_by_name() -> None:
    with pytest.raises(ConfigError, match="twice"):
        merged({"scanners": [A, A]}, {"scanners": {"x": B}})


names = st.sampled_from(["a", "b", "c"])
projects = st.fixed_dictionaries(
    {},
    optional={
        "name": names,
        "transcripts": names | st.lists(names),
        "filter": st.lists(names),
        "scans": names,
        "model": names,
        "model_base_url": names,
        "model_args": st.dictionaries(names, st.integers()),
        "model_roles": st.dictionaries(names, names),
        "limit": st.integers(0, 9),
        "shuffle": st.booleans() | st.integers(),
        "tags": st.lists(names),
        "metadata": st.dictionaries(names, st.integers()),
        "validation": st.dictionaries(names, names),
        "worklist": st.lists(st.fixed_dictionaries({"scanner": names, "transcripts": st.lists(names)})),
    },
)


@given(projects, projects)
def test_laws_of_merging(base: dict[str, Any], local: dict[str, Any]) -> None:
    result = merged(base, local)
    of_model = any(name in local for name in MODEL_FIELDS)
    for name in base.keys() | local.keys():
        if name in MODEL_FIELDS:
            assert result.get(name) == (local if of_model else base).get(name)
        elif name not in JOINED or not (name in base and name in local):
            assert result[name] == local.get(name, base.get(name))
    assert result.get("metadata", {}).items() >= local.get("metadata", {}).items()
    assert result.get("metadata", {}).keys() == base.get("metadata", {}).keys() | local.get("metadata", {}).keys()
    assert set(result.get("tags", [])) == {*base.get("tags", []), *local.get("tags", [])}
    assert len(result.get("worklist", [])) == len(base.get("worklist", [])) + len(local.get("worklist", []))


@given(projects)
def test_a_file_that_says_nothing_changes_nothing(project: dict[str, Any]) -> None:
    assert merged(project, {}) == merged({}, project) == project
