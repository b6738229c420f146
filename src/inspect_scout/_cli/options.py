"""Options that several commands share."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .._project import DISPLAY_SECTION, SAME_HELP, Flag, Kind, Option, Place, options_of, start_logging
from .._support.errors import ConfigError
from .help_page import HelpContext
from .stdout import reserve_stdout_if
from .values import ExtensibleChoice, Number, Seed, SplitText, UnsplitText, WholeNumber, WorklistFile

if TYPE_CHECKING:
    from .._display import Display

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS, OTHER_OPTIONS = "Options", "Other options"


HELP_ALL = f"{__name__}.help_all"
"""What the context of a command holds while the long help page is made."""


class SectionOption(click.Option):
    """An option that stands under a heading of the help page.

    Args:
        section: The heading.
        usual: Whether the short help page shows it.
        variable: Variable of the environment that sets it, which the long help page names.
        settings: As for `click.Option`.
    """

    def __init__(
        self, *names: Any, section: str = OPTIONS, usual: bool = True, variable: str | None = None, **settings: Any
    ) -> None:
        super().__init__(*names, **settings)
        self.section, self.usual, self._variable = section, usual, variable

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Describe it on the help page, if it is to be there."""
        record, shows_all = super().get_help_record(ctx), HELP_ALL in ctx.meta
        if record is None or not (self.usual or shows_all):
            return None
        names, text = record
        return (names, f"{text}  [env: {self._variable}]") if self._variable and shows_all else record


