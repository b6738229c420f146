"""Declaring, naming and loading scanners, and the ones that come with Scout.

What needs inspect_ai is loaded by name, because light commands must not load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .answers import Answer as Answer
    from .answers import AnswerMultiLabel as AnswerMultiLabel
    from .answers import AnswerSpec as AnswerSpec
    from .answers import AnswerStructured as AnswerStructured
    from .answers import answer_type as answer_type
    from .answers import extract_references as extract_references
    from .answers import parse_answer as parse_answer
    from .declare import Asked as Asked
    from .declare import InputKind as InputKind
    from .declare import LoaderConfig as LoaderConfig
    from .declare import Metrics as Metrics
    from .declare import ScannerConfig as ScannerConfig
    from .declare import ScanTraits as ScanTraits
    from .declare import SignatureError as SignatureError
    from .declare import annotate as annotate
    from .declare import call_factory as call_factory
    from .declare import check_arguments as check_arguments
    from .declare import checked_result as checked_result
    from .declare import describe_input as describe_input
    from .declare import factory_name as factory_name
    from .declare import hashed as hashed
    from .declare import loader as loader
    from .declare import name_scanners as name_scanners
    from .declare import origin_of as origin_of
    from .declare import record_arguments as record_arguments
    from .declare import relative_file as relative_file
    from .declare import safe_name as safe_name
    from .declare import scanner as scanner
    from .declare import scanner_config as scanner_config
    from .declare import scanner_create as scanner_create
    from .declare import scanner_fingerprint as scanner_fingerprint
    from .declare import scanner_specs as scanner_specs
    from .declare import set_traits as set_traits
    from .declare import typed_arguments as typed_arguments
    from .files import Found as Found
    from .files import end_loading as end_loading
    from .files import find_work as find_work
    from .files import load_scanners as load_scanners
    from .files import make_scanners as make_scanners
    from .files import run_recorded_file as run_recorded_file
    from .files import scanners_from_specs as scanners_from_specs
    from .files import while_loading as while_loading
    from .grep import grep_scanner as grep_scanner
    from .llm import ResultReducer as ResultReducer
    from .llm import generate_answer as generate_answer
    from .llm import llm_scanner as llm_scanner
    from .llm import scanner_prompt as scanner_prompt
    from .needs import ModelNeed as ModelNeed
    from .needs import models_needed as models_needed
    from .render import LabelForId as LabelForId
    from .render import MessageFormatOptions as MessageFormatOptions
    from .render import MessagesPreprocessor as MessagesPreprocessor
    from .render import message_as_str as message_as_str
    from .render import message_numbering as message_numbering
    from .render import messages_as_str as messages_as_str
    from .render import tool_callers as tool_callers
    from .scoring import as_scanner as as_scanner
    from .scoring import as_scorer as as_scorer
    from .segments import MessagesSegment as MessagesSegment
    from .segments import TimelineMessages as TimelineMessages
    from .segments import estimate_tokens as estimate_tokens
    from .segments import segment_messages as segment_messages
    from .segments import timeline_messages as timeline_messages
    from .segments import transcript_messages as transcript_messages
    from .source.files import ScannerFileReport as ScannerFileReport
    from .source.files import describe_scanner_files as describe_scanner_files
    from .source.model import Parameter as Parameter
    from .source.model import ScannerSource as ScannerSource
    from .source.model import StructuredSource as StructuredSource

_MODULES = {
    ".answers": "Answer AnswerMultiLabel AnswerSpec AnswerStructured answer_type extract_references parse_answer",
    ".declare": "Asked InputKind LoaderConfig Metrics ScannerConfig ScanTraits SignatureError annotate"
    " call_factory check_arguments checked_result describe_input factory_name hashed loader"
    " name_scanners origin_of record_arguments relative_file safe_name scanner scanner_config"
    " scanner_create scanner_fingerprint scanner_specs set_traits typed_arguments",
    ".files": "Found end_loading find_work load_scanners make_scanners run_recorded_file scanners_from_specs"
    " while_loading",
    ".grep": "grep_scanner",
    ".llm": "ResultReducer generate_answer llm_scanner scanner_prompt",
    ".needs": "ModelNeed models_needed",
    ".render": "LabelForId MessageFormatOptions MessagesPreprocessor message_as_str message_numbering"
    " messages_as_str tool_callers",
    ".scoring": "as_scanner as_scorer",
    ".segments": "MessagesSegment TimelineMessages estimate_tokens segment_messages timeline_messages"
    " transcript_messages",
    ".source.files": "ScannerFileReport describe_scanner_files",
    ".source.model": "Parameter ScannerSource StructuredSource",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
