"""Values of options: names with values, seeds, lists of words."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .._support.text import ArgumentText
from .._support.yaml import SWITCHES, guess_value

if TYPE_CHECKING:
    from .._project import Option

    TextType = click.ParamType[str]
    SeedType = click.ParamType[bool | int]
    ChoiceType = click.Choice[str]
else:
    # Older releases of click know no type arguments here.
    TextType = SeedType = click.ParamType
    ChoiceType = click.Choice

_INTEGER = re.compile(r"[-+]?\d+")


class Worklist(TextType):
    """A file that is there, or a URL, where it is looked for later."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse a path that leads to no file."""
        text = str(value)
        if "://" not in text and not os.path.isfile(os.path.expanduser(text)):
            self.fail(f"File {text!r} does not exist.", param, ctx)
        return text


class Words(TextType):
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


class Whole(TextType):
    """A text; a variable of the environment holds one, blanks included."""

    name = "sql"

    def split_envvar_value(self, rv: str) -> Sequence[str]:
        """Take the value of an environment variable as it is."""
        return [rv] if rv.strip() else []


class OpenChoice(ChoiceType):
    """A choice to which other packages add; they are only looked for where it is none of ours.

    Args:
        option: The option whose value it is.
    """

    def __init__(self, option: Option) -> None:
        super().__init__(option.choices)
        self._option = option

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Refuse what is none of them."""
        added = () if value in self.choices else self._option.added()
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


def pairs(items: Sequence[str], option: str) -> dict[str, Any]:
    """Read `key=value` texts; dashes in keys become underscores, values are YAML, a comma makes a list.

    Args:
        items: The texts.
        option: The option they were given to, for messages.

    Raises:
        click.UsageError: A text has no key or no "=".
    """
    return {key: guess_value(text) for key, text in texts(items, option).items()}


def texts(items: Sequence[str], option: str) -> dict[str, ArgumentText]:
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


def names(text: str | None) -> list[str] | None:
    """Split a list of names at its commas; None stays None."""
    if text is None:
        return None
    return [name for part in text.split(",") if (name := part.strip())]
