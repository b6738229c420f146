"""Labelled cases: files of them, predicates, comparing results with them, and agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._support.lazy import lazy_door

if TYPE_CHECKING:
    from .cases import CasesFile as CasesFile
    from .cases import case_ids as case_ids
    from .cases import resolved_set as resolved_set
    from .cases import validation_set as validation_set
    from .cells import id_key as id_key
    from .formats import SUFFIXES as SUFFIXES
    from .metrics import Confusion as Confusion
    from .metrics import added as added
    from .predicates import Validator as Validator
    from .predicates import check_predicate as check_predicate
    from .predicates import found_labels as found_labels
    from .predicates import never_met as never_met
    from .registered import create_predicate as create_predicate
    from .registered import validation_predicate as validation_predicate
    from .report import Agreement as Agreement
    from .report import Comparison as Comparison
    from .report import GroupBy as GroupBy
    from .report import Rate as Rate
    from .report import ScannerReport as ScannerReport
    from .report import agreement_record as agreement_record
    from .report import scanner_report as scanner_report
    from .specs import is_custom as is_custom
    from .specs import recorded_cases as recorded_cases
    from .specs import set_of_spec as set_of_spec
    from .specs import set_spec as set_spec
    from .writer import CasesFileExistsError as CasesFileExistsError
    from .writer import ValidationFileWriter as ValidationFileWriter
    from .writer import is_validation_file as is_validation_file
    from .writer import scan_validation_files as scan_validation_files

_MODULES = {
    ".cases": "CasesFile case_ids resolved_set validation_set",
    ".cells": "id_key",
    ".formats": "SUFFIXES",
    ".metrics": "Confusion added",
    ".predicates": "Validator check_predicate found_labels never_met",
    ".registered": "create_predicate validation_predicate",
    ".report": "Agreement Comparison GroupBy Rate ScannerReport agreement_record scanner_report",
    ".specs": "is_custom recorded_cases set_of_spec set_spec",
    ".writer": "CasesFileExistsError ValidationFileWriter is_validation_file scan_validation_files",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
