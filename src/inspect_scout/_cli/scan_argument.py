"""The argument that names a scan, or several, and the option that says where scans are looked for.

A command gets the location of what was named. What was not given as a path is said on standard error, so that a program
whose output is read elsewhere tells which scan it is about.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, TypeVar

import click

from .._app import is_location, run_read_only
from .._support.folder import current_folder
from .options import SectionOption
from .use_cases import given_use_case

if TYPE_CHECKING:
    from .._types import Phase

F = TypeVar("F", bound=Callable[..., int])

_PLACE = f"{__name__}.scans"
SAME_AS_DIR = "The same as DIR."
"""What is said of `--scans` where a command takes the directory as an argument as well."""


def scan_argument(
    name: str = "location", *, required: bool = False, several: bool = False, phases: Collection[Phase] = ()
) -> Callable[[F], F]:
    """Add an argument that names a scan: a path, the beginning of an id, a name, `latest`, `latest~1`, or nothing.

    Args:
        name: Parameter of the command that gets the location.
        required: Whether a scan must be named; else the newest is taken where none is.
        several: Whether several scans may be named; the parameter gets a tuple.
        phases: How the newest scan may stand (none given: in any way).
    """

    def take(
        ctx: click.Context, _: click.Parameter, given: str | tuple[str, ...] | None
    ) -> str | tuple[str, ...] | None:
        if ctx.resilient_parsing:
            return given
        if isinstance(given, tuple):
            return tuple(take_scan(ctx, reference, phases) for reference in given or (None,))
        return take_scan(ctx, given, phases)

    metavar = ("SCAN" if required else "[SCAN]") + ("..." if several else "")
    return click.argument(name, metavar=metavar, nargs=-1 if several else 1, required=required, callback=take)


def scans_option(
    function: F, about: str = "Where ids and names of scans are looked up. Default: that of the project, else ./scans."
) -> F:
    """Add `--scans`, where scans that are not given as paths are looked for; commands need not know of it.

    Args:
        function: The command.
        about: What the help page says of it.
    """

    def keep(ctx: click.Context, _: click.Parameter, given: str | None) -> None:
        ctx.meta[_PLACE] = given

    return click.option(
        "--scans",
        metavar="LOC",
        cls=SectionOption,
        section="Scan options",
        is_eager=True,
        expose_value=False,
        callback=keep,
        help=about,
    )(function)


def scans_folder(directory: str | None) -> str:
    """Tell where the scans are that a command with `scans_option` is about: what its DIR says, or `--scans`.

    Args:
        directory: DIR (None: not given).

    Raises:
        click.UsageError: Both are given.
    """
    from .._app import default_scans

    scans: str | None = click.get_current_context().meta.get(_PLACE)
    if directory is not None and scans is not None:
        raise click.UsageError(f"Both DIR {directory!r} and --scans {scans!r} were given; give one of them.")
    return directory or scans or default_scans()


def relative_to_cwd(location: str) -> str:
    """Shorten a local path below the working directory."""
    if "://" in location or not current_folder():
        return location
    relative = os.path.relpath(location)
    return location if relative.startswith(os.pardir) else relative


def take_scan(ctx: click.Context, reference: str | None, phases: Collection[Phase] = ()) -> str:
    """Find the scan that a word names, and say on standard error which it is unless it is a path.

    Args:
        ctx: Context of a command with `scans_option`.
        reference: The word (None: the newest scan).
        phases: How the newest scan may stand (none given: in any way).
    """
    from .._app import default_scans, find_scan

    if reference is not None and is_location(reference):
        return reference
    scans: str | None = ctx.meta.get(_PLACE)
    find, place = given_use_case(find_scan), default_scans() if scans is None else scans
    location = run_read_only(place, lambda: find(reference, place, phases))
    what = repr(reference) if reference is not None else "The newest scan"
    if reference is None and phases:
        what += f" that {' or '.join('has errors' if phase == 'errors' else f'is {phase}' for phase in sorted(phases))}"
    if location != reference:
        click.echo(f"{what} is {relative_to_cwd(location)}", err=True)
    return location
