"""Running Python files as modules of their own, so that files of the same name never take each other's place."""

from __future__ import annotations

import hashlib
import importlib.util
import linecache
import logging
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ..._inspect import registry
from ..._support.causes.describing import brief
from ..._support.errors import ConfigError, UnknownNameError
from ..._support.foreign import foreign
from ..declare.config import factory_origin
from ..declare.params import FILE_MODULE
from .discover import Declarations
from .load_guard import frames, while_loading
from .named import read_declarations

logger = logging.getLogger("inspect_scout")


@dataclass(frozen=True, slots=True)
class ScannerFile:
    """A Python file that was run.

    Args:
        path: Where it is.
        factories: Its factories of scanners, by the name of the function, in the order of the file.
        names: Registered name -> name of the function.
        jobs: Its factories of scan jobs, by registered name, in the order of the file.
        ended: Line at which it starts a scan, where its loading ended (None: it was run to its end).
        missed: Functions that it declares below that line.
    """

    path: Path
    factories: dict[str, Callable[..., Any]]
    names: dict[str, str]
    jobs: dict[str, Callable[..., Any]] = field(default_factory=dict[str, Callable[..., Any]])
    ended: int | None = None
    missed: tuple[str, ...] = ()

    def find(self, name: str) -> Callable[..., Any] | None:
        """Find a factory by its registered name, or else by the name of its function."""
        return self.factories.get(self.names.get(name, name))

    def find_job(self, name: str) -> Callable[..., Any] | None:
        """Find a factory of scan jobs by its registered name, or else by the name of its function."""
        by_function = {getattr(job, "__name__", ""): job for job in self.jobs.values()}
        return self.jobs.get(name) or by_function.get(name)

    def unknown(self, kind: str, name: str) -> ConfigError:
        """Make the error that it has nothing of a name."""
        if self.missed:
            return ConfigError(f"There is no {kind} {name!r}. {self.early_end()}")
        return UnknownNameError(f"{kind} in {str(self.path)!r}", name, [*self.names, *self.jobs])

    def early_end(self) -> str:
        """Say where its loading ended, and what was not declared by then."""
        return (
            f"The file {str(self.path)!r} starts a scan in line {self.ended}, where its loading ends: what it declares "
            f"below ({', '.join(self.missed)}) is not known. Move the declarations above that line, or the scan below "
            "`if __name__ == '__main__':`."
        )


# Running a file changes sys.modules and sys.path, and inspect_ai's registry.
_LOCK = threading.RLock()
_LOADED: dict[Path, tuple[str, ScannerFile]] = {}


def load_file(path: Path) -> ScannerFile:
    """Run a Python file and collect its factories of scanners.

    A file whose text did not change since it was last run is not run again. The directory of the file goes on
    `sys.path` and stays there, because scanners may import when they run. Where the file starts a scan of its own, its
    loading ends.

    Raises:
        LocationError: There is no such file.
        ConfigError: It is not readable Python, or raises when run.
    """
    path = path.resolve()
    with _LOCK:
        text, declarations = read_declarations(path)
        known = _LOADED.get(path)
        if known is not None and known[0] == text:
            return known[1]
        main = _main_module(path)
        module, ended = (main, _line_of_main()) if main is not None else _run(path, text)
        loaded = _collect(path, module, declarations, ended)
        if ended is None or main is None:
            _LOADED[path] = (text, loaded)
        if loaded.missed and loaded.factories:
            logger.warning("%s", loaded.early_end())
        return loaded


def _collect(path: Path, module: ModuleType, declarations: Declarations, ended: int | None) -> ScannerFile:
    factories: dict[str, Callable[..., Any]] = {}
    names: dict[str, str] = {}
    for each in declarations.scanners:
        factory = getattr(module, each.function, None)
        origin = factory_origin(factory)
        if origin is None or not callable(factory):
            continue  # decorated by something else of that name, or deleted by the file itself
        factories[each.function] = factory
        names.setdefault(origin.name, each.function)
    declared = [each.function for each in (*declarations.scanners, *declarations.jobs)]
    missed = tuple(name for name in declared if not hasattr(module, name)) if ended is not None else ()
    jobs: dict[str, Callable[..., Any]] = {}
    for each in declarations.jobs:
        factory = getattr(module, each.function, None)
        found = registry.registered(factory)
        if callable(factory) and found is not None and found.kind == "scanjob":
            jobs.setdefault(registry.unqualified_name(found.name), factory)
    return ScannerFile(path, factories, names, jobs, ended, missed)


def _main_module(path: Path) -> ModuleType | None:
    """The running program, if it is this file: running it again would start its work again."""
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    return main if isinstance(file, str) and Path(file).resolve() == path else None


def _line_of_main() -> int | None:
    """Line at which the running program is, where it is still in the body of its file."""
    mains = (f for f in frames() if f.f_code.co_name == "<module>" and f.f_globals.get("__name__") == "__main__")
    return next((frame.f_lineno for frame in mains), None)


def _run(path: Path, text: str) -> tuple[ModuleType, int | None]:
    """Run a file; gives the module, and the line at which it started a scan, if it did."""
    import cloudpickle  # type: ignore[import-untyped]  # pyright: ignore[reportMissingTypeStubs]

    directory = str(path.parent)
    if directory not in sys.path:
        sys.path.insert(0, directory)
    name = f"{FILE_MODULE}{hashlib.sha256(str(path).encode('utf-8', 'surrogateescape')).hexdigest()[:8]}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None:
        raise ConfigError(f"The file {str(path)!r} is not a Python file.")
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    linecache.checkcache(str(path))
    with while_loading(str(path)) as current, foreign() as ran:
        exec(compile(text, str(path), "exec", dont_inherit=True), module.__dict__)  # noqa: S102 - the user asks for it
    error = ran.error
    # Whatever a file does about the end of its scan (it may catch it and go on) is not part of its declarations.
    if error is not None and not current.ended:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
        raise ConfigError(
            f"The file {str(path)!r} raised an error when it was run{_line_of(error, path)}: {brief(error)}"
        ) from error
    # No other process can import the module by its name, so what it defines travels whole.
    cloudpickle.register_pickle_by_value(module)  # pyright: ignore[reportUnknownMemberType]
    return module, (current.line or 0) if current.ended else None


def _line_of(error: BaseException, path: Path) -> str:
    frames = traceback.walk_tb(error.__traceback__)
    lines = [line for frame, line in frames if frame.f_code.co_filename == str(path)]
    return f" (line {lines[-1]})" if lines else ""
