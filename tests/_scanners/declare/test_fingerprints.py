"""Equal asks have equal fingerprints, wherever and however they are declared; unequal ones never do."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

import inspect_scout
from inspect_scout._scanners import ScannerConfig, load_scanners, scanner_config, scanner_fingerprint

HEAD = """
from pathlib import Path
from inspect_ai.model import ChatMessage
from pydantic import BaseModel, Field
from inspect_scout import (AnswerMultiLabel, AnswerStructured, MessagesPreprocessor, Result, ResultReducer, Scanner,
    Transcript, generate_answer, grep_scanner, llm_scanner, loader, scanner)
"""
JUDGE = """
@scanner(messages="all")
def judge():
    return llm_scanner(question="Is it rude?", answer="boolean")
"""
CONSTANT = """
QUESTION = "Is it rude?"
@scanner(messages="all")
def judge():
    return llm_scanner(question=QUESTION, answer="boolean")
"""
DEFAULT = """
@scanner(messages="all")
def judge(question: str = "Is it rude?"):
    return llm_scanner(question=question, answer="boolean")
"""
HELPER = """
def ask(what):
    return f"Is it {what}?"
@scanner(messages="all")
def judge():
    return llm_scanner(question=ask("rude"), answer="boolean")
"""
CALLABLE = """
TONE = "rude"
def tone():
    return TONE
async def ask(transcript):
    return f"Is {transcript.task_id} {tone()}?"
@scanner(messages="all")
def judge():
    return llm_scanner(question=ask, answer="boolean")
"""
LAMBDA = """
@scanner(messages="all")
def judge():
    return llm_scanner(question=lambda t: f"Is {t.task_id} rude?", answer="boolean")
"""
FILES = """
HERE = Path(__file__).parent
@scanner(messages="all")
def judge():
    return llm_scanner(question="Is it rude?", answer="boolean", template=(HERE / "template.txt").read_text())
"""
SIBLING = """
from asks import question
@scanner(messages="all")
def judge():
    return llm_scanner(question=question(), answer="boolean")
"""
STRUCTURED = '''
class Verdict(BaseModel):
    """A verdict."""
    rude: bool = Field(description="Whether it is rude.")
    how: int = Field(description="How rude.")
@scanner(messages="all")
def judge():
    return llm_scanner(question="Is it rude?", answer=AnswerStructured(type=Verdict))
'''
WRAPPED = """
@scanner(messages="all")
def judge():
    inner = llm_scanner(question="Is it rude?", answer="boolean")
    async def scan(transcript: Transcript) -> Result:
        found = await inner(transcript)
        return Result(value=found.value)
    return scan
"""
GLOBAL = """
INNER = llm_scanner(question="Is it rude?", answer="boolean")
async def asked(transcript):
    return await INNER(transcript)
@scanner(messages="all")
def judge():
    async def scan(transcript: Transcript) -> Result:
        return Result(value=(await asked(transcript)).value)
    return scan
"""
ITSELF = """
QUESTION = "Is it rude?"
@scanner(messages="all")
def judge(tone: str = "calm"):
    async def scan(transcript: Transcript) -> Result:
        if not transcript.messages:
            raise RuntimeError("nothing")
        return await generate_answer(f"{QUESTION} {tone}", answer="boolean")
    return scan
"""
CODE = """
LIMIT = 3
def count(transcript):
    return len(transcript.messages)
@scanner(messages="all")
def judge():
    async def scan(transcript: Transcript) -> Result:
        return Result(value=count(transcript) > LIMIT)
    return scan
"""
LOADED = """
@loader(messages="all")
def ends(size: int = 3):
    async def load(transcript: Transcript):
        yield transcript.messages[-size:]
    return load
@scanner(loader=ends(2))
def judge():
    async def scan(messages: list[ChatMessage]) -> Result:
        return Result(value=len(messages))
    return scan
"""
OTHER = """
@scanner(messages="all")
def other():
    return llm_scanner(question="Is it long?", answer="numeric")
