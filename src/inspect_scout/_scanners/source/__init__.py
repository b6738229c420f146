"""Scanner files as data: what each scanner asks, without running the file, and changes that leave the rest as it is.

model    what is known of a scanner      arguments  which arguments are known, and which values they take
text     the file as text, by position   literals   values -> source text
parse    text -> scanners                (answers: its `answer` and pydantic classes)
generate scanners -> text                edit       one scanner of a file, changed
files    files and folders on disk       ruff       formatting, where a project is set up for it
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .edit import apply_scanner_changes as apply_scanner_changes
    from .files import ScannerFileReport as ScannerFileReport
    from .files import SourceChangedError as SourceChangedError
    from .files import describe_scanner_files as describe_scanner_files
    from .files import read_scanner_file as read_scanner_file
    from .files import write_scanner_changes as write_scanner_changes
    from .generate import generate_scanner_file as generate_scanner_file
    from .model import GrepSource as GrepSource
    from .model import LlmSource as LlmSource
    from .model import Parameter as Parameter
    from .model import ScannerDecorator as ScannerDecorator
    from .model import ScannerSource as ScannerSource
    from .model import SourceFile as SourceFile
    from .model import StructuredField as StructuredField
    from .model import StructuredModel as StructuredModel
    from .model import StructuredSource as StructuredSource
    from .parse import parse_scanner_file as parse_scanner_file
    from .parse import source_unchanged as source_unchanged

_MODULES = {
    ".edit": "apply_scanner_changes",
    ".files": "ScannerFileReport SourceChangedError describe_scanner_files read_scanner_file write_scanner_changes",
    ".generate": "generate_scanner_file",
    ".model": "GrepSource LlmSource Parameter ScannerDecorator ScannerSource SourceFile StructuredField"
    " StructuredModel StructuredSource",
    ".parse": "parse_scanner_file source_unchanged",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
