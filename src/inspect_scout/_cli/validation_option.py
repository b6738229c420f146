"""The option `-V`: labelled cases, for the only scanner or by scanner."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .._validation import CasesFile

FORM = "[SCANNER:]FILE[:PREDICATE]"
# The file is recognised by its ending, so that paths and URLs may hold colons.
_SPEC = re.compile(
    r"(?:(?P<scanner>[A-Za-z_][\w-]*):)?(?P<file>.+\.(?:csv|jsonl?|ya?ml))(?::(?P<predicate>[\w./-]+))?", re.IGNORECASE
)
_PREDICATE = re.compile(r"(?P<file>.+\.(?:csv|jsonl?|ya?ml)):(?P<predicate>[\w./-]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ValidationSpec:
    """What one `-V` says.

    Args:
        scanner: Name of the scanner (None: the only one).
        file: File of cases.
        predicate: Name of a predicate (None: eq).
    """

    scanner: str | None
    file: str
    predicate: str | None


def parse_spec(text: str) -> ValidationSpec:
    """Read one `-V`.

    Raises:
        click.UsageError: It is not of the form that it should have.
    """
    if os.path.isfile(text):
        return ValidationSpec(None, text, None)
    with_predicate = _PREDICATE.fullmatch(text)
    if with_predicate is not None and os.path.isfile(with_predicate["file"]):
        return ValidationSpec(None, with_predicate["file"], with_predicate["predicate"])
    found = _SPEC.fullmatch(text)
    if found is None:
        raise click.UsageError(
            f"-V {text!r} is not of the form {FORM}, with a file that ends in .csv, .json, .jsonl, .yaml or .yml."
        )
    scanner, file = found["scanner"], found["file"]
    if scanner is not None and (file.startswith("//") or (len(scanner) == 1 and file.startswith("\\"))):
        scanner, file = None, f"{scanner}:{file}"  # the scheme of a URL, or a drive
    return ValidationSpec(scanner, file, found["predicate"])


def validation_of(texts: Sequence[str]) -> CasesFile | dict[str, CasesFile] | None:
    """Make what a request takes of all `-V`.

    Raises:
        click.UsageError: One is malformed, or they do not go together.
    """
    if not texts:
        return None
    from .._validation import CasesFile

    specs = [parse_spec(text) for text in texts]
    unnamed = [spec for spec in specs if spec.scanner is None]
    if unnamed and len(specs) > 1:
        raise click.UsageError(
            f"-V {unnamed[0].file!r} does not say which scanner it is for; with several, write -V SCANNER:FILE for each."
        )
    if unnamed:
        return CasesFile(unnamed[0].file, unnamed[0].predicate)
    by_scanner: dict[str, CasesFile] = {}
    for spec in specs:
        if spec.scanner in by_scanner:
            raise click.UsageError(f"-V names the scanner {spec.scanner!r} twice; put its cases into one file.")
        by_scanner[str(spec.scanner)] = CasesFile(spec.file, spec.predicate)
    return by_scanner