"""
EXTRA = {
    "asks.py": 'WORD = "rude"\ndef question():\n    return f"Is it {WORD}?"\n',
    "template.txt": "{{ messages }} {{ question }}",
}


def made(folder: Path, text: str, extra: Mapping[str, str] = EXTRA, file: str = "scanners.py") -> ScannerConfig:
    """Declare a scanner in a file, and look at it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in extra.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    (folder / file).write_text(HEAD + text)
    sys.path[:] = [p for p in sys.path if "pytest-of" not in p]
    for name in ("asks", "more", "more.asks"):
        sys.modules.pop(name, None)
    return scanner_config(load_scanners(f"{folder / file}@judge", {})[0])


@pytest.fixture(autouse=True)
def unchanged_path() -> Iterator[None]:
    before = list(sys.path)
    yield
    sys.path[:] = before


EQUAL = {
    "formatting": (JUDGE, JUDGE.replace('question="Is it rude?", ', "\n\n        question='Is it rude?',\n        ")),
    "comments": (JUDGE, JUDGE.replace("def judge", "# What we ask\ndef judge")),
    "docstring": (JUDGE, JUDGE.replace("():\n", '():\n    """Judge it."""\n', 1)),
    "another scanner": (JUDGE, OTHER + JUDGE),
    "another scanner below": (JUDGE, JUDGE + OTHER),
    "order": (CALLABLE, CALLABLE.replace('TONE = "rude"\n', "") + '\nTONE = "rude"\n'),
    "a script that scans": (
        JUDGE,
        JUDGE + "\nif __name__ == '__main__':\n    from inspect_scout import scan\n    scan([judge()])\n",
    ),
    "printing": (JUDGE, JUDGE + "\nprint('loaded', Path.cwd())\n"),
    "name in a job": (JUDGE, JUDGE.replace('answer="boolean"', 'answer="boolean"')),
    "structured": (STRUCTURED, STRUCTURED),
    "callable": (CALLABLE, CALLABLE),
    "lambda": (LAMBDA, "\n\n" + LAMBDA),
    "callable in other lines": (CALLABLE, OTHER + CALLABLE),
    "wrapped": (WRAPPED, WRAPPED),
    "loader": (LOADED, OTHER + LOADED),
    "itself": (ITSELF, OTHER + ITSELF),
    "code": (CODE, CODE.replace("LIMIT = 3", "LIMIT = (3)  # three")),
}


@pytest.mark.parametrize("pair", EQUAL.values(), ids=list(EQUAL))
def test_equal_asks_are_equal(tmp_path: Path, pair: tuple[str, str]) -> None:
    one, other = made(tmp_path / "a", pair[0]), made(tmp_path / "b" / "c", pair[1], file="renamed.py")
    assert one.asked == other.asked
    assert one.code == other.code


