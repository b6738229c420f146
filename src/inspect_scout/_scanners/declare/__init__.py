"""Declaring scanners and loaders: decorators, what they attach, names, and how scanners are made again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._support.lazy import lazy_door

if TYPE_CHECKING:
    from .code import code_of_function as code_of_function
    from .config import REVISION as REVISION
    from .config import Asked as Asked
    from .config import LoaderConfig as LoaderConfig
    from .config import Metrics as Metrics
    from .config import ModelUse as ModelUse
    from .config import ScannerConfig as ScannerConfig
    from .config import factory_origin as factory_origin
    from .config import find_config as find_config
    from .config import hashed as hashed
    from .config import scanner_config as scanner_config
    from .decorators import loader as loader
    from .decorators import scanner as scanner
    from .errors import SignatureError as SignatureError
    from .hints import annotate as annotate
    from .identity import configs_held as configs_held
    from .inputs import describe_input as describe_input
    from .loaders import InputKind as InputKind
    from .naming import name_scanners as name_scanners
    from .naming import safe_name as safe_name
    from .origin import OWN_PACKAGE as OWN_PACKAGE
    from .origin import origin_of as origin_of
    from .origin import source_file as source_file
    from .outputs import checked_result as checked_result
    from .params import FILE_MODULE as FILE_MODULE
    from .params import closed_over as closed_over
    from .params import record_arguments as record_arguments
    from .params import recorded_value as recorded_value
    from .specs import accepted_arguments as accepted_arguments
    from .specs import call_factory as call_factory
    from .specs import check_arguments as check_arguments
    from .specs import create_with as create_with
    from .specs import factory_name as factory_name
    from .specs import find_factory as find_factory
    from .specs import find_registered as find_registered
    from .specs import relative_file as relative_file
    from .specs import scanner_create as scanner_create
    from .specs import scanner_fingerprint as scanner_fingerprint
    from .specs import scanner_specs as scanner_specs
    from .traits import ScanTraits as ScanTraits
    from .traits import set_traits as set_traits
    from .values import typed_arguments as typed_arguments

_MODULES = {
    ".code": "code_of_function",
    ".config": "REVISION Asked LoaderConfig Metrics ModelUse ScannerConfig factory_origin find_config hashed scanner_config",
    ".decorators": "loader scanner",
    ".errors": "SignatureError",
    ".hints": "annotate",
    ".identity": "configs_held",
    ".inputs": "describe_input",
    ".loaders": "InputKind",
    ".naming": "name_scanners safe_name",
    ".origin": "OWN_PACKAGE origin_of source_file",
    ".outputs": "checked_result",
    ".params": "FILE_MODULE closed_over record_arguments recorded_value",
    ".specs": "accepted_arguments call_factory check_arguments create_with factory_name find_factory find_registered"
    " relative_file scanner_create scanner_fingerprint scanner_specs",
    ".traits": "ScanTraits set_traits",
    ".values": "typed_arguments",
}

__getattr__, __dir__ = lazy_door(__name__, {n: module for module, names in _MODULES.items() for n in names.split()})
