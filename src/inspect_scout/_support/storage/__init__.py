"""Files wherever they are: one small contract, and what implements it."""

from .contract import Entry, Storage
from .faults import FaultStorage
from .local import LocalStorage, host_name, process_exists
from .locations import is_local, join, local_path, normalize, relative_to
from .memory import MemoryStorage
from .registry import register_storage, storage_for
from .waiting import for_each, run_blocking, run_long
