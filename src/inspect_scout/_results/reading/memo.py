"""What a process that reads again and again remembers of tables that do not change, as long as it fits into some bytes.

Pages of one question follow one another: which rows it finds, in which order, and which types values have, is found out once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Values by key; those that were not asked for longest go first.

    Args:
        max_bytes: Bytes of all values.
        size_of: Bytes of a value.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[V], int]) -> None:
        self._max_bytes, self._size_of = max_bytes, size_of
        self._lock = threading.Lock()
        self._values: OrderedDict[K, V] = OrderedDict()
        self._held = 0

    def get(self, key: K | None, make: Callable[[], V]) -> V:
        """Give what was remembered, or make it; two that ask at once may both make it.

        Args:
            key: Names the value (None: it is not remembered).
            make: Makes it.
        """
        if key is None:
            return make()
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        value = make()
        size = self._size_of(value)
        with self._lock:
            if key not in self._values and size <= self._max_bytes:
                self._values[key] = value
                self._held += size
                while self._held > self._max_bytes:
                    _, oldest = self._values.popitem(last=False)
                    self._held -= self._size_of(oldest)
        return value
