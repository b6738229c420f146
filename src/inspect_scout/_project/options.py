"""The table of the options of a scan: each is declared here, once.

Requests, precedence, command line, reading of the environment and the reference page are made of it; where static
typing demands that an option is written out (models of files, `ScanJob`, signatures of `scan`), tests hold that to it.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from typing import Any

from .._support.folder import current_folder
from .locations import DEFAULT_SCANS, LOG_LEVEL_VARIABLE, default_transcripts
from .option import DISPLAY_SECTION, GENERATION, MODEL, SAME_HELP, WHAT, Flag, Option, Place

DEFAULT_MAX_TRANSCRIPTS = 25


def _folder_name() -> str:
    return os.path.basename(current_folder()) or "scan"


def _resume_switch(name: str, help_text: str) -> Option:
    flag = Flag(f"--{name.replace('_', '-')}", variable=None, resume=SAME_HELP, only_resume=True, usual=True)
    return Option(name, "switch", help_text, (flag,), set_in=(), default=False)


_LEVELS = ("debug", "trace", "http", "sandbox", "info", "warning", "error", "critical", "notset")

# Not formatted: with one argument to a line the table would be twice as long as can be looked over.
# fmt: off
OPTIONS: tuple[Option, ...] = (
    Option("name", "text", "Name of the scan. Default: that of the project, else of the working directory.",
        default=_folder_name, argument="scan_name", set_in=("job", "project")),
    Option("transcripts", "locations",
        "Transcripts: a log, a folder of logs, a database or a pattern; can be repeated. Default: those of the job or project, else"
        " ./transcripts, else INSPECT_LOG_DIR, else ./logs.", (Flag("--transcripts -T", section=WHAT, metavar="LOC", usual=True),),
        default=default_transcripts),
    Option("duplicates", "choice",
        "Of samples that are in several logs, scan those of the log modified last, or all. Default: newest.",
        (Flag("--duplicates", section=WHAT),), choices=("newest", "all")),
    Option("filter", "conditions",
        "Only transcripts for which this holds; can be repeated. Conditions of job and project must hold as well.",
        (Flag("--filter -F", section=WHAT, metavar="SQL", usual=True),), merge="join", set_in=("job", "project")),
    Option("limit", "amount", "Scan at most N transcripts.", (Flag("--limit", section=WHAT, usual=True),)),
    Option("shuffle", "seed", "Shuffle the transcripts, always in the same way for the same seed.",
        (Flag("--shuffle", section=WHAT, metavar="[SEED]", usual=True),)),
    Option("worklist", "worklist",
        "YAML or JSON list, on this machine or at a URL, of {scanner, transcripts: [ids]}: what each scanner is to"
        " scan.", (Flag("--worklist", section=WHAT, metavar="FILE"),), merge="join", local="append"),
    Option("scanners", "scanners", "Scanners: a list, or names and scanners.", merge="union", local="scanners"),
    Option("scanner_args", "mapping",
        "Argument for the scanners, or for the scan job, of FILE; read as the annotation of its parameter says.",
        (Flag("-S", parameter="scanner_args", variable="SCOUT_SCAN_ARGS", usual=True),), default={}, set_in=()),
    Option("validation", "cases",
        "Labelled cases to compare results with, as [SCANNER:]FILE[:PREDICATE]; can be repeated, for several scanners.",
        (Flag("--validation -V", metavar="SPEC", usual=True),), merge="union", local="union"),
    Option("scans", "location", "Where scans are kept. Default: that of the project, else ./scans.",
        (Flag("--scans", metavar="LOC", usual=True), Flag("--results", "Deprecated name of --scans.", metavar="LOC", hidden=True)),
        default=DEFAULT_SCANS, everywhere=True),
    Option("tags", "names", "Tags to keep with the scan, besides those of job and project.", (Flag("--tags"),),
        merge="join", local="join"),
    Option("metadata", "mapping", "Metadata to keep with the scan.", (Flag("--metadata"),), merge="union",
        local="union"),
    Option("record_input", "choice",
        "Whether results hold a copy of what was scanned, or say where it is. Default: auto.",
        (Flag("--record-input"),), default="auto", choices=("auto", "copy", "reference")),
    Option("max_transcripts", "count", "Transcripts in work at once. Default: 25, or more where models are called.",
        (Flag("--max-transcripts"),), default=DEFAULT_MAX_TRANSCRIPTS),
    Option("max_processes", "count", "Worker processes; 1: none. Default: as many as are worth starting, up to 4.",
        (Flag("--max-processes"),)),
    Option("executor", "choice",
        "What runs the scan: this process, workers on this machine, or workers on a Ray cluster. Default: this"
        " process, and workers beside it once that is faster.", (Flag("--executor", resume=SAME_HELP),),
        choices=("inline", "processes", "ray"), group="inspect_scout.executors"),
    Option("ray_address", "text", "Address of a Ray cluster. Default: RAY_ADDRESS, else a cluster on this machine.",
        (Flag("--ray-address", metavar="ADDR", resume=SAME_HELP),)),
    _resume_switch("wait", "If another process is at work on the scan, wait for it instead of refusing."),
    _resume_switch("rescan_changed", "Scan again what was recorded when scanners asked something else, or had other code."),
    _resume_switch("accept_changed", "Go on although scanners ask something else than before; rows of both versions stay."),
    Option("scanner_timeout", "seconds",
        "Time that a scanner may take for a transcript; one that takes longer is an error. Default: no limit.",
        (Flag("--scanner-timeout",
            resume="Time that a scanner may take for a transcript. Default: as when the scan was started."),)),
    Option("results_buffer", "integer", "Bring the tables up to date after N records.", (Flag("--results-buffer"),)),
    Option("dry_run", "switch", "Only count what would be scanned.", (Flag("--dry-run", usual=True),), set_in=("argument",),
        default=False),
    Option("fail_on_error", "switch", "Stop at the first scanner that raises.", (Flag("--fail-on-error", resume=SAME_HELP),),
        set_in=("argument",), default=False),
    Option("model", "text", "Model that scanners call, as provider/name. Scanners that call none need none.",
        (Flag("--model", section=MODEL, metavar="NAME",
            resume="Model for a scan that was made without one, as provider/name.", usual=True),), local="model", everywhere=True),
    Option("model_base_url", "text", "Where the model is served.",
        (Flag("--model-base-url", section=MODEL, metavar="URL", resume="Where the model is served now."),),
        merge="of-model", local="model"),
    Option("model_args", "arguments", "Argument for the provider of the model; can be repeated.",
        (
            Flag("-M", section=MODEL, parameter="model_args",
                resume="Argument for the provider of the model: its key, or how it is reached; can be repeated."),
            Flag("--model-config", "YAML or JSON file of arguments; those of -M take precedence.", MODEL, "text", "FILE",
                resume="YAML or JSON file of arguments; those of -M take precedence."),
        ), merge="of-model", local="model"),
    Option("model_roles", "roles",
        "Model with a role: a name, several names separated by commas, or '{model: NAME, model_args: {...},"
        " max_connections: 3}'; can be repeated.",
        (Flag("--model-role", section=MODEL, metavar="ROLE=MODEL",
            resume="Model with a role that was not recorded, or '{model: NAME, max_connections: 3}' for one that"
            " was; can be repeated."),), merge="union", local="model"),
    Option("generate_config", "generation", "Generation options.",
        (
            Flag("--max-connections",
                "Model calls at once. Default: --max-transcripts if given, else as many as the provider takes.", MODEL,
                "count", resume="Model calls at once.", usual=True),
            Flag("--max-retries", "How often a model call is sent again; N + 1 requests at most. Default: no limit.",
                MODEL, "amount", resume="Retries of a model call."),
            Flag("--timeout",
                "Seconds for a model call with its retries; it also ends a call under way. Default: no limit.",
                MODEL, "count", "S", resume="Seconds for a model call with its retries."),
            Flag("--attempt-timeout",
                "Seconds for one attempt at a model call, which is then sent again. Default: what is left of"
                " --timeout.", MODEL, "count", "S", resume="Seconds for one attempt at a model call."),
            Flag("--cache",
                "Keep answers of models: for 7 days, for N days, for a duration (12h, 3D, 1M), or as a YAML or JSON"
                " file or text says.", MODEL, "cache", "[DAYS|DURATION|FILE]"),
            Flag("--batch",
                "Use the provider's batch API: 100 calls in a batch, N, or as a YAML or JSON file or text says.", MODEL,
                "batch", "[SIZE|FILE]"),
            Flag("--max-tokens", "At most N tokens in an answer.", GENERATION, "count"),
            Flag("--temperature", "Sampling temperature.", GENERATION, "number"),
            Flag("--top-p", "Sample from the likeliest tokens that together have this probability.", GENERATION, "number"),
            Flag("--top-k", "Sample from the N likeliest tokens.", GENERATION, "integer"),
            Flag("--reasoning-effort", "How much the model reasons.", GENERATION, "choice",
                choices=("none", "minimal", "low", "medium", "high", "xhigh", "max")),
            Flag("--reasoning-tokens", "At most N tokens of reasoning.", GENERATION, "integer"),
            Flag("--reasoning-summary", "Summary of the reasoning.", GENERATION, "choice",
                choices=("none", "concise", "detailed", "auto")),
            Flag("--reasoning-history", "Reasoning that is sent back to the model.", GENERATION, "choice",
                choices=("none", "all", "last", "auto")),
            Flag("--response-schema", "Shape of the answers: {name: ..., json_schema: {...}}.", GENERATION, "schema",
                "JSON"),
        ), merge="generation", local="model", argument="model_config"),
    Option("display", "choice", "How to show progress and results. Default: rich; in a pipe, plain.",
        (Flag("--display", "", DISPLAY_SECTION, variable="SCOUT_DISPLAY", resume=SAME_HELP, usual=True),), choices=("rich", "plain", "log", "none"), any_case=True, set_in=("argument",),
        everywhere=True),
    Option("log_level", "choice", "Log messages from this level on. Default: that of the project, else warning.",
        (Flag("--log-level", "", DISPLAY_SECTION, variable=LOG_LEVEL_VARIABLE, resume=SAME_HELP),), choices=_LEVELS, any_case=True, everywhere=True),
    Option("trust_content", "switch", "Whether pages that show transcripts may run what is in them (for `scout view`).",
        local="least", set_in=("project",)),
    Option("on_progress", "function", "Function that is told how the scan stands, at most ten times a second.",
        set_in=("argument",)),
)
# fmt: on
"""Every option of a scan, in the order of the help page."""

MERGED_OPTIONS = tuple(option for option in OPTIONS if option.is_merged)
"""Those that several sources may set."""

OPTION_BY_NAME = {option.name: option for option in OPTIONS}


def options_of(place: Place) -> Iterator[Option]:
    """Go over the options that may be set somewhere."""
    return (option for option in OPTIONS if place in option.places)


def start_logging(level: str | None) -> None:
    """Send log messages of a level, and of those above it, to standard error (None: leave logging as it is).

    Raises:
        ConfigError: There is no such level.
    """
    OPTION_BY_NAME["log_level"].check_choice(level)
    if level:
        # Levels of inspect_ai between the standard ones, and the standard level that shows them.
        known = {"trace": "DEBUG", "http": "INFO", "sandbox": "INFO"}.get(level.lower(), level.upper())
        logging.basicConfig()
        logging.getLogger("inspect_scout").setLevel(known)


def describe_options() -> list[dict[str, Any]]:
    """Describe the table as JSON data: for forms and reference pages.

    Each option has its name, argument, kind, help, merge, default (None where it is made when it is needed), default_help,
    choices, variables, everywhere, places, and its flags: names, help, section, kind, metavar, choices, variable, and the
    help on resume.
    """
    return [
        {
            **{name: getattr(option, name) for name in ("name", "kind", "help", "merge", "default_help", "everywhere")},
            "argument": option.field,
            "default": None if callable(option.default) else option.default,
            **{name: list(getattr(option, name)) for name in ("choices", "variables", "places")},
            "flags": [_describe_flag(option, flag) for flag in option.flags if not flag.hidden],
        }
        for option in OPTIONS
    ]


def _describe_flag(option: Option, flag: Flag) -> dict[str, Any]:
    return {
        "names": flag.names.split(),
        "help": flag.help or option.help,
        "section": flag.section,
        "kind": flag.kind or option.kind,
        "metavar": flag.metavar,
        "choices": list(flag.choices or option.choices),
        "variable": flag.variable_name,
        "resume": (flag.help or option.help) if flag.resume == SAME_HELP else flag.resume,
    }
