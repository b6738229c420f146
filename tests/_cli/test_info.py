"""The commands `scout info config` and `scout info schema`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from support.cli import scout


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)


def explained(*arguments: str) -> dict[str, tuple[Any, list[str]]]:
    ran = scout("info", "config", *arguments, "--json")
    assert ran.code == 0, ran.err
    said = json.loads(ran.out)
    return {name: (value, said["sources"][name]) for name, value in said["settings"].items()}


def test_each_value_is_told_with_where_it_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("scout.yaml").write_text("scans: out\ntags: [a]\nlimit: 5\n")
    Path("scout.local.yaml").write_text("tags: [b]\n")
    Path("job.yaml").write_text("shuffle: 3\nmetadata: {k: 1}\n")
    monkeypatch.setenv("SCOUT_SCAN_LIMIT", "9")
    monkeypatch.setenv("SCOUT_SCAN_MAX_TRANSCRIPTS", "9")
    settings = explained("job.yaml", "--tags", "c", "--record-input", "copy")
    assert settings["scans"] == ("out", ["scout.yaml:1"])
    assert settings["tags"] == (["a", "b", "c"], ["command line", "scout.yaml:2 + scout.local.yaml:1"])
    assert settings["limit"] == (5, ["scout.yaml:3"])
    assert settings["shuffle"] == (3, ["job job.yaml"])
    assert settings["max_transcripts"] == (9, ["SCOUT_SCAN_MAX_TRANSCRIPTS"])
    assert settings["record_input"] == ("copy", ["command line"])
    assert settings["model"] == (None, ["default"])


def test_the_table_has_a_line_for_each_setting() -> None:
    Path("scout.yaml").write_text("limit: 5\n")
    short, long = (
        scout("info", "config", "--display", "plain"),
        scout("info", "config", "--explain", "--display", "plain"),
    )
    assert "limit" in short.out
    assert "worklist" not in short.out
    assert [line.split() for line in long.out.splitlines() if line.startswith("limit")] == [
        ["limit", "5", "scout.yaml:1"]
    ]
    assert [line.split() for line in long.out.splitlines() if line.startswith("worklist")] == [
        ["worklist", "-", "default"]
    ]


def test_secrets_are_not_shown() -> None:
    Path("scout.yaml").write_text(
        "model: mockllm/model\nmodel_base_url: http://me:pass@127.0.0.1/v1\nmodel_args: {api_key: hush, flavour: 1}\n"
        "generate_config: {extra_headers: {Authorization: hush}}\nmetadata: {token: hush, k: 1}\n"
        "model_roles: {judge: {model: mockllm/j, args: {api_key: hush}}}\n"
    )
    ran = scout("info", "config", "--json")
    assert "hush" not in ran.out
    assert "pass" not in ran.out
    assert explained()["model_args"][0] == {"flavour": 1}


def test_terminal_codes_of_a_file_do_not_reach_the_terminal() -> None:
    Path("scout.yaml").write_text('name: "a\\e[31mb"\ntags: ["\\e]0;x"]\n')
    for arguments in (("--explain",), ("--json",)):
        assert "\x1b" not in scout("info", "config", *arguments).out


def test_mistakes_of_a_project_end_the_command() -> None:
    Path("scout.yaml").write_text("limt: 5\n")
    ran = scout("info", "config")
    assert (ran.code, ran.out) == (1, "")
    assert "'scout.yaml', line 1, key 'limt'" in ran.err


def test_the_log_level_of_the_project_is_checked() -> None:
    Path("scout.yaml").write_text("log_level: loud\n")
    ran = scout("scan", "list")
    assert ran.code == 1
    assert "loud" in ran.err


@pytest.mark.parametrize(
    ("name", "title"), [((), "Scout project"), (("project",), "Scout project"), (("scanjob",), "Scan job")]
)
def test_schemas_are_printed(name: tuple[str, ...], title: str) -> None:
    ran = scout("info", "schema", *name)
    assert ran.code == 0
    assert json.loads(ran.out)["title"] == title


def test_a_schema_that_does_not_exist_is_a_usage_error() -> None:
    assert scout("info", "schema", "bogus").code == 2
