"""Reading project files and job files, and what is said of their mistakes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from inspect_ai.model import GenerateConfig, ModelConfig

from inspect_scout import ConfigError, LocationError, ProjectConfig, ScanJobConfig, ScannerSpec, Worklist
from inspect_scout._project import (
    default_log_level,
    default_scans,
    load_project,
    project_transcripts,
    read_job_config,
    read_project,
)

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
scanner_timeout: 2.5
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
        scanner_timeout=2.5,
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
        ("a: [\n", "is not YAML"),
        ("- a\n", "holds a list"),
        ("just text", "holds a single value"),
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
    assert "'job.json', line 2, is not JSON" in refused('{\n  "limit": }', "job.json")
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


def test_transcripts_of_the_project_are_known_without_the_models() -> None:
    assert project_transcripts() == []
    Path("scout.yaml").write_text("transcripts: logs\nbogus: 1\n")
    assert project_transcripts() == ["logs"]
    Path("scout.local.yaml").write_text("transcripts: [a, b]\n")
    assert project_transcripts() == ["a", "b"]
    Path("scout.local.yaml").write_text("transcripts: {a: b}\n")
    with pytest.raises(ConfigError, match=r"'scout\.local\.yaml', key 'transcripts'"):
        project_transcripts()


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("- limit: 3\n", "a list"),
        ("[]", "a list"),
        ("[limit, 3]\n", "a list"),
        ("--- [a]\n", "a list"),
        ("limit\n", "a single value"),
        ("0\n", "a single value"),
        ("false\n", "a single value"),
        ("''\n", "a single value"),
        ("!!set {limit}\n", "a single value"),
    ],
)
@pytest.mark.parametrize("name", ["scout.yaml", "scout.local.yaml", "job.yaml"])
def test_a_file_that_holds_no_mapping_is_refused_whatever_asks(name: str, text: str, held: str) -> None:
    expected = f"The file {name!r} holds {held}, where keys with values are allowed. Write a key and its value"
    assert expected in refused(text, name)
    if name.startswith("scout"):
        for ask in (default_scans, default_log_level):
            with pytest.raises(ConfigError, match="where keys with values are allowed"):
                ask()


def test_a_json_file_that_holds_a_list_is_refused() -> None:
    assert "holds a list" in refused('[{"limit": 3}]', "job.json")
    assert "holds a single value" in refused("3", "job.json")


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing yet\n", "---\n", "null\n", "~\n", "{}\n", "\ufeff"])
def test_an_empty_file_has_no_settings(text: str) -> None:
    Path("scout.yaml").write_text(text)
    assert read_project().given() == {}
    assert default_scans() == "./scans"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("limit: 1\n---\nlimit: 2\n", "line 2, is not YAML"),
        ("metadata:\n\ta: 1\n", "line 2, is not YAML: found character '\\t'"),
        ("metadata: {a: 1, a: 2}\n", 'line 1, is not YAML: found duplicate key "a"'),
        ("metadata: &m {a: *m}\n", "line 1, is not YAML: an alias stands inside of what it names"),
        ("metadata: &m\n  a: &n [*m]\n", "line 1, is not YAML: an alias stands inside of what it names"),
        ("limit: !!python/object/apply:os.getcwd []\n", "line 1, is not YAML: could not determine a constructor"),
        ("limit: 1\0", "is not text (a null character on line 1)"),
    ],
)
def test_yaml_that_cannot_be_settings_is_refused_with_its_line(text: str, said: str) -> None:
    assert said in refused(text)


def unfolding(form: str) -> str:
    lines = ["  a0: &a0 {x: 1}"]
    lines += [f"  a{n}: &a{n} {form.format(', '.join([f'*a{n - 1}'] * 10))}" for n in range(1, 10)]
    return "metadata:\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("form", ["[{}]", "{{<<: [{}]}}"])
def test_aliases_that_unfold_to_more_than_memory_holds_are_refused(form: str) -> None:
    assert "aliases unfold to more than 1,000,000 values" in refused(unfolding(form))


def test_aliases_and_merges_are_read() -> None:
    Path("scout.yaml").write_text("metadata:\n  a: &a {x: 1}\n  b: *a\n  c: {<<: *a, y: 2}\n")
    assert read_project().metadata == {"a": {"x": 1}, "b": {"x": 1}, "c": {"x": 1, "y": 2}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", ["scout.yaml", "scout.local.yaml", "job.yaml", "job.json"])
def test_files_are_read_as_powershell_writes_them(name: str, encoding: str) -> None:
    Path(name).write_bytes('{"name": "café"}\r\n'.encode(encoding))
    config = read_project() if name.startswith("scout") else read_job_config(name)
    assert config.given() == {"name": "café"}


@pytest.mark.parametrize("name", ["scout.yaml", "scout.local.yaml", "job.yaml", "job.json"])
def test_files_in_other_encodings_are_one_line_that_names_them(name: str) -> None:
    Path(name).write_bytes('{"limit": 1,\n"name": "café"}'.encode("latin-1"))
    with pytest.raises(ConfigError) as error:
        read_project() if name.startswith("scout") else read_job_config(name)
    assert str(error.value) == (
        f"The file {name!r} cannot be read: it is not UTF-8 (byte 0xe9 on line 2). Save it as UTF-8 (UTF-16 with a byte "
        "order mark, as PowerShell writes it, is read as well)."
    )
