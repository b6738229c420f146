"""The options of `scout scan FILE`, and the request they make."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..._project import MERGED_OPTIONS, OPTION_BY_NAME, OPTIONS, Kind, Option
from ..labels.cases import parse_cases
from ..options import OutputOptions, SectionCommand
from ..values import MODEL_PARSERS, is_count_or_file, is_seed, parse_pairs, parse_texts, split_names

if TYPE_CHECKING:
    from ..._app import ScanRequest

# Kinds of options whose value may be left out, and how a word after them is recognised as their value.
_MAY_STAND_ALONE: dict[Kind, Callable[[str], bool]] = {
    "seed": is_seed,
    "cache": is_count_or_file,
    "batch": is_count_or_file,
}
_OPTIONAL_VALUES = {
    name: _MAY_STAND_ALONE[kind]
    for option in OPTIONS
    for flag in option.flags
    if (kind := flag.kind or option.kind) in _MAY_STAND_ALONE
    for name in flag.names.split()
}


class ScanOptionsCommand(SectionCommand):
    """A command with the options of a scan, some of which need no value."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; options may stand before and after FILE."""
        return super().parse_args(ctx, fill_optional_values(args, self.get_params(ctx)))


def fill_optional_values(arguments: list[str], params: list[click.Parameter]) -> list[str]:
    """Write `--shuffle` as `--shuffle=true` where no value follows, so that the next word stays what it is.

    Args:
        arguments: Words of the command line.
        params: Options of the command; the values of those that need one are left alone.
    """
    takes_value = {
        name for p in params if isinstance(p, click.Option) and not p.is_flag for name in (*p.opts, *p.secondary_opts)
    }
    filled: list[str] = []
    waiting = deque(arguments)
    while waiting:
        word = waiting.popleft()
        if word == "--":
            return [*filled, word, *waiting]
        if (is_value := _OPTIONAL_VALUES.get(word)) is not None and not (waiting and is_value(waiting[0])):
            filled.append(f"{word}=true")
            continue
        filled.append(word)
        if word in takes_value and waiting:
            filled.append(waiting.popleft())
    return filled


def make_scan_request(ctx: click.Context, file: str | None, output: OutputOptions) -> ScanRequest:
    """Pack the options of a scan into the one record that the application takes."""
    from ..._app import ScanRequest

    given = ctx.params.items()
    typed = {n: v for n, v in given if ctx.get_parameter_source(n) is ParameterSource.COMMANDLINE}
    environment = option_values(_from_environment(ctx), typed=False)
    if output.display_chosen == "log":
        # Records below the level are dropped, and a display that shows nothing was not asked for.
        environment.setdefault("log_level", os.environ.get("SCOUT_LOG_LEVEL") or "info")
    once = command_line_only(ctx.params)
    return ScanRequest(
        **{OPTION_BY_NAME[name].field: value for name, value in option_values(typed).items()},
        **{**once, "scanner_args": parse_texts(ctx.params["scanner_args"], "-S"), "display": output.display},
        scanners=file if file is not None else (),
        environment=environment,
        from_command_line=True,
    )


def command_line_only(given: Mapping[str, Any]) -> dict[str, Any]:
    """Take the options that only the command line may set, by the names of their parameters in Python."""
    return {option.field: given[option.name] for option in OPTIONS if option.name in given and not option.is_merged}


def _from_environment(ctx: click.Context) -> dict[str, Any]:
    """Read the options that have a variable, typed or not: some count together with what was typed."""
    found: dict[str, Any] = {}
    for param in ctx.command.params:
        value = param.value_from_envvar(ctx)
        if value is not None:
            found[param.name or ""] = param.type_cast_value(ctx, value)
    return found


def option_values(given: Mapping[str, Any], typed: bool = True) -> dict[str, Any]:
    """Make the values of the options that several sources may set; what was not given is left out.

    Args:
        given: What click has read, by parameter.
        typed: Whether it was typed, so that its user can be told what to type.

    Raises:
        click.UsageError: A value is not of the form that it should have.
    """
    if typed and given.get("results") is not None:
        if given.get("scans") is not None:
            raise click.UsageError("--results is the deprecated name of --scans: give only --scans.")
        click.echo("Warning: --results is deprecated, use --scans.", err=True)
    values = {o.name: _value(o, given) for o in MERGED_OPTIONS if any(flag.parameter_name in given for flag in o.flags)}
    return {name: value for name, value in values.items() if value is not None}


def _value(option: Option, given: Mapping[str, Any]) -> Any:
    if option.kind in MODEL_PARSERS:
        return MODEL_PARSERS[option.kind](given)
    # The strongest of several spellings comes first.
    flag, value = next(((f, v) for f in option.flags if (v := given.get(f.parameter_name)) is not None), (None, None))
    if flag is None or value is None:
        return None
    if option.kind == "mapping":
        return parse_pairs(value, flag.names.split()[0])
    return _PARSERS[option.kind](value) if option.kind in _PARSERS else value


_PARSERS: Mapping[Kind, Callable[[Any], Any]] = {
    "locations": list,
    "conditions": list,
    "names": split_names,
    "cases": parse_cases,
}
