"""Reading project files and job files, and what is said of their mistakes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from inspect_ai.model import GenerateConfig, ModelConfig

from inspect_scout import ConfigError, LocationError, ProjectConfig, ScanJobConfig, ScannerSpec, Worklist
from inspect_scout._project import default_log_level, default_scans, load_project, read_job_config, read_project

EVERYTHING = """\
name: nightly
transcripts: [logs, more]
filter: score = 'I'
scanners:
  first: {name: count, file: scanners.py, params: {k: 2}}
worklist:
  - {scanner: first, transcripts: [a, b]}
validation:
  first: cases.csv
scans: out
model: openai/x
model_base_url: http://127.0.0.1
model_args: {a: 1}
generate_config: {temperature: 0.5}
model_roles:
  judge: openai/y
  second: {model: openai/z, config: {top_p: 0.5}}
  many: [openai/a, openai/b]
max_transcripts: 3
max_processes: 1
executor: ray
ray_address: head:6379
limit: 4
shuffle: true
results_buffer: 5
tags: [a]
metadata: {day: 2026-01-05, ok: yes}
log_level: INFO
record_input: copy
duplicates: all
trust_content: false
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)


def refused(text: str, name: str = "scout.yaml") -> str:
    Path(name).write_text(text)
    with pytest.raises(ConfigError) as error:
        read_project() if name.startswith("scout") else read_job_config(name)
    return str(error.value)


def test_every_field_is_read() -> None:
    Path("scout.yaml").write_text(EVERYTHING)
    assert read_project() == ProjectConfig(
        name="nightly",
        transcripts=["logs", "more"],
        filter="score = 'I'",
        scanners={"first": ScannerSpec(name="count", file="scanners.py", params={"k": 2})},
        worklist=[Worklist(scanner="first", transcripts=["a", "b"])],
        validation={"first": "cases.csv"},
        scans="out",
        model="openai/x",
        model_base_url="http://127.0.0.1",
        model_args={"a": 1},
        generate_config=GenerateConfig(temperature=0.5),
        model_roles={
            "judge": "openai/y",
            "second": ModelConfig(model="openai/z", config=GenerateConfig(top_p=0.5)),
            "many": ["openai/a", "openai/b"],
        },
        max_transcripts=3,
        max_processes=1,
        executor="ray",
        ray_address="head:6379",
        limit=4,
        shuffle=True,
        results_buffer=5,
        tags=["a"],
        metadata={"day": "2026-01-05", "ok": "yes"},
        log_level="info",
        record_input="copy",
        duplicates="all",
        trust_content=False,
    )
    named = {line.split(":")[0] for line in EVERYTHING.splitlines() if line[0].isalpha()}
    assert named | {"results"} == ProjectConfig.model_fields.keys()


@pytest.mark.parametrize("name", ["job.yaml", "job.yml", "job.json"])
def test_job_files_are_yaml_or_json(name: str) -> None:
    Path(name).write_text(json.dumps({"scanners": [{"name": "a"}], "limit": 3}))
    assert read_job_config(name) == ScanJobConfig(scanners=[ScannerSpec(name="a")], limit=3)


