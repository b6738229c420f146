"""Labelled cases: files of them, predicates, comparing results with them, and agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_exports

if TYPE_CHECKING:
    from .cases import all_cases, case_ids, of_splits, resolved_set, validation_set
    from .cases_file import CasesFile, refuse_missing_cases
    from .cells import id_key, id_text, read_cell, read_id
    from .equality import class_of, class_of_target
    from .keys import TaskTranscript, case_name, fields_key, names_tasks, with_ids
    from .metrics import Confusion
    from .predicates import Validator, check_predicate, never_met
    from .recorded import RecordedResult, compare_recorded, unlisted_labels
    from .registered import create_predicate, validation_predicate
    from .report import (
        Agreement,
        Comparison,
        GroupBy,
        Rate,
        ScannerReport,
        agreement_record,
        scanner_report,
        verdict_record,
    )
    from .specs import is_custom, recorded_cases, validation_from_spec, validation_spec
    from .writer import CasesFileExistsError, ValidationFileWriter, is_validation_file, scan_validation_files

if not TYPE_CHECKING:  # else any name would be taken for an export
    __getattr__, __dir__ = lazy_exports(__name__)
