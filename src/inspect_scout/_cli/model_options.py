"""The options of `scout scan FILE` about models, and what they make."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, cast

import click

from .options import scan_option
from .values import Words, pairs

if TYPE_CHECKING:
    from inspect_ai.model import BatchConfig, CachePolicy, GenerateConfig, ModelConfig

    from .._plan import ModelRole

MODEL, GENERATION = "Model options", "Generation options"
DEFAULT_CACHE = "7D"
DEFAULT_BATCH = 100

_COUNT = click.IntRange(min=1)
_POSITIVE = click.IntRange(min=0)
_OFF = frozenset({"false", "no", "off", "0"})
_ON = frozenset({"true", "yes", "on"})
# Options that go into the generation options as they are.
_GENERATION = (
    *("max_connections", "max_retries", "timeout", "attempt_timeout", "max_tokens", "temperature", "top_p", "top_k"),
    *("reasoning_effort", "reasoning_tokens", "reasoning_summary", "reasoning_history"),
)

OPTIONS = (
    scan_option(
        MODEL,
        "--model",
        metavar="NAME",
        help="Model that scanners call, as provider/name. Scanners that call none need none.",
    ),
    scan_option(MODEL, "--model-base-url", metavar="URL", help="Where the model is served."),
    scan_option(
        MODEL,
        "-M",
        "model_args",
        env="MODEL_ARGS",
        multiple=True,
        type=Words(),
        metavar="K=V",
        help="Argument for the provider of the model; can be repeated.",
    ),
    scan_option(
        MODEL, "--model-config", metavar="FILE", help="YAML or JSON file of arguments; those of -M go before them."
    ),
    scan_option(
        MODEL,
        "--model-role",
        multiple=True,
        type=Words(),
        metavar="ROLE=MODEL",
        help="Model with a role: a name, several names separated by commas, or"
        " '{model: NAME, model_args: {...}, max_connections: 3}'; can be repeated.",
    ),
    scan_option(
        MODEL,
        "--max-connections",
        type=_COUNT,
        metavar="N",
        help="Model calls at once. Default: --max-transcripts if given, else as many as the provider takes.",
    ),
    scan_option(
        MODEL,
        "--max-retries",
        type=_POSITIVE,
        metavar="N",
        help="How often a model call is sent again; N + 1 requests at most. Default: no limit.",
    ),
    scan_option(
        MODEL,
        "--timeout",
        type=_COUNT,
        metavar="S",
        help="Seconds for a model call with its retries; ends it also while it is under way. Default: no limit.",
    ),
    scan_option(
        MODEL,
        "--attempt-timeout",
        type=_COUNT,
        metavar="S",
        help="Seconds for one attempt at a model call, which is then sent again. Default: what is left of --timeout.",
    ),
    scan_option(
        MODEL,
        "--cache",
        metavar="[DAYS|DURATION|FILE]",
        help="Keep answers of models: for 7 days, for N days, for a duration (12h, 3D, 1M), or as a YAML or JSON file"
        " or text says.",
    ),
    scan_option(
        MODEL,
        "--batch",
        metavar="[SIZE|FILE]",
        help="Use the provider's batch API: 100 calls in a batch, N, or as a YAML or JSON file or text says.",
    ),
    scan_option(GENERATION, "--max-tokens", type=_COUNT, metavar="N", help="Tokens of an answer at most."),
    scan_option(GENERATION, "--temperature", type=click.FLOAT, metavar="X", help="Sampling temperature."),
    scan_option(GENERATION, "--top-p", type=click.FLOAT, metavar="X", help="Sample among tokens of this share."),
    scan_option(GENERATION, "--top-k", type=click.INT, metavar="N", help="Sample among the N most likely tokens."),
    scan_option(
        GENERATION,
        "--reasoning-effort",
        type=click.Choice(["none", "minimal", "low", "medium", "high", "xhigh", "max"]),
        help="How much the model reasons.",
    ),
    scan_option(GENERATION, "--reasoning-tokens", type=click.INT, metavar="N", help="Tokens of reasoning at most."),
    scan_option(
        GENERATION,
        "--reasoning-summary",
        type=click.Choice(["none", "concise", "detailed", "auto"]),
        help="Summary of the reasoning.",
    ),
    scan_option(
        GENERATION,
        "--reasoning-history",
        type=click.Choice(["none", "all", "last", "auto"]),
        help="Reasoning that is sent back to the model.",
    ),
    scan_option(
        GENERATION, "--response-schema", metavar="JSON", help="Shape of the answers: {name: ..., json_schema: {...}}."
    ),
)


def model_fields(options: Mapping[str, Any]) -> dict[str, Any]:
    """Make the fields that are about models, by their names in project files; what was not given is left out.

    Args:
        options: Options of the command line, or of the environment.

    Raises:
        click.UsageError: A value is not of the form that it should have.
    """
    given: dict[str, Any] = {}
    if args := _model_args(options):
        given["model_args"] = args
    if roles := _roles(options.get("model_role", ())):
        given["model_roles"] = roles
    if config := _config(options):
        given["generate_config"] = config
    return given


def _model_args(options: Mapping[str, Any]) -> dict[str, Any]:
    typed = pairs(options.get("model_args", ()), "-M")
    file = options.get("model_config")
    if not file:
        return typed
    from .._plan import read_model_args

    return {**read_model_args(file), **typed}


def _roles(items: Sequence[str]) -> dict[str, ModelRole | list[ModelRole]]:
    roles: dict[str, ModelRole | list[ModelRole]] = {}
    for item in items:
        role, equals, value = item.partition("=")
        role, value = role.strip(), value.strip()
        if not equals or not role or not value:
            raise click.UsageError(f"--model-role {item!r} is not of the form role=model.")
        if value.startswith("{"):
            roles[role] = _described(item, value)
            continue
        names = [name.strip() for name in value.split(",") if name.strip()]
        if not names:
            raise click.UsageError(f"--model-role {item!r} names no model.")
        roles[role] = names[0] if len(names) == 1 else list(names)
    return roles


def _described(item: str, text: str) -> ModelConfig:
    from .._plan import described_role
    from .._support.errors import ConfigError

    try:
        return described_role(_mapping(text, f"--model-role {item!r}"), f"--model-role {item!r}")
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _config(options: Mapping[str, Any]) -> GenerateConfig | None:
    given = {name: options[name] for name in _GENERATION if options.get(name) is not None}
    cache, batch, schema = options.get("cache"), options.get("batch"), options.get("response_schema")
    if not given and cache is None and batch is None and schema is None:
        return None
    from inspect_ai.model import GenerateConfig, ResponseSchema
    from pydantic import ValidationError

    if cache is not None:
        given["cache"] = _cache(cache)
    if batch is not None:
        given["batch"] = _batch(batch)
    try:
        if schema is not None:
            given["response_schema"] = ResponseSchema.model_validate_json(schema)
        return GenerateConfig(**given)
    except ValidationError as error:
        option = "--response-schema" if schema is not None else "Generation options"
        raise click.UsageError(f"{option}: {_reason(error)}") from error


def _cache(text: str) -> CachePolicy | Literal[False]:
    from inspect_ai.model import CachePolicy

    if text.lower() in _OFF:
        return False
    if text.lower() in _ON:
        return CachePolicy(expiry=DEFAULT_CACHE)
    if text.isdigit():
        return CachePolicy(expiry=f"{text}D")
    if re.fullmatch(r"\d+[smhDWMYdwy]", text):
        # Letters are those of inspect_ai: m are minutes, M months; the others exist in one size only.
        return CachePolicy(expiry=text[:-1] + (text[-1].upper() if text[-1] in "dwy" else text[-1]))
    return cast("CachePolicy", _settings(text, "--cache", CachePolicy))


def _batch(text: str) -> int | BatchConfig | Literal[False]:
    from inspect_ai.model import BatchConfig

    if text.lower() in _OFF:
        return False
    if text.lower() in _ON:
        return DEFAULT_BATCH
    if text.isdigit():
        return int(text)
    return cast("BatchConfig", _settings(text, "--batch", BatchConfig))


def _settings(text: str, option: str, model: Any) -> Any:
    """Read settings written in a file or in the option itself."""
    from pydantic import ValidationError

    if text.lstrip().startswith("{"):
        fields = _mapping(text, f"{option} {text!r}")
    elif text.lower().endswith((".yaml", ".yml", ".json")):
        fields = _mapping(_text(text, option), f"{option} {text!r}")
    else:
        raise click.UsageError(f"{option} {text!r} is neither a number, nor true or false, nor a YAML or JSON file.")
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise click.UsageError(f"{option} {text!r}: {_reason(error)}") from error


def _text(file: str, option: str) -> str:
    from .._support.errors import ScoutError
    from .._support.text import read_text

    try:
        return read_text(file)
    except ScoutError as error:
        raise click.UsageError(f"{option}: {error}") from error


def _mapping(text: str, what: str) -> dict[str, Any]:
    from .._plan import mapping_of
    from .._support.errors import ConfigError

    try:
        return mapping_of(text, what)
    except ConfigError as error:
        raise click.UsageError(str(error)) from error


def _reason(error: Any) -> str:
    """Say the first thing that is wrong, in one line."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else str(first["msg"])
