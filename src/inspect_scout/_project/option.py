"""What describes an option of a scan: the lines of the table in `options.py` are made of this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .._support.errors import ConfigError

_Plain = Literal[
    "text", "count", "amount", "integer", "number", "seconds", "choice", "switch", "seed", "names", "mapping"
]
_Scanned = Literal["location", "locations", "conditions", "scanners", "worklist", "cases"]
_OfModels = Literal["arguments", "roles", "generation", "cache", "batch", "schema"]
_OfPrograms = Literal["function"]
Kind: TypeAlias = _Plain | _Scanned | _OfModels | _OfPrograms
"""What values are: a count is at least 1, an amount at least 0, seconds are above 0, names are a list of texts."""

Merge: TypeAlias = Literal["replace", "join", "union", "of-model", "generation"]
"""How the values of several sources become one.

replace:    the strongest applies.
join:       all count, the weakest first, each item once (tags, conditions, worklists).
union:      mappings become one; of one key the strongest applies. What is not a mapping replaces what is weaker.
of-model:   as replace, but without sources weaker than the one that names the model: theirs is about another model.
generation: generation options become one, the strongest applies for each, without those set beside a model that is not
            the one chosen.
"""

LocalMerge: TypeAlias = Literal["replace", "join", "append", "union", "scanners", "model", "least"]
"""How a local project file goes over the shared one. All settings of models go together: a local file that sets one of
them replaces them all. Least: what one of the two withholds is not granted."""

Place: TypeAlias = Literal["argument", "job", "project", "environment", "command line", "resume"]
"""Where an option may be set: a parameter of `scan`, a scan job, a project file, a variable, `scout scan`, a resume."""

WHAT, HOW, DISPLAY_SECTION = "What to scan", "Scan options", "Display options"
MODEL, GENERATION = "Model options", "Generation options"

SAME_HELP = "as for a new scan"
"""Help on resume: the same, and the variable applies there as well."""

_EVERYWHERE: tuple[Place, ...] = ("argument", "job", "project")


@dataclass(frozen=True, slots=True)
class Flag:
    """A spelling of an option on the command line.

    Args:
        names: Its names, separated by blanks.
        help: Help text (default: that of the option).
        section: Heading of the help page.
        kind: What its value is (default: as for the option).
        metavar: How the help page calls its value.
        choices: What its value may be (default: as for the option).
        parameter: Name of what it sets (default: its first name).
        variable: Variable of the environment ("": made of its name; None: none).
        hidden: Whether the help page leaves it out: an older name.
        resume: Help on resume (None: it is not there). Only with `SAME_HELP` the variable applies there: what a scan has
            recorded is not changed by an environment that was set for another one.
        only_resume: Whether it is for resuming alone.
        usual: Whether the short help page shows it; the long one shows all.
    """

    names: str
    help: str = ""
    section: str = HOW
    kind: Kind | None = None
    metavar: str | None = None
    choices: Sequence[str] = ()
    parameter: str = ""
    variable: str | None = ""
    hidden: bool = False
    resume: str | None = None
    only_resume: bool = False
    usual: bool = False

    @property
    def parameter_name(self) -> str:
        """Name of what it sets."""
        return self.parameter or self.names.split()[0].lstrip("-").replace("-", "_")

    @property
    def variable_name(self) -> str | None:
        """Its variable of the environment, if it has one."""
        return f"SCOUT_SCAN_{self.parameter_name.upper()}" if self.variable == "" else self.variable


@dataclass(frozen=True, slots=True)
class Option:
    """A line of the table.

    Args:
        name: Its key in project files and job files.
        kind: What its value is.
        help: What it means.
        flags: Its spellings on the command line.
        merge: How it is merged.
        local: How a local project file goes over the shared one in it.
        default: Its value when no source sets it, or what makes that.
        choices: What its value may be.
        any_case: Whether capital letters are taken for small ones in a choice.
        group: Group of entry points by which other packages add choices.
        argument: Its parameter in Python, if that is not its name.
        set_in: Where it may be set besides by its flags and their variables.
        everywhere: Whether its variables also apply to functions of Python, and not only to the command line.
    """

    name: str
    kind: Kind
    help: str
    flags: tuple[Flag, ...] = ()
    merge: Merge = "replace"
    local: LocalMerge = "replace"
    default: Any = None
    choices: tuple[str, ...] = ()
    any_case: bool = False
    group: str = ""
    argument: str = ""
    set_in: tuple[Place, ...] = _EVERYWHERE
    everywhere: bool = False

    @property
    def field(self) -> str:
        """Its name in requests, and as a parameter in Python."""
        return self.argument or self.name

    @property
    def default_help(self) -> str:
        """Its default, as the help page describes it."""
        return self.help.partition("Default: ")[2].rstrip(".")

    @property
    def variables(self) -> list[str]:
        """Variables of the environment, the strongest first."""
        return [flag.variable_name for flag in self.flags if flag.variable_name is not None]

    @property
    def places(self) -> list[Place]:
        """Where it may be set."""
        places: list[Place] = [*self.set_in]
        if self.variables:
            places.append("environment")
        if any(not flag.only_resume for flag in self.flags):
            places.append("command line")
        if any(flag.resume is not None for flag in self.flags):
            places.append("resume")
        return places

    @property
    def is_merged(self) -> bool:
        """Whether several sources may set it, so that precedence decides."""
        return "job" in self.set_in

    @property
    def is_display(self) -> bool:
        """Whether it is about what is shown: all commands have it."""
        return any(flag.section == DISPLAY_SECTION for flag in self.flags)

    @property
    def is_for_scan(self) -> bool:
        """Whether it is for a new scan."""
        return self.is_merged or "argument" in self.set_in or "command line" in self.places

    def make_default(self) -> Any:
        """Make its value when no source sets it; it may depend on the current directory."""
        return self.default() if callable(self.default) else self.default

    def plugin_choices(self) -> dict[str, Callable[..., Any]]:
        """Give what other packages add to its choices, by name."""
        if not self.group:
            return {}
        from .._support.plugins import plugins

        kind: Any = Callable
        return plugins(self.group, kind)

    def check_choice(self, value: Any) -> Any:
        """Give a value back that is one of its choices, or None.

        Raises:
            ConfigError: It is not one of them, nor what another package adds; these are only looked for then.
        """
        known = value.lower() if self.any_case and isinstance(value, str) else value
        if value is None or known in self.choices or known in (added := [*self.plugin_choices()]):
            return value
        installing = f" If a package adds it (entry point group {self.group!r}), install it here." if self.group else ""
        allowed = ", ".join([*self.choices, *added])
        raise ConfigError(f"{self.field}={value!r} is not known; use one of {allowed}.{installing}")
