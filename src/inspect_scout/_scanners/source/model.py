"""What a scanner file says, as frozen values.

`kept` holds arguments that are not plain values, or that are not known here: their name and their text in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

AnswerKind = Literal["boolean", "numeric", "string", "labels", "multi_labels", "structured"]
"""Kinds of answers of `llm_scanner`."""

Kept: TypeAlias = tuple[tuple[str, str], ...]
"""Arguments by name, as text of the file."""

FilterNames: TypeAlias = Literal["all"] | tuple[str, ...]
"""A filter: "all", or names."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, as text of the file.

    Args:
        name: Its name, with the stars of `*args` and `**kwargs`; "*" and "/" stand for themselves.
        annotation: Its annotation.
        default: Its default.
    """

    name: str
    annotation: str | None = None
    default: str | None = None


@dataclass(frozen=True, slots=True)
class ScannerDecorator:
    """The arguments of `@scanner`, as `scanner` has them.

    Args:
        messages: Messages asked for.
        events: Events asked for.
        timeline: Timelines asked for.
        name: Registered name.
        version: Version.
        kept: All other arguments.
    """

    messages: FilterNames | None = None
    events: FilterNames | None = None
    timeline: Literal[True] | FilterNames | None = None
    name: str | None = None
    version: int = 0
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class StructuredField:
    """A field of a pydantic class.

    Args:
        name: Its name.
        field_type: Its annotation, as text.
        description: Its description.
        alias: Its alias.
        default: What stands behind the equals sign, as text, if it is not a `Field(...)`.
        kept: All other arguments of its `Field`: constraints, default (under the name "" if it stands first).
    """

    name: str
    field_type: str
    description: str | None = None
    alias: str | None = None
    default: str | None = None
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class StructuredModel:
    """A pydantic class of the file.

    Args:
        class_name: Its name.
        fields: Its fields.
        doc: Its docstring.
        custom: Whether it has more than fields (validators, methods), or other bases.
    """

    class_name: str
    fields: tuple[StructuredField, ...]
    doc: str | None = None
    custom: bool = False


@dataclass(frozen=True, slots=True)
class StructuredSource:
    """A structured answer.

    Args:
        class_name: Pydantic class of the answer.
        is_list: Whether a list of it is asked for.
        models: The class and those that its fields mention, as far as the file defines them.
        kept: All other arguments of `AnswerStructured`.
    """

    class_name: str
    is_list: bool = False
    models: tuple[StructuredModel, ...] = ()
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class LlmSource:
    """The arguments of a call of `llm_scanner`, as that function has them.

    Args:
        question: The question.
        answer_type: Kind of answer.
        labels: Labels to choose from.
        allow_none: Whether no label may be chosen.
        structured: The structured answer.
        template: Template of the prompt, or its two parts.
        model: Model.
        model_role: Role of the model.
        retry_refusals: How often refusals are tried again.
        name: Name in a job.
        context_window: Tokens of the context window.
        timeline: Name of the timeline.
        compaction: How compacted regions are read.
        depth: Depth of spans.
        nonce: Nonce of the prompt.
        kept: All other arguments.
    """

    question: str | None
    answer_type: AnswerKind
    labels: tuple[str, ...] | None = None
    allow_none: bool = False
    structured: StructuredSource | None = None
    template: str | tuple[str, str] | None = None
    model: str | None = None
    model_role: str | None = None
    retry_refusals: bool | int = 3
    name: str | None = None
    context_window: int | None = None
    timeline: str | None = None
    compaction: Literal["all", "last"] | int = "all"
    depth: int | None = None
    nonce: str | None = None
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class GrepSource:
    """The arguments of a call of `grep_scanner`; one of the first three is given.

    Args:
        pattern: A single pattern.
        patterns: Several patterns.
        labeled_patterns: Patterns by label: one, or several.
        regex: Whether they are regular expressions.
        ignore_case: Whether case is ignored.
        word_boundary: Whether matches must be whole words.
        name: Name in a job.
        content_only: Whether what rendering adds is left out.
        max_matches: Matches that explanations show.
        kept: All other arguments.
    """

    pattern: str | None = None
    patterns: tuple[str, ...] | None = None
    labeled_patterns: tuple[tuple[str, str | tuple[str, ...]], ...] | None = None
    regex: bool = False
    ignore_case: bool = True
    word_boundary: bool = False
    name: str | None = None
    content_only: bool = False
    max_matches: int | None = None
    kept: Kept = ()


@dataclass(frozen=True, slots=True)
class ScannerSource:
    """A scanner of a file.

    Args:
        function_name: Name of its function.
        decorator: Its decorator.
        parameters: Parameters of the function.
        returns: Return annotation of the function, as text.
        doc: Docstring of the function.
        llm: What it asks a model, if it is a call of `llm_scanner`.
        grep: What it searches for, if it is a call of `grep_scanner`.
        statements: Whether the function does more than to return.
        advanced_reason: Why it cannot be changed but by hand (None: it can).
    """

    function_name: str
    decorator: ScannerDecorator = ScannerDecorator()
    parameters: tuple[Parameter, ...] = ()
    returns: str | None = "Scanner[Transcript]"
    doc: str | None = None
    llm: LlmSource | None = None
    grep: GrepSource | None = None
    statements: bool = False
    advanced_reason: str | None = None

    @property
    def name(self) -> str:
        """Name that it is registered under, as far as the file says it as plain text."""
        return self.decorator.name or self.function_name

    @property
    def kind(self) -> Literal["llm", "grep", "custom"]:
        """What it is made of."""
        if self.llm is not None:
            return "llm"
        return "custom" if self.grep is None else "grep"

    @property
    def editable(self) -> bool:
        """Whether it can be changed here."""
        return self.advanced_reason is None


def accepts_plain(source: type, name: str, value: object) -> bool:
    """Tell whether an argument takes a plain value: that is what the field of its name says."""
    return name not in _NO_ARGUMENTS and name in _types(source) and value != () and _is_a(value, _types(source)[name])


# Fields that are not arguments of the call, or are read in a way of their own.
_NO_ARGUMENTS = frozenset("answer_type labels allow_none structured patterns labeled_patterns kept".split())
_types = cache(get_type_hints)


def _is_a(value: object, kind: Any) -> bool:
    parts = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        return any(_is_a(value, part) for part in parts)
    if get_origin(kind) is Literal:
        return any(type(value) is type(part) and value == part for part in parts)
    if get_origin(kind) is tuple and isinstance(value, tuple):
        items: tuple[object, ...] = value  # pyright: ignore[reportUnknownVariableType]
        wanted = parts[:1] * len(items) if parts[-1] is ... else parts
        return len(items) == len(wanted) and all(map(_is_a, items, wanted))
    return type(value) is kind
