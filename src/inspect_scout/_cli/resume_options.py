"""The options of `scout scan resume` about models: what was not recorded, and how models are reached.

They have no variables: what a scan has recorded is not changed by an environment that was set for another one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from .options import SectionOption
from .values import Words


def _option(name: str, *names: str, **settings: Any) -> Callable[[Any], Any]:
    return click.option(name, *names, cls=SectionOption, section="Model options", **settings)


OPTIONS = (
    _option("--model", metavar="NAME", help="Model for a scan that was made without one, as provider/name."),
    _option("--model-base-url", metavar="URL", help="Where the model is served now."),
    _option(
        *("-M", "model_args"),
        multiple=True,
        type=Words(),
        metavar="K=V",
        help="Argument for the provider of the model: its key, or how it is reached; can be repeated.",
    ),
    _option("--model-config", metavar="FILE", help="YAML or JSON file of arguments; those of -M go before them."),
    _option(
        "--model-role",
        multiple=True,
        type=Words(),
        metavar="ROLE=MODEL",
        help="Model with a role that was not recorded, or '{model: NAME, max_connections: 3}' for one that was; can be"
        " repeated.",
    ),
    _option("--max-connections", type=click.IntRange(min=1), metavar="N", help="Model calls at once."),
    _option("--max-retries", type=click.IntRange(min=0), metavar="N", help="Retries of a model call."),
    _option("--timeout", type=click.IntRange(min=1), metavar="S", help="Seconds for a model call with its retries."),
    _option(
        "--attempt-timeout", type=click.IntRange(min=1), metavar="S", help="Seconds for one attempt at a model call."
    ),
)


def resume_options(function: Any) -> Any:
    """Add the options."""
    for decorator in reversed(OPTIONS):
        function = decorator(function)
    return function
