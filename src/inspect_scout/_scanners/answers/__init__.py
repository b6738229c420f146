"""Kinds of answers: what a model is asked to write, and how its reply becomes a result.

Each kind is one implementation of `Answer`; all of them pass the law suite in tests/contracts/test_answer.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .build import answer_type as answer_type
    from .build import parse_answer as parse_answer
    from .build import possible_values as possible_values
    from .contract import PARSE_ERROR as PARSE_ERROR
    from .contract import STOP_REASON as STOP_REASON
    from .contract import Answer as Answer
    from .contract import ExtractReferences as ExtractReferences
    from .multi_labels import refuse_number as refuse_number
    from .reading import find_answers as find_answers
    from .references import extract_references as extract_references
    from .references import with_unseen as with_unseen
    from .reply import cut_short as cut_short
    from .schema import StructuredSchema as StructuredSchema
    from .schema import structured_schema as structured_schema
    from .spec import AnswerMultiLabel as AnswerMultiLabel
    from .spec import AnswerSpec as AnswerSpec
    from .spec import AnswerStructured as AnswerStructured
    from .structured import StructuredAnswer as StructuredAnswer
    from .structured import structured_result as structured_result
    from .validate import StructuredItem as StructuredItem
    from .validate import StructuredValue as StructuredValue
    from .validate import validate_structured as validate_structured

_MODULES = {
    ".build": "answer_type parse_answer possible_values",
    ".contract": "PARSE_ERROR STOP_REASON Answer ExtractReferences",
    ".multi_labels": "refuse_number",
    ".reading": "find_answers",
    ".references": "extract_references with_unseen",
    ".reply": "cut_short",
    ".schema": "StructuredSchema structured_schema",
    ".spec": "AnswerMultiLabel AnswerSpec AnswerStructured",
    ".structured": "StructuredAnswer structured_result",
    ".validate": "StructuredItem StructuredValue validate_structured",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
