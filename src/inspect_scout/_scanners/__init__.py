"""Declaring, naming and loading scanners, and the ones that come with Scout.

What needs inspect_ai is loaded by name, because light commands must not load it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .._support.text import ArgumentText
    from .answers.build import answer_type, parse_answer, recorded_values
    from .answers.contract import Answer
    from .answers.references import extract_references
    from .answers.spec import AnswerMultiLabel, AnswerSpec, AnswerStructured
    from .declare.config import Asked, ScannerConfig, hashed, origin_of, scanner_config
    from .declare.decorators import loader, scanner
    from .declare.filters import SignatureError
    from .declare.hints import annotate
    from .declare.inputs import describe_input
    from .declare.naming import name_scanners, safe_name
    from .declare.outputs import checked_result
    from .declare.params import record_arguments
    from .declare.specs import (
        call_factory,
        check_arguments,
        factory_name,
        scanner_create,
        scanner_fingerprint,
        scanner_specs,
    )
    from .declare.traits import ScanTraits, set_traits
    from .declare.values import typed_arguments
    from .files.found import FoundFile, find_scan_files
    from .files.load import find_target, load_scanners, make_scanners, run_recorded_file, scanners_from_specs
    from .files.load_guard import end_loading, while_loading
    from .files.named import NamedTarget, check_named
    from .grep.patterns import compile_groups
    from .grep.scan import grep_scanner
    from .grep.texts import searched_texts
    from .llm.generate import generate_answer
    from .llm.prompt import scanner_prompt
    from .llm.reduce import ResultReducer
    from .llm.scanner import llm_scanner
    from .needs import models_needed
    from .render.folding import TextPart, fold
    from .render.message import MessageFormatOptions, message_as_str
    from .render.messages import LabelForId, MessagesPreprocessor, message_numbering, messages_as_str
    from .render.numbers import tool_callers
    from .render.plain import (
        PlainItem,
        SegmentKind,
        TextSegment,
        message_segments,
        plain_event,
        plain_events_text,
        plain_message,
        plain_messages_text,
    )
    from .render.quotes import find_words, quoted_words
    from .scoring.scanner import as_scanner
    from .scoring.scorer import as_scorer
    from .segments.estimate import estimate_tokens
    from .segments.messages import MessagesSegment, segment_messages
    from .segments.timeline import TimelineMessages, timeline_messages, transcript_messages
    from .source.files import ScannerFileReport, describe_scanner_files
    from .source.model import Parameter, ScannerSource, StructuredSource

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
