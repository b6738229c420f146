"""What the routes take and answer with that change something: labels, the project, runs."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from .models import AnswerModel, ScanItem


class LabelFileItem(AnswerModel):
    """A file of labelled cases."""

    file: str = Field(description="Its name in URLs.")
    name: str
    cases: int | None
    problem: str | None
    splits: dict[str, int] = Field(description="Cases of each split (empty: of none).")
    targets: dict[str, int] = Field(description="What is expected, and how often: the most frequent.")
    scanner: str | None = Field(description="Which scanner it is for, as the project or its name says.")
    rater: str | None = Field(description="Name of the second rater whose labels these are.")
    rates: str | None = Field(description="`file` of the cases that the second rater judges.")


class LabelFileItems(AnswerModel):
    """The files of labelled cases of a project."""

    items: list[LabelFileItem]
    total: int
    next: str | None


class LabelCaseItem(AnswerModel):
    """A case of a file."""

    key: str = Field(description="What it is about, as URLs name it.")
    fields: dict[str, JsonValue]


class LabelCases(AnswerModel):
    """A page of the cases of a file."""

    items: list[LabelCaseItem]
    total: int
    next: str | None
    etag: str


class LabelChange(AnswerModel):
    """What a file is like after a change."""

    file: str
    name: str
    cases: int
    etag: str


class NewCases(BaseModel):
    """The cases of a file."""

    cases: list[dict[str, JsonValue]] = Field([], max_length=100_000)


class NewLabelFile(NewCases):
    """A file of labelled cases to be made."""

    name: str = Field(min_length=1, max_length=1000, description="Path in the project; its ending tells the format.")
    nested_splits: bool = Field(False, description="Cases stand in groups by split (YAML and JSON).")


class NewLabelName(BaseModel):
    """Another name of a file of labelled cases."""

    name: str = Field(min_length=1, max_length=200, description="The name without its ending, which stays.")


class MistakeItem(AnswerModel):
    """Something in a file that cannot be."""

    line: int | None = Field(description="Its line, from 1.")
    key: str = Field(description="What it is about, as a path with dots.")
    message: str


class DraftItem(AnswerModel):
    """A project file that may not be written yet."""

    text: str
    config: dict[str, JsonValue] = Field(description="What it sets, as far as it can be read.")
    mistakes: list[MistakeItem]


class ProjectItem(DraftItem):
    """The project file."""

    path: str
    exists: bool
    etag: str


class DraftAsked(BaseModel):
    """A change of a project file that is not written yet."""

    text: str = Field(max_length=1_000_000)
    changes: dict[str, JsonValue] = Field({}, description="New values by key; null, or an empty value, removes one.")


class ProjectText(BaseModel):
    """The whole project file."""

    text: str = Field(max_length=1_000_000)


class NewFileItem(AnswerModel):
    """A file that a new project would have."""

    name: str
    text: str
    exists: bool


class NewFileItems(AnswerModel):
    """What a new project would consist of."""

    items: list[NewFileItem]
    total: int


class JobItem(AnswerModel):
    """A file of a scan job."""

    path: str
    problem: str | None
    job: dict[str, JsonValue] = Field(description="What it holds, with paths seen from the project.")


class JobItems(AnswerModel):
    """The files of scan jobs of a project."""

    items: list[JobItem]
    total: int


class FlagItem(AnswerModel):
    """A spelling of an option on the command line."""

    names: list[str]
    parameter: str
    kind: str
    help: str
    choices: list[str]


class OptionItem(AnswerModel):
    """An option of a scan, with its value in the project."""

    name: str
    kind: str
    help: str
    choices: list[str]
    default: JsonValue
    default_help: str
    merge: str
    set_in: list[str]
    variables: list[str]
    flags: list[FlagItem]
    value: JsonValue
    sources: list[str] = Field(description="Where the value comes from, the strongest first.")


class OptionItems(AnswerModel):
    """The options of a scan."""

    items: list[OptionItem]


class ParameterItem(AnswerModel):
    """A parameter of a scanner, as text of its file."""

    name: str
    annotation: str | None
    default: str | None


class ScannerSourceItem(AnswerModel):
    """A scanner of a file."""

    name: str
    function: str
    kind: Literal["llm", "grep", "custom"]
    doc: str | None
    question: str | None
    parameters: list[ParameterItem]
    editable: bool


class ScannerFileItem(AnswerModel):
    """The scanners of a file."""

    path: str
    problem: str | None
    scanners: list[ScannerSourceItem]


class ScannerFileItems(AnswerModel):
    """The scanners of a project."""

    items: list[ScannerFileItem]
    total: int


class NewRun(BaseModel):
    """A scan to be started."""

    job: dict[str, JsonValue] = Field(description="A scan job, as job files have it (schema `scanjob`).")
    dry_run: bool = Field(False, description="Only count what would be scanned.")


class ResumeAsked(BaseModel):
    """How to go on with a scan."""

    rescan_changed: bool = Field(False, description="Scan again what was recorded when scanners were different.")
    accept_changed: bool = Field(False, description="Go on although scanners ask something else than before.")

    def flags(self) -> list[str]:
        """Write it as the command takes it."""
        given = {"--rescan-changed": self.rescan_changed, "--accept-changed": self.accept_changed}
        return [flag for flag, is_set in given.items() if is_set]


class RunItem(AnswerModel):
    """A scan that runs, or ran, in a process that was started here."""

    run_id: str
    kind: Literal["scan", "resume", "complete"]
    state: Literal["running", "ended", "failed"]
    started: float
    scan_id: str | None
    location: str | None
    exit_code: int | None
    problem: str | None


class DryRunItem(AnswerModel):
    """What a job would scan."""

    name: str
    location: str
    state: Literal["dry-run"]
    complete: bool
    transcripts: int
    total: int
    scanners: dict[str, int]
    problems: list[str]
    cost: float | None = Field(None, description="Dollars that it may cost; null or absent: not known.")


class RunningCounts(AnswerModel):
    """Counts of a scanner at work."""

    scans: int
    results: int
    errors: int
    tokens: int


class RunningScanItem(ScanItem):
    """A scan that runs: data of the events `state`, the last of which says how it has ended."""

    pid: int
    started: float | None
    rate: float | None
    left_seconds: float | None
    counts: dict[str, RunningCounts]
    processes: int
    slots: int
    idle: int
    reading: int
    scanning: int
    buffered: int
    memory_bytes: int
    trouble: str


class RunItems(AnswerModel):
    """Runs that were started here, and scans that run on this machine."""

    items: list[RunItem]
    running: list[RunningScanItem]


class CancelledScan(AnswerModel):
    """A scan that was asked to end."""

    location: str
    pid: int


class DeletedScan(AnswerModel):
    """A scan that was, or would be, deleted."""

    location: str
    files: int
    bytes: int
    state: ScanItem
    deleted: bool


class ChangeItem(AnswerModel):
    """Something has changed: data of the event `changed`."""

    topic: Literal["project", "scans", "transcripts", "labels"]
    time: str