def test_a_folder_without_files_says_nothing() -> None:
    assert load_project().config.given() == {}
    Path("scout.yaml").write_text("# nothing yet\n")
    assert load_project().config.given() == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "limit: 3\ntranscrpts: logs\n",
            "'scout.yaml', line 2, key 'transcrpts': Unknown key: 'transcrpts'. Did you mean 'transcripts' or",
        ),
        ("limit: many\n", "'scout.yaml', line 1, key 'limit': Input should be a valid integer, not 'many'."),
        ("limit: true\n", "key 'limit': Input should be a valid integer"),
        ("a: 1\n", "Known: "),
        ("\n\nlimit: -1\n", "line 3, key 'limit': Input should be greater than or equal to 0, not -1."),
        ("max_transcripts: 0\n", "key 'max_transcripts'"),
        (
            "generate_config:\n  temprature: 1\n",
            "line 2, key 'generate_config.temprature': Unknown key: 'temprature'. Did you mean 'temperature'",
        ),
        (
            "model_roles:\n  judge: {modle: x}\n",
            "line 2, key 'model_roles.judge.modle': Unknown key: 'modle'. Did you mean 'model'",
        ),
        ("model_roles:\n  judge: {config: {}}\n", "line 2, key 'model_roles.judge': needs the key 'model'."),
        (
            "scanners:\n  - {name: a}\n  - {nam: b}\n",
            "line 3, key 'scanners.1.nam': Unknown key: 'nam'. Did you mean 'name'",
        ),
        ("scanners:\n  a: {fiel: b, name: c}\n", "Did you mean 'file'"),
        ("worklist:\n  - scanner: a\n", "line 2, key 'worklist.0': needs the key 'transcripts'."),
        ("worklist: work.yaml\n", "key 'worklist': Input should be a valid list"),
        ("tags: one\n", "key 'tags': Input should be a valid list"),
        ("filter: 3\n", "key 'filter': Input should be a valid string or Input should be a valid list, not 3."),
        ("log_level: loud\n", "key 'log_level': Input should be 'debug'"),
        ("shuffle: often\n", "key 'shuffle'"),
        ("scans: a\nresults: b\n", "give 'scans'"),
        ("limit: 1\nlimit: 2\n", "line 2"),
        ("a: [\n", "is no YAML"),
        ("- a\n", "is no mapping"),
        ("just text", "is no mapping"),
        ("? [a]\n: b\n", "Unknown key"),
    ],
)
def test_mistakes_are_named_with_file_line_and_key(text: str, said: str) -> None:
    message = refused(text)
    assert "scout.yaml" in message
    assert said in message


def test_all_mistakes_are_named_in_the_order_of_the_file() -> None:
    message = refused("tags: one\nlimit: x\nbogus: 1\n")
    assert message.splitlines()[0] == "'scout.yaml' has 3 mistakes:"
    assert [line.split(",")[0].strip() for line in message.splitlines()[1:]] == ["line 1", "line 2", "line 3"]


def test_mistakes_of_json_are_named_with_their_line() -> None:
    assert "line 3" in refused('{\n  "limit": 3,\n  "limt": 3\n}', "job.json")
    assert "'job.json', line 2, is no JSON" in refused('{\n  "limit": }', "job.json")
    assert "'bogus'" in refused('{"bogus": 1}', "job.json")
    assert "too deeply" in refused('{"metadata":' + "[" * 100_000, "job.json")


def test_a_job_file_is_no_project() -> None:
    assert "trust_content" in refused("trust_content: true\n", "job.yaml")


def test_files_that_cannot_be_read_are_named() -> None:
    Path("job.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"job\.yaml.*cannot be read"):
        read_job_config("job.yaml")
    with pytest.raises(LocationError, match="nowhere"):
        read_job_config("nowhere.yaml")


def test_the_older_name_of_scans_is_understood() -> None:
    Path("job.yaml").write_text("results: old\n")
    config = read_job_config("job.yaml")
    assert config.given() == {"scans": "old"}


def test_sources_are_file_and_line() -> None:
    Path("scout.yaml").write_text("# head\nlimit: 3\ntags: [a]\nmetadata:\n  a: 1\n")
    Path("scout.local.yaml").write_text("tags: [b]\nlimit: 4\nresults: there\n")
    project = load_project()
    assert project.config.given() == {"limit": 4, "tags": ["a", "b"], "metadata": {"a": 1}, "scans": "there"}
    assert project.sources == {
        "limit": "scout.local.yaml:2",
        "tags": "scout.yaml:3 + scout.local.yaml:1",
        "metadata": "scout.yaml:4",
        "scans": "scout.local.yaml:3",
    }


def test_a_local_file_alone_is_a_project() -> None:
    Path("scout.local.yaml").write_text("limit: 3\n")
    assert read_project().given() == {"limit": 3}


def test_scans_and_log_level_are_known_without_the_models() -> None:
    assert (default_scans(), default_log_level()) == ("./scans", None)
    os.environ.update(SCOUT_SCAN_SCANS="environment", SCOUT_LOG_LEVEL="debug")
    assert (default_scans(), default_log_level()) == ("environment", "debug")
    Path("scout.yaml").write_text("results: shared\nlog_level: info\nbogus: 1\n")
    assert (default_scans(), default_log_level()) == ("shared", "info")
    Path("scout.local.yaml").write_text("scans: local\n")
    assert (default_scans(), default_log_level()) == ("local", "info")
    Path("scout.local.yaml").write_text("scans: [a]\n")
    with pytest.raises(ConfigError, match="'scans'"):
        default_scans()
