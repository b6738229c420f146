"""What a provider of captured calls has to do, and the providers that there are."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from .._importers import JsonObject
from .._support.errors import ConfigError
from .observation import Capture, Observation

if TYPE_CHECKING:
    from inspect_ai.event import Event

ObserveEmit: TypeAlias = Callable[[JsonObject], None]
"""Tells of a call: a dictionary that `ObserveProvider.build_event` of the same provider understands."""


class ObserveProvider(Protocol):
    """A package whose calls of models are captured.

    Example:
        ```python
        class MyClient:
            def install(self, emit: ObserveEmit) -> None:
                my_client.on_answer(lambda request, answer: emit({"request": request, "answer": answer}))

            async def build_event(self, data: JsonObject) -> Event:
                return InfoEvent(source="my_client", data=data["answer"])
        ```
    """

    def install(self, emit: ObserveEmit) -> None:
        """Begin to tell of calls; done once in a process, for each class of providers.

        Args:
            emit: Is told of each call when it has ended, in the context that it was made in. Outside of an observation
                it does nothing.
        """
        ...

    async def build_event(self, data: JsonObject) -> Event:
        """Make an event of what was told. Called when the observation ends.

        Args:
            data: What `emit` was given.
        """
        ...


_BUILT_IN: Final = {
    "openai": "OpenAIProvider",
    "anthropic": "AnthropicProvider",
    "google": "GoogleProvider",
}
INSPECT: Final = "inspect"
"""Calls of Inspect's own models, which tell of themselves."""

_installed: dict[type, ObserveProvider] = {}
_lock = threading.Lock()


def install_providers(wanted: str | ObserveProvider | Sequence[str | ObserveProvider]) -> tuple[frozenset[type], bool]:
    """Install providers.

    Args:
        wanted: Names or providers.

    Returns:
        Classes of the providers, and whether calls of Inspect count.

    Raises:
        ConfigError: There is none of a name.
        ImportError: The package of one is not installed.
    """
    each = [wanted] if isinstance(wanted, str) or not isinstance(wanted, Sequence) else list(wanted)
    providers = [_provider(one) for one in each if one != INSPECT]
    for provider in providers:
        _install(provider)
    return frozenset(type(provider) for provider in providers), INSPECT in each


def provider_of(kind: type) -> ObserveProvider:
    """Give the provider of a class that was installed."""
    return _installed[kind]


def _provider(wanted: str | ObserveProvider) -> ObserveProvider:
    if not isinstance(wanted, str):
        if not (hasattr(wanted, "install") and hasattr(wanted, "build_event")):
            raise ConfigError(f"{wanted!r} is not a provider: it needs install(emit) and build_event(data).")
        return wanted
    if wanted not in _BUILT_IN:
        known = ", ".join(repr(name) for name in sorted([*_BUILT_IN, INSPECT]))
        raise ConfigError(f"There is no provider {wanted!r}: known are {known}. Or give one of your own.")
    try:
        module = importlib.import_module(f".{wanted}_calls", __package__)
    except ImportError as error:
        package = "google-genai" if wanted == "google" else wanted
        raise ImportError(f"observe(provider={wanted!r}) needs the package {package}: pip install {package}") from error
    made: ObserveProvider = getattr(module, _BUILT_IN[wanted])()
    return made


def _install(provider: ObserveProvider) -> None:
    kind = type(provider)

    def emit(data: JsonObject) -> None:
        observation = Observation.current()
        if observation is not None and kind in observation.providers:
            observation.captures.append(Capture(kind, data, time.time()))

    with _lock:
        if kind not in _installed:
            provider.install(emit)
            _installed[kind] = provider
