"""Values used last, up to some weight."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """Keeps the values used last; safe to use from many threads.

    Args:
        most: Weight of all values together; a value that alone weighs more is not kept.
        weigh: Weight of a value (default: 1 each, so that `most` is their number).
    """

    def __init__(self, most: int, weigh: Callable[[V], int] = lambda _: 1) -> None:
        self._most, self._weigh = most, weigh
        self._weight = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._making: dict[K, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """Give a value; None if it is not kept."""
        with self._lock:
            found = self._found(key)
            return None if found is None else found[0]

    def put(self, key: K, value: V) -> None:
        """Keep a value in place of the one before."""
        weight = self._weigh(value)
        with self._lock:
            self._forget(key)
            if weight <= self._most:
                self._values[key] = value, weight
                self._weight += weight
            while self._weight > self._most:
                _, (_, freed) = self._values.popitem(last=False)
                self._weight -= freed

    def fetch(self, key: K, make: Callable[[], V]) -> V:
        """Give a value, making it if it is not kept: once, also when several threads ask for it at the same time."""
        with self._lock:
            found = self._found(key)
            if found is not None:
                return found[0]
            lock = self._making.setdefault(key, threading.Lock())
        with lock:
            with self._lock:
                found = self._found(key)
            if found is not None:
                return found[0]
            try:
                value = make()
                self.put(key, value)
            finally:
                with self._lock:
                    self._making.pop(key, None)
            return value

    def drop(self, key: K) -> None:
        """Forget a value."""
        with self._lock:
            self._forget(key)

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()
            self._weight = 0

    def _found(self, key: K) -> tuple[V, int] | None:
        found = self._values.get(key)
        if found is not None:
            self._values.move_to_end(key)
        return found

    def _forget(self, key: K) -> None:
        _, weight = self._values.pop(key, (None, 0))
        self._weight -= weight
