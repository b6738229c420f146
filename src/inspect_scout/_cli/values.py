"""Values of options: what click reads, and what is made of it: pairs, names, seeds, models and their settings."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from .._project import OPTION_BY_NAME, Kind
from .._support.errors import ScoutError
from .._support.text import ArgumentText
from .._support.yaml import SWITCHES, guess_value

if TYPE_CHECKING:
    from inspect_ai.model import BatchConfig, CachePolicy, GenerateConfig, ResponseSchema

    from .._plan import ModelRole
    from .._project import Option

    TextType = click.ParamType[str]
    SeedType = click.ParamType[bool | int]
    FloatType = click.ParamType[float]
    CountType = click.ParamType[int]
    ChoiceType = click.Choice[str]
else:
    # Older releases of click know no type arguments here.
    TextType = SeedType = FloatType = CountType = click.ParamType
    ChoiceType = click.Choice

DEFAULT_CACHE = "7D"
DEFAULT_BATCH = 100
_SECONDS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_INTEGER = re.compile(r"[-+]?\d+")


class WholeNumber(CountType):
    """A whole number.

    Args:
        least: The smallest that is allowed (None: any).
        most: The largest that is allowed (None: any).
    """

    name = "integer"

    def __init__(self, least: int | None = None, most: int | None = None) -> None:
        self._least, self._most = least, most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read the number."""
        try:
            number = int(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a whole number.", param, ctx)
        if self._least is not None and number < self._least:
            self.fail(f"{number} is less than {self._least}.", param, ctx)
        if self._most is not None and number > self._most:
            self.fail(f"{number} is more than {self._most}.", param, ctx)
        return number


class Number(FloatType):
    """A number.

    Args:
        above: What it must be more than (None: it may be any).
    """

    name = "number"

    def __init__(self, above: float | None = None) -> None:
        self._above = above

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read the number."""
        try:
            number = float(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a number.", param, ctx)
        if self._above is not None and not number > self._above:
            self.fail(f"{value!r} is not more than {self._above:g}.", param, ctx)
        return number


class WorklistFile(TextType):
    """A file that is there, or a URL, where it is looked for later."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse a path that leads to no file."""
        text = str(value)
        if "://" not in text and not os.path.isfile(os.path.expanduser(text)):
            self.fail(f"File {text!r} does not exist.", param, ctx)
        return text


class SplitText(TextType):
    """A text; a variable of the environment may hold several, separated by blanks, quoted where they contain some."""

    name = "text"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Split the value of an environment variable."""
        words = shlex.shlex(rv, posix=True)
        # Backslashes belong to paths, and a hash starts no comment.
        words.escape, words.commenters, words.whitespace_split = "", "", True
        try:
            return list(words)
        except ValueError:
            return rv.split()


class UnsplitText(TextType):
    """A text; a variable of the environment holds one, blanks included."""

    name = "sql"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Take the value of an environment variable as it is."""
        return [rv] if rv.strip() else []


class ExtensibleChoice(ChoiceType):
    """A choice to which other packages add; they are only looked for where the value is not one of ours.

    Args:
        option: The option whose value it is.
    """

    def __init__(self, option: Option) -> None:
        super().__init__(option.choices)
        self._option = option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is not one of them."""
        added = () if value in self.choices else self._option.plugin_choices()
        return str(click.Choice((*self._option.choices, *added)).convert(value, param, ctx))


class Seed(SeedType):
    """On, off, or a seed: `true`, `false` (also 0), or a whole number."""

    name = "seed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bool | int:
        """Read the value."""
        if isinstance(value, bool | int):
            return value
        text = str(value).strip().lower()
        if text in SWITCHES:
            return SWITCHES[text]
        if not _INTEGER.fullmatch(text):
            self.fail(f"{value!r} is neither a seed (a whole number) nor true or false.", param, ctx)
        return int(text) or False


class Age(FloatType):
    """A time such as `30m`, `12h`, `7d` or `2w`, in seconds."""

    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a number and its unit."""
        found = re.fullmatch(r"(\d{1,6})([mhdw])", str(value).strip())
        if found is None:
            self.fail(f"{value!r} is not a time such as 30m, 12h, 7d or 2w.", param, ctx)
        return float(int(found[1]) * _SECONDS[found[2]])


def is_seed(text: str) -> bool:
    """Whether a word after `--shuffle` is its value."""
    return text.lower() in SWITCHES or _INTEGER.fullmatch(text) is not None


def is_count_or_file(text: str) -> bool:
    """Whether a word after `--cache` or `--batch` is its value: a switch, a number, a duration or a config file."""
    return (
        is_seed(text)
        or re.fullmatch(r"\d+[smhDdWwMYy]", text) is not None
        or text.lower().endswith((".yaml", ".yml", ".json"))
    )


def parse_pairs(items: Sequence[str], option: str) -> dict[str, Any]:
    """Read `key=value` texts; dashes in keys become underscores, values are YAML, a comma makes a list.

    Args:
        items: The texts.
        option: The option they were given to, for messages.

    Raises:
        click.UsageError: A text has no key or no "=".
    """
    return {key: guess_value(text) for key, text in parse_texts(items, option).items()}


def parse_texts(items: Sequence[str], option: str) -> dict[str, ArgumentText]:
    """Read `key=value` texts; dashes in keys become underscores, values stay as they were typed.

    Args:
        items: The texts; of a key that is given twice, the last value counts.
        option: The option they were given to, for messages.

    Raises:
        click.UsageError: A text has no key or no "=".
    """
    found: dict[str, ArgumentText] = {}
    for item in items:
        key, equals, value = item.partition("=")
        key = key.strip().replace("-", "_")
        if not equals or not key:
            raise click.UsageError(f"{option} {item!r} is not of the form key=value.")
        found[key] = ArgumentText(value)
    return found


def split_names(text: str | None) -> list[str] | None:
    """Split a list of names at its commas; None stays None."""
    if text is None:
        return None
    return [name for part in text.split(",") if (name := part.strip())]


def _parse_model_args(given: Mapping[str, Any]) -> dict[str, Any] | None:
    typed = parse_pairs(given.get("model_args", ()), "-M")
    file = given.get("model_config")
    if not file:
        return typed or None
    from .._plan import read_model_args

    return {**read_model_args(file), **typed}


def _parse_roles(given: Mapping[str, Any]) -> dict[str, ModelRole | list[ModelRole]] | None:
    from .._plan import parse_mapping, parse_role_mapping

    roles: dict[str, ModelRole | list[ModelRole]] = {}
    for item in given.get("model_role", ()):
        role, equals, value = item.partition("=")
        role, value = role.strip(), value.strip()
        if not equals or not role or not value:
            raise click.UsageError(f"--model-role {item!r} is not of the form role=model.")
        if value.startswith("{"):
            with _usage_errors(what := f"--model-role {item!r}"):
                roles[role] = parse_role_mapping(parse_mapping(value, what), what)
            continue
        names = [name.strip() for name in value.split(",") if name.strip()]
        if not names:
            raise click.UsageError(f"--model-role {item!r} names no model.")
        roles[role] = names[0] if len(names) == 1 else list(names)
    return roles or None


def _parse_generation(given: Mapping[str, Any]) -> GenerateConfig | None:
    flags = [flag for flag in OPTION_BY_NAME["generate_config"].flags if given.get(flag.parameter_name) is not None]
    if not flags:
        return None
    readers: Mapping[Kind | None, Callable[[str], Any]] = {
        "cache": _parse_cache,
        "batch": _parse_batch,
        "schema": _parse_schema,
    }
    values = {flag.parameter_name: given[flag.parameter_name] for flag in flags}
    for flag in flags:
        if flag.kind in readers:
            with _usage_errors(flag.names):
                values[flag.parameter_name] = readers[flag.kind](given[flag.parameter_name])
    from inspect_ai.model import GenerateConfig  # here: what is refused above is refused at once

    with _usage_errors("Generation options"):
        return GenerateConfig(**values)


def _parse_schema(text: str) -> ResponseSchema:
    from inspect_ai.model import ResponseSchema

    return ResponseSchema.model_validate_json(text)


def _parse_cache(text: str) -> CachePolicy | Literal[False]:
    expiry = _parse_switch(text, DEFAULT_CACHE, "{}D")
    if expiry is None and re.fullmatch(r"\d+[smhDWMYdwy]", text):
        # Letters are those of inspect_ai: m are minutes, M months; the others exist in one size only.
        expiry = text[:-1] + (text[-1].upper() if text[-1] in "dwy" else text[-1])
    if expiry is None:
        return cast("CachePolicy", _parse_settings(text, "--cache", "CachePolicy"))
    if not expiry:
        return False
    from inspect_ai.model import CachePolicy

    return CachePolicy(expiry=expiry)


def _parse_batch(text: str) -> int | BatchConfig | Literal[False]:
    size = _parse_switch(text, str(DEFAULT_BATCH), "{}")
    if size is None:
        return cast("BatchConfig", _parse_settings(text, "--batch", "BatchConfig"))
    return int(size) if size else False


def _parse_switch(text: str, usual: str, number: str) -> str | None:
    """Read a switch or a number: nothing where it is off, the usual value where it is on; None if it is neither."""
    if text.lower() in SWITCHES or text == "0":
        return usual if SWITCHES.get(text.lower()) else ""
    return number.format(text) if text.isdigit() else None


def _parse_settings(text: str, option: str, model: str) -> Any:
    """Read settings written in a file or in the option itself, as a model of inspect_ai."""
    from .._support.text import read_text

    what, given = f"{option} {text!r}", text
    if not text.lstrip().startswith("{"):
        if not text.lower().endswith((".yaml", ".yml", ".json")):
            raise click.UsageError(f"{what} is neither a number, nor true or false, nor a YAML or JSON file.")
        with _usage_errors(what, f"{option}: "):
            given = read_text(text)
    from inspect_ai import model as models

    from .._plan import parse_mapping

    with _usage_errors(what):
        return getattr(models, model).model_validate(parse_mapping(given, what))


@contextmanager
def _usage_errors(what: str, before: str = "") -> Generator[None]:
    """Refuse a value as click does, with the way to the help page.

    Args:
        what: The option, and perhaps its value.
        before: What stands before messages that do not name them.
    """
    try:
        yield
    except ScoutError as error:
        raise click.UsageError(f"{before}{error}") from error
    except ValueError as error:
        from pydantic import ValidationError  # here: what is refused before pydantic is needed is refused at once

        if not isinstance(error, ValidationError):
            raise
        first = error.errors()[0]  # one line says enough
        where = "".join(f"{part}." for part in first["loc"]).removesuffix(".")
        raise click.UsageError(f"{what}: {where}{': ' if where else ''}{first['msg']}") from error


MODEL_PARSERS: Mapping[Kind, Callable[[Mapping[str, Any]], Any]] = {
    "arguments": _parse_model_args,
    "roles": _parse_roles,
    "generation": _parse_generation,
}
"""How options about models are read, from what click has read; what was not given is None."""
