"""Files wherever they are: one small contract, and what implements it."""

from .contract import Entry as Entry
from .contract import Storage as Storage
from .faults import FaultStorage as FaultStorage
from .local import LocalStorage as LocalStorage
from .local import host_name as host_name
from .local import process_exists as process_exists
from .locations import is_local as is_local
from .locations import join as join
from .locations import local_path as local_path
from .locations import normalize as normalize
from .locations import relative_to as relative_to
from .memory import MemoryStorage as MemoryStorage
from .registry import register_storage as register_storage
from .registry import storage_for as storage_for
from .waiting import for_each as for_each
from .waiting import run_blocking as run_blocking
from .waiting import run_long as run_long

__all__ = [
    "Entry",
    "FaultStorage",
    "LocalStorage",
    "MemoryStorage",
    "Storage",
    "for_each",
    "host_name",
    "is_local",
    "join",
    "local_path",
    "normalize",
    "process_exists",
    "register_storage",
    "relative_to",
    "run_blocking",
    "storage_for",
]