ASKED = {
    "question": (JUDGE, JUDGE.replace("rude", "kind")),
    "question in a constant": (CONSTANT, CONSTANT.replace("rude", "kind")),
    "question in a default": (DEFAULT, DEFAULT.replace("rude", "kind")),
    "question in a helper": (HELPER, HELPER.replace("Is it", "Was it")),
    "question of a callable": (CALLABLE, CALLABLE.replace('f"Is ', 'f"Was ')),
    "constant of a callable": (CALLABLE, CALLABLE.replace('"rude"', '"kind"')),
    "question of a lambda": (LAMBDA, LAMBDA.replace("rude", "kind")),
    "answer": (JUDGE, JUDGE.replace('"boolean"', '"numeric"')),
    "labels": (JUDGE.replace('"boolean"', '["a", "b"]'), JUDGE.replace('"boolean"', '["a", "c"]')),
    "order of labels": (JUDGE.replace('"boolean"', '["a", "b"]'), JUDGE.replace('"boolean"', '["b", "a"]')),
    "one or many labels": (
        JUDGE.replace('"boolean"', '["a", "b"]'),
        JUDGE.replace('"boolean"', 'AnswerMultiLabel(labels=["a", "b"])'),
    ),
    "field of a structure": (STRUCTURED, STRUCTURED.replace("how: int", "how: float")),
    "description in a structure": (STRUCTURED, STRUCTURED.replace("How rude.", "How very rude.")),
    "template": (JUDGE, JUDGE.replace('"boolean")', '"boolean", template="{{ messages }} {{ question }}")')),
    "template variables": (
        JUDGE.replace('"boolean")', '"boolean", template_variables={"a": 1})'),
        JUDGE.replace('"boolean")', '"boolean", template_variables={"a": 2})'),
    ),
    "preprocessor": (
        JUDGE,
        JUDGE.replace('"boolean")', '"boolean", preprocessor=MessagesPreprocessor(exclude_reasoning=False))'),
    ),
    "compaction": (JUDGE, JUDGE.replace('"boolean")', '"boolean", compaction="last")')),
    "wrapped": (WRAPPED, WRAPPED.replace("rude", "kind")),
    "global": (GLOBAL, GLOBAL.replace("rude", "kind")),
    "itself": (ITSELF, ITSELF.replace("rude", "kind")),
    "itself, by a default": (ITSELF, ITSELF.replace('"calm"', '"angry"')),
    "itself, in the call": (ITSELF, ITSELF.replace('f"{QUESTION}', 'f"Look: {QUESTION}')),
    "itself, answer": (ITSELF, ITSELF.replace('answer="boolean"', 'answer="numeric"')),
}


@pytest.mark.parametrize("pair", ASKED.values(), ids=list(ASKED))
def test_other_asks_are_others(tmp_path: Path, pair: tuple[str, str]) -> None:
    one, other = made(tmp_path / "a", pair[0]), made(tmp_path / "a", pair[1])
    assert one.asked is not None
    assert other.asked is not None
    assert one.asked.digest != other.asked.digest


CHANGED_CODE = {
    "condition": (CODE, CODE.replace("> LIMIT", ">= LIMIT")),
    "constant": (CODE, CODE.replace("LIMIT = 3", "LIMIT = 4")),
    "helper": (CODE, CODE.replace("len(transcript.messages)", "len(transcript.events)")),
    "version": (CODE, CODE.replace('"all"', '"all", version=2')),
    "filter": (CODE, CODE.replace('"all"', '["user"]')),
    "what changes a constant": (CODE, CODE + "\nLIMIT += 1\n"),
    "loader": (LOADED, LOADED.replace("[-size:]", "[:size]")),
    "argument of a loader": (LOADED, LOADED.replace("ends(2)", "ends(4)")),
    "default of a loader": (LOADED, LOADED.replace("size: int = 3", "size: int = 5")),
    "around a judge": (WRAPPED, WRAPPED.replace("value=found.value", "value=not found.value")),
    "validator of a structure": (
        STRUCTURED,
        STRUCTURED.replace("    how: int", "    @property\n    def bad(self):\n        return 1\n    how: int"),
    ),
    "segments": (JUDGE, JUDGE.replace('"boolean")', '"boolean", context_window=1000)')),
    "repair of one that asks itself": (
        ITSELF,
        ITSELF.replace('raise RuntimeError("nothing")', "return Result(value=None)"),
    ),
}


@pytest.mark.parametrize("pair", CHANGED_CODE.values(), ids=list(CHANGED_CODE))
def test_other_code_that_asks_the_same_is_told_apart(tmp_path: Path, pair: tuple[str, str]) -> None:
    one, other = made(tmp_path / "a", pair[0]), made(tmp_path / "a", pair[1])
    assert one.code != other.code
    assert one.asked == other.asked


