"""Options that several commands share."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from .._support.errors import ConfigError
from .stdout import reserving

F = TypeVar("F", bound=Callable[..., Any])

EXECUTORS = ("inline", "processes", "ray")
DISPLAYS = ("rich", "plain", "log", "none")
LOG_LEVELS = ("debug", "trace", "http", "sandbox", "info", "warning", "error", "critical", "notset")
# Levels between the standard ones, and the standard level that shows them.
_LEVELS = {"trace": "DEBUG", "http": "INFO", "sandbox": "INFO"}


class SectionOption(click.Option):
    """An option that stands under a heading of the help page.

    Args:
        section: The heading.
        settings: As for `click.Option`.
    """

    def __init__(self, *names: Any, section: str = "Options", **settings: Any) -> None:
        super().__init__(*names, **settings)
        self.section = section


def scan_option(section: str, name: str, *names: str, env: str = "", **settings: Any) -> Callable[[F], F]:
    """Declare an option of a scan, which has a variable of the environment.

    Args:
        section: Heading of the help page.
        name: The option.
        names: Its other names.
        env: End of the variable's name, if it is not the option's.
        settings: As for `click.option`.
    """
    variable = "SCOUT_SCAN_" + (env or name.lstrip("-").replace("-", "_").upper())
    text = settings.pop("help", "")
    return click.option(
        name, *names, cls=SectionOption, section=section, envvar=variable, help=f"{text} [env: {variable}]", **settings
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """How a command shows what it does.

    Args:
        display: The display asked for (None: by environment, else the default).
        log_level: Level of log messages (None: the default).
        as_json: Whether standard output gets JSON and nothing else.
        display_chosen: The display that was asked for here or by the environment ("": none was).
    """

    display: str | None
    log_level: str | None
    as_json: bool = False
    display_chosen: str = ""


def display_options(function: F) -> F:
    """Add the options that say what is shown."""
    section = "Display options"
    decorators = [
        click.option(
            "--display",
            type=click.Choice(DISPLAYS, case_sensitive=False),
            cls=SectionOption,
            section=section,
            help="How to show progress and results. [env: SCOUT_DISPLAY; default: rich, plain lines in a pipe]",
        ),
        click.option(
            "--log-level",
            type=click.Choice(LOG_LEVELS, case_sensitive=False),
            cls=SectionOption,
            section=section,
            help="Log messages from this level on. [env: SCOUT_LOG_LEVEL; default: of the project, else warning]",
        ),
        click.option(
            "--debug",
            is_flag=True,
            envvar="SCOUT_DEBUG",
            cls=SectionOption,
            section=section,
            help="Wait until a debugger attaches (needs debugpy). [env: SCOUT_DEBUG]",
        ),
        click.option(
            "--debug-port",
            type=click.IntRange(1, 65535),
            default=5678,
            envvar="SCOUT_DEBUG_PORT",
            metavar="PORT",
            cls=SectionOption,
            section=section,
            help="Port for the debugger. [env: SCOUT_DEBUG_PORT; default: 5678]",
        ),
    ]
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def json_option(function: F) -> F:
    """Add `--json`."""
    return click.option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        callback=reserving(bool),
        cls=SectionOption,
        section="Display options",
        help="Write JSON, and nothing else, to standard output.",
    )(function)


def executor_options(function: F) -> F:
    """Add the options that say what runs a scan."""
    decorators = [
        scan_option(
            "Scan options",
            "--executor",
            type=click.Choice(EXECUTORS),
            help="What runs the scan: this process, workers on this machine, or workers on a Ray cluster. Default: this"
            " process, and workers beside it once they pay.",
        ),
        scan_option(
            "Scan options",
            "--ray-address",
            metavar="ADDR",
            help="Address of a Ray cluster. Default: RAY_ADDRESS, else a cluster on this machine.",
        ),
    ]
    for decorator in reversed(decorators):
        function = decorator(function)
    return function


def fail_on_error_option(function: F) -> F:
    """Add `--fail-on-error`."""
    return click.option(
        "--fail-on-error",
        is_flag=True,
        envvar="SCOUT_SCAN_FAIL_ON_ERROR",
        cls=SectionOption,
        section="Scan options",
        help="Stop at the first scanner that raises. [env: SCOUT_SCAN_FAIL_ON_ERROR]",
    )(function)


def shown(options: dict[str, Any]) -> Shown:
    """Take the options of `display_options` and `json_option` out of a command's, and act on `--debug`."""
    from .._project import default_log_level

    display: str | None = options.pop("display")
    log_level: str | None = options.pop("log_level")
    as_json: bool = options.pop("as_json", False)
    port: int = options.pop("debug_port")
    if options.pop("debug"):
        wait_for_debugger(port)
    chosen = (display or os.environ.get("SCOUT_DISPLAY", "")).lower()
    if log_level is None:
        log_level = default_log_level()
    if chosen == "log" and log_level is None:
        # Records below the level are dropped, and a display that shows nothing was not asked for.
        log_level = "info"
    if as_json:
        display = "log" if chosen == "log" else "none"
    return Shown(display, log_level, as_json, chosen)


def prepare_logging(level: str | None) -> None:
    """Send log messages to standard error, for commands that run without the engine."""
    if level is not None:
        if level.lower() not in LOG_LEVELS:
            raise ConfigError(f"log_level={level!r} is not known; use one of {', '.join(LOG_LEVELS)}.")
        level = level.lower()
        logging.basicConfig()
        logging.getLogger("inspect_scout").setLevel(_LEVELS.get(level, level.upper()))


def wait_for_debugger(port: int) -> None:
    """Let a debugger attach before the command goes on."""
    try:
        debugpy = importlib.import_module("debugpy")
    except ImportError as error:
        raise ConfigError("--debug needs debugpy, which is not installed; next: pip install debugpy") from error
    debugpy.listen(port)
    click.echo(f"Waiting for a debugger on port {port} ...", err=True)
    debugpy.wait_for_client()
    click.echo("A debugger is attached.", err=True)


class SectionCommand(click.Command):
    """A command whose help page has headings for its options, and whose variables may come from a `.env` file."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Load `.env` before options look at the environment."""
        from .._project import load_dotenv_once

        if not {"-h", "--help"} & set(args):
            load_dotenv_once()
        return super().make_context(info_name, args, parent, **extra)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                section = param.section if isinstance(param, SectionOption) else "Other options"
                sections.setdefault(section, []).append(record)
        for section, records in sorted(sections.items(), key=lambda item: item[0] == "Other options"):
            with formatter.section(section):
                formatter.write_dl(records)