def display_option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Add an option about what is shown."""
    return click.option(*names, cls=SectionOption, section=DISPLAY_SECTION, **settings)


_PARAMS: dict[Kind, Mapping[str, Any]] = {
    "count": {"type": WholeNumber(1), "metavar": "N"},
    "amount": {"type": WholeNumber(0), "metavar": "N"},
    "integer": {"type": WholeNumber(), "metavar": "N"},
    "number": {"type": Number(), "metavar": "X"},
    "seconds": {"type": Number(above=0), "metavar": "SECONDS"},
    "switch": {"is_flag": True},
    "seed": {"type": Seed()},
    "names": {"metavar": "A,B"},
    "conditions": {"type": UnsplitText(), "multiple": True},
    "worklist": {"type": WorklistFile()},
    "locations": {"type": SplitText(), "multiple": True},
    "cases": {"type": SplitText(), "multiple": True},
    "roles": {"type": SplitText(), "multiple": True},
    "mapping": {"type": SplitText(), "multiple": True, "metavar": "K=V"},
    "arguments": {"type": SplitText(), "multiple": True, "metavar": "K=V"},
}
"""How click reads the kinds of values; all others are texts."""


def table_options(place: Place, *names: str, without: Sequence[str] = ()) -> Callable[[F], F]:
    """Add options of the table to a command.

    Args:
        place: `command line` for a new scan, `resume` to go on with one.
        names: Options (default: all that may be set there, but for those about what is shown).
        without: Options that are left out.
    """
    decorators = [
        _decorator(option, flag, resuming=place == "resume")
        for option in options_of(place)
        if (option.name in names if names else not option.is_display) and option.name not in without
        for flag in option.flags
        if (flag.resume is not None if place == "resume" else not flag.only_resume)
    ]

    def add(function: F) -> F:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return add


def _decorator(option: Option, flag: Flag, resuming: bool) -> Callable[[F], F]:
    kind = flag.kind or option.kind
    settings = dict(_PARAMS.get(kind, {}))
    if kind == "choice":
        own = click.Choice(flag.choices or option.choices, case_sensitive=not option.any_case)
        settings["type"] = ExtensibleChoice(option) if option.group else own
    if flag.metavar:
        settings["metavar"] = flag.metavar
    differs = resuming and flag.resume != SAME_HELP
    text, variable = (flag.resume if differs else flag.help or option.help), None if differs else flag.variable_name
    return click.option(
        *(*flag.names.split(), flag.parameter_name),
        cls=SectionOption,
        section=flag.section,
        envvar=None if option.is_display else variable,  # of what is shown, it is read where that is used
        help=text,
        usual=flag.usual,
        variable=variable,
        hidden=flag.hidden,
        **settings,
    )


@dataclass(frozen=True, slots=True)
class OutputOptions:
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

    def make_display(self) -> Display:
        """Make the display of results."""
        from .._display import display_for

        return display_for(self.display, scans=False)


def display_options(function: F) -> F:
    """Add the options about what is shown."""
    with_debugger = display_option(
        "--debug",
        is_flag=True,
        envvar="SCOUT_DEBUG",
        usual=False,
        variable="SCOUT_DEBUG",
        help="Wait until a debugger attaches (needs debugpy).",
    )
    with_port = display_option(
        "--debug-port",
        type=WholeNumber(1, 65535),
        default=5678,
        envvar="SCOUT_DEBUG_PORT",
        metavar="PORT",
        usual=False,
        variable="SCOUT_DEBUG_PORT",
        help="Port for the debugger. Default: 5678.",
    )
    return table_options("command line", "display", "log_level")(with_debugger(with_port(function)))


def json_option(function: F) -> F:
    """Add `--json`."""
    return display_option(
        "--json",
        "as_json",
        is_flag=True,
        is_eager=True,
        callback=reserve_stdout_if(bool),
        help="Write JSON, and nothing else, to standard output.",
    )(function)


def json_command(name: str, *examples: str, display: bool = True) -> Callable[[Callable[..., int]], click.Command]:
    """Make a command with `--json`.

    Args:
        name: Its name.
        examples: Lines that the help page ends with.
        display: Whether it has the options about what is shown.
    """

    def make(function: Callable[..., int]) -> click.Command:
        epilog = "\n".join(["\b\nExamples:", *(f"  {line}" for line in examples)])
        command = click.command(name, cls=SectionCommand, epilog=epilog)(function)
        # After its own options, so that these stand above them on the help page.
        command.params += click.command()(json_option(display_options(_no_command) if display else _no_command)).params
        return command

    return make


def location_command(
    name: str, *examples: str, metavar: str = "LOC", required: bool = True, display: bool = True
) -> Callable[[Callable[..., int]], click.Command]:
    """Make a command about a location, with `--json`.

    Args:
        name: Its name.
        examples: Lines that the help page ends with.
        metavar: How the help page calls the location.
        required: Whether the location must be given.
        display: Whether it has the options about what is shown.
    """
    with_location = click.argument("location", metavar=metavar, required=required)
    return lambda function: json_command(name, *examples, display=display)(with_location(function))


def _no_command(**_: Any) -> None:
    pass


def pop_output_options(options: dict[str, Any], *, log: bool = False) -> OutputOptions:
    """Take the options of `display_options` and `json_option` out of a command's, and act on `--debug`.

    Args:
        options: Options of the command, by name.
        log: Whether to send log messages to standard error: for commands that run without the engine.
    """
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
    if log:
        start_logging(log_level)
    return OutputOptions(display, log_level, as_json, chosen)


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

    context_class = HelpContext
    own_variables: frozenset[str] = frozenset()
    """Variables that count only if the user has set them, and not a `.env` file."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Load `.env` before options look at the environment."""
        from .._project import load_dotenv_once

        if not {"-h", "--help", "--help-all"} & set(args):
            of_files = self.own_variables - os.environ.keys()
            load_dotenv_once()
            for name in of_files:
                os.environ.pop(name, None)
        return super().make_context(info_name, args, parent, **extra)

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Give its parameters; a shell gets them with what their values are completed with."""
        params = [*super().get_params(ctx), *([_HELP_ALL_OPTION] if self._has_more(ctx) else [])]
        if not ctx.resilient_parsing:
            return params
        from .completing import with_completion

        return with_completion(params)

    def _has_more(self, ctx: click.Context) -> bool:
        """Whether the long help page shows more than the short one."""
        return any(isinstance(param, SectionOption) and not param.usual for param in super().get_params(ctx))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings."""
        sections: dict[str, list[tuple[str, str]]] = {OPTIONS: []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                general = OTHER_OPTIONS if {"--help", "--help-all"} & {*param.opts} else OPTIONS
                section = param.section if isinstance(param, SectionOption) else general
                sections.setdefault(section, []).append(record)
        filled = {section: records for section, records in sections.items() if records}
        for section, records in sorted(filled.items(), key=lambda item: item[0] == OTHER_OPTIONS):
            with formatter.section(section if len(filled) > 1 else OPTIONS):
                formatter.write_dl(records)


def _print_help_all(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        ctx.meta[HELP_ALL] = True
        click.echo(ctx.get_help(), color=ctx.color)
        ctx.exit()


_HELP_ALL_OPTION = click.Option(
    ["--help-all"],
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_help_all,
    help="Show all options, and the variables that set them.",
)