@pytest.mark.parametrize(
    ("text", "file", "changed"),
    [
        (FILES, "template.txt", "{{ messages }} Now: {{ question }}"),
        (SIBLING, "asks.py", 'WORD = "kind"\ndef question():\n    return f"Is it {WORD}?"\n'),
        (
            SIBLING.replace("from asks import question", "import asks").replace("question()", "asks.question()"),
            "asks.py",
            'def question():\n    return "?"\n',
        ),
        (SIBLING.replace("from asks", "from more.asks"), "more/asks.py", 'def question():\n    return "?"\n'),
        (CALLABLE.replace('TONE = "rude"', "from asks import WORD as TONE"), "asks.py", 'WORD = "kind"\n'),
        (
            CALLABLE.replace("    return TONE", "    from more.asks import WORD\n    return WORD"),
            "more/asks.py",
            'WORD = "kind"\n',
        ),
    ],
)
def test_files_beside_count(tmp_path: Path, text: str, file: str, changed: str) -> None:
    extra = {**EXTRA, "more/__init__.py": "", "more/asks.py": EXTRA["asks.py"]}
    one, same, other = (
        made(tmp_path / "a", text, extra),
        made(tmp_path / "b", text, extra),
        made(tmp_path / "c", text, {**extra, file: changed}),
    )
    assert one.asked == same.asked
    assert one.code == same.code
    assert one.asked is not None
    assert other.asked is not None
    assert one.asked.digest != other.asked.digest


def test_code_of_siblings_counts(tmp_path: Path) -> None:
    text = "from asks import question\n" + CODE.replace("> LIMIT", "> len(question())")
    changed = {**EXTRA, "asks.py": EXTRA["asks.py"].replace("rude", "kind")}
    assert made(tmp_path / "a", text).code != made(tmp_path / "b", text, changed).code


def test_a_nonce_is_another_one_each_time_and_asks_the_same(tmp_path: Path) -> None:
    text = "import secrets\n" + JUDGE.replace('"boolean")', '"boolean", nonce=secrets.token_hex(8))')
    one, other = made(tmp_path / "a", text), made(tmp_path / "b", text)
    assert one.asked == other.asked
    assert one.code == other.code
    plain = made(tmp_path / "c", JUDGE).asked
    assert plain is not None
    assert one.asked is not None
    assert plain.digest != one.asked.digest


def test_the_question_can_be_read(tmp_path: Path) -> None:
    asked = made(tmp_path / "a", CONSTANT).asked
    assert asked is not None
    assert (asked.question, asked.answer) == ("Is it rude?", "boolean")
    asked = made(tmp_path / "b", CALLABLE).asked
    assert asked is not None
    assert asked.question is not None
    assert "async def ask(transcript)" in asked.question
    asked = made(tmp_path / "c", ITSELF).asked
    assert asked is not None
    assert asked.question is not None
    assert "Is it rude?" in asked.question


def test_nothing_is_asked_by_code(tmp_path: Path) -> None:
    assert made(tmp_path / "a", CODE).asked is None


@pytest.mark.parametrize("seed", ["0", "77"])
def test_fingerprints_are_the_same_in_every_process_and_folder(tmp_path: Path, seed: str) -> None:
    texts = [JUDGE, CALLABLE, STRUCTURED, WRAPPED, CODE, LOADED, SIBLING, ITSELF]
    here = [made(tmp_path / str(number), text) for number, text in enumerate(texts)]
    mine = [[one.code, one.asked.digest if one.asked else None] for one in here]
    program = (
        "import os; from inspect_scout._scanners import load_scanners, scanner_config\n"
        f"for number in range({len(texts)}):\n"
        "    os.chdir(os.path.join(FOLDER, str(number)))\n"
        "    c = scanner_config(load_scanners('scanners.py@judge', {})[0])\n"
        "    print([c.code, c.asked.digest if c.asked else None])\n"
    )
    away = tmp_path / "far" / "away"
    for number, text in enumerate(texts):
        made(away / str(number), text)
    run = subprocess.run(
        [sys.executable, "-c", f"FOLDER = {str(away)!r}\n{program}"],
        cwd=away,
        env={
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": os.pathsep.join(p for p in sys.path if "pytest-of" not in p),
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert run.stdout.splitlines() == [str(one) for one in mine], run.stderr


@pytest.mark.parametrize("text", [JUDGE, STRUCTURED, CALLABLE], ids=["text", "structured", "callable"])
def test_a_script_asks_what_it_asks_when_it_is_loaded(tmp_path: Path, text: str) -> None:
    loaded = made(tmp_path, text)
    script = tmp_path / "scanners.py"
    script.write_text(
        script.read_text() + "\nfrom inspect_scout._scanners import scanner_config\nc = scanner_config(judge())\n"
        "print([c.code, c.asked.digest])\n"
    )
    run = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if "pytest-of" not in p)},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert loaded.asked is not None
    assert run.stdout.strip() == str([loaded.code, loaded.asked.digest]), run.stderr


