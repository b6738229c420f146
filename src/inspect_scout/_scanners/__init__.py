"""Declaring, naming and loading scanners, and the ones that come with Scout.

What needs inspect_ai is loaded by name, because light commands must not load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .._support.text import ArgumentText as ArgumentText
    from .answers.build import answer_type as answer_type
    from .answers.build import parse_answer as parse_answer
    from .answers.contract import Answer as Answer
    from .answers.references import extract_references as extract_references
    from .answers.spec import AnswerMultiLabel as AnswerMultiLabel
    from .answers.spec import AnswerSpec as AnswerSpec
    from .answers.spec import AnswerStructured as AnswerStructured
    from .declare.config import Asked as Asked
    from .declare.config import LoaderConfig as LoaderConfig
    from .declare.config import Metrics as Metrics
    from .declare.config import ScannerConfig as ScannerConfig
    from .declare.config import hashed as hashed
    from .declare.config import origin_of as origin_of
    from .declare.config import scanner_config as scanner_config
    from .declare.decorators import loader as loader
    from .declare.decorators import scanner as scanner
    from .declare.filters import SignatureError as SignatureError
    from .declare.hints import annotate as annotate
    from .declare.inputs import InputKind as InputKind
    from .declare.inputs import describe_input as describe_input
    from .declare.naming import name_scanners as name_scanners
    from .declare.naming import safe_name as safe_name
    from .declare.outputs import checked_result as checked_result
    from .declare.params import record_arguments as record_arguments
    from .declare.specs import call_factory as call_factory
    from .declare.specs import check_arguments as check_arguments
    from .declare.specs import factory_name as factory_name
    from .declare.specs import scanner_create as scanner_create
    from .declare.specs import scanner_fingerprint as scanner_fingerprint
    from .declare.specs import scanner_specs as scanner_specs
    from .declare.traits import ScanTraits as ScanTraits
    from .declare.traits import set_traits as set_traits
    from .declare.values import typed_arguments as typed_arguments
    from .files.load import Found as Found
    from .files.load import find_work as find_work
    from .files.load import load_scanners as load_scanners
    from .files.load import make_scanners as make_scanners
    from .files.load import run_recorded_file as run_recorded_file
    from .files.load import scanners_from_specs as scanners_from_specs
    from .files.loading import end_loading as end_loading
    from .files.loading import while_loading as while_loading
    from .grep.scan import grep_scanner as grep_scanner
    from .llm.generate import generate_answer as generate_answer
    from .llm.prompt import scanner_prompt as scanner_prompt
    from .llm.reduce import ResultReducer as ResultReducer
    from .llm.scanner import llm_scanner as llm_scanner
    from .needs import ModelNeed as ModelNeed
    from .needs import models_needed as models_needed
    from .render.entry import MessageFormatOptions as MessageFormatOptions
    from .render.entry import message_as_str as message_as_str
    from .render.numbers import tool_callers as tool_callers
    from .render.thread import LabelForId as LabelForId
    from .render.thread import MessagesPreprocessor as MessagesPreprocessor
    from .render.thread import message_numbering as message_numbering
    from .render.thread import messages_as_str as messages_as_str
    from .scoring.scanner import as_scanner as as_scanner
    from .scoring.scorer import as_scorer as as_scorer
    from .segments.estimate import estimate_tokens as estimate_tokens
    from .segments.messages import MessagesSegment as MessagesSegment
    from .segments.messages import segment_messages as segment_messages
    from .segments.timeline import TimelineMessages as TimelineMessages
    from .segments.timeline import timeline_messages as timeline_messages
    from .segments.timeline import transcript_messages as transcript_messages
    from .source.files import ScannerFileReport as ScannerFileReport
    from .source.files import describe_scanner_files as describe_scanner_files
    from .source.model import Parameter as Parameter
    from .source.model import ScannerSource as ScannerSource
    from .source.model import StructuredSource as StructuredSource

_MODULES = {
    ".._support.text": "ArgumentText",
    ".answers.build": "answer_type parse_answer",
    ".answers.contract": "Answer",
    ".answers.references": "extract_references",
    ".answers.spec": "AnswerMultiLabel AnswerSpec AnswerStructured",
    ".declare.config": "Asked LoaderConfig Metrics ScannerConfig hashed origin_of scanner_config",
    ".declare.decorators": "loader scanner",
    ".declare.filters": "SignatureError",
    ".declare.hints": "annotate",
    ".declare.inputs": "InputKind describe_input",
    ".declare.naming": "name_scanners safe_name",
    ".declare.outputs": "checked_result",
    ".declare.params": "record_arguments",
    ".declare.specs": "call_factory check_arguments factory_name scanner_create scanner_fingerprint scanner_specs",
    ".declare.traits": "ScanTraits set_traits",
    ".declare.values": "typed_arguments",
    ".files.load": "Found find_work load_scanners make_scanners run_recorded_file scanners_from_specs",
    ".files.loading": "end_loading while_loading",
    ".grep.scan": "grep_scanner",
    ".llm.generate": "generate_answer",
    ".llm.prompt": "scanner_prompt",
    ".llm.reduce": "ResultReducer",
    ".llm.scanner": "llm_scanner",
    ".needs": "ModelNeed models_needed",
    ".render.entry": "MessageFormatOptions message_as_str",
    ".render.numbers": "tool_callers",
    ".render.thread": "LabelForId MessagesPreprocessor message_numbering messages_as_str",
    ".scoring.scanner": "as_scanner",
    ".scoring.scorer": "as_scorer",
    ".segments.estimate": "estimate_tokens",
    ".segments.messages": "MessagesSegment segment_messages",
    ".segments.timeline": "TimelineMessages timeline_messages transcript_messages",
    ".source.files": "ScannerFileReport describe_scanner_files",
    ".source.model": "Parameter ScannerSource StructuredSource",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
