"""Files in any place: one contract, and its implementations."""

from .blocking import for_each, run_blocking, run_in_thread
from .contract import Entry, Storage
from .fault_storage import FaultStorage
from .local import LocalStorage, host_name
from .locations import is_local, join, local_path, normalize, relative_to
from .memory import MemoryStorage
from .processes import machine_id, process_exists, process_start
from .registry import listed_storage, register_storage, storage_for
from .remote_failures import FileChangedError