CLASSES = {
    "dataclass": """
from dataclasses import dataclass
def least():
    return 3
@dataclass(frozen=True)
class Check:
    size: int = 1
    def __call__(self, transcript):
        return len(transcript.messages) > least()
""",
    "with a repr": """
def least():
    return 3
class Check:
    def __repr__(self):
        return "Check()"
    def __call__(self, transcript):
        return len(transcript.messages) > least()
""",
    "pydantic": """
def least():
    return 3
class Check(BaseModel):
    size: int = 1
    def __call__(self, transcript):
        return len(transcript.messages) > least()
""",
}
GIVEN = """
@scanner(messages="all")
def checks(check):
    async def scan(transcript: Transcript) -> Result:
        return Result(value=check(transcript))
    return scan
@scanner
def judge():
    return checks(globals()["Check"]())
"""


@pytest.mark.parametrize("text", CLASSES.values(), ids=list(CLASSES))
def test_what_objects_given_to_a_scanner_do_counts(tmp_path: Path, text: str) -> None:
    one, same = made(tmp_path / "a", text + GIVEN), made(tmp_path / "b", "# Checks.\n" + text + GIVEN)
    others = [
        made(tmp_path / "a", changed + GIVEN) for changed in (text.replace("> l", ">= l"), text.replace("3", "4"))
    ]
    assert one.code == same.code
    assert len({one.code, *(other.code for other in others)}) == 3


def test_the_revision_of_prompts_counts_for_every_scanner(tmp_path: Path) -> None:
    """Run with a copy of Scout that renders otherwise, as a later version may."""
    source = Path(inspect_scout.__file__).parent
    copied = tmp_path / "later" / source.name
    shutil.copytree(source, copied, ignore=lambda _, names: [n for n in names if "." in n and not n.endswith(".py")])
    config = copied / "_scanners" / "declare" / "config.py"
    config.write_text(config.read_text().replace("\nREVISION = ", "\nREVISION = 1000 + "))
    texts = [JUDGE, CODE, ITSELF]
    for number, text in enumerate(texts):
        made(tmp_path / str(number), text)
    program = (
        "from inspect_scout._scanners import load_scanners, scanner_fingerprint\n"
        f"for number in range({len(texts)}):\n"
        f"    print(scanner_fingerprint(load_scanners({str(tmp_path)!r} + f'/{{number}}/scanners.py@judge', {{}})[0]))\n"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *filter(None, sys.path)])},
            capture_output=True,
            text=True,
            check=True,
            timeout=100,
        ).stdout.split()
        for folder in (source.parent, copied.parent)
    ]
    assert [len(run) for run in runs] == [3, 3]
    assert len({*runs[0], *runs[1]}) == 6


def test_what_is_asked_is_part_of_the_fingerprint(tmp_path: Path) -> None:
    made(tmp_path / "a", JUDGE)
    made(tmp_path / "b", JUDGE.replace("rude", "kind"))
    prints = {scanner_fingerprint(load_scanners(str(tmp_path / f / "scanners.py"), {})[0]) for f in ("a", "b")}
    assert len(prints) == 2
