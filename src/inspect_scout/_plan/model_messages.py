"""What is said of models that a scan does not have."""

from __future__ import annotations

from collections.abc import Sequence

_NEW = (
    "Nothing was created. Name one with --model provider/name, 'model' in scout.yaml, the variable SCOUT_SCAN_MODEL, or "
    "scan(..., model='provider/name') in Python."
)
_AGAIN = (
    "Nothing was scanned. Name one with scout scan resume SCAN --model provider/name, or "
    "scan_resume(..., model='provider/name') in Python."
)


def no_model_message(scanners: Sequence[str], again: bool = False) -> str:
    """Say that scanners call a model, and there is none.

    Args:
        scanners: Their names.
        again: Whether an earlier scan goes on.
    """
    return f"No model specified: {_callers(scanners)} a model, and this scan has none. {_AGAIN if again else _NEW}"


def no_role_message(scanners: Sequence[str], role: str, default: bool, again: bool = False) -> str:
    """Say that scanners call a model with a role, and there is none.

    Args:
        scanners: Their names.
        role: The role.
        default: Whether there is a default model.
        again: Whether an earlier scan goes on.
    """
    return (
        f"No model specified: {_callers(scanners)} the model with the role {role!r}, and this scan has none with that role"
        f"{'' if default else ', nor any other'}. Nothing was {'scanned' if again else 'created'}. Name one with "
        f"model_roles={{{role!r}: 'provider/name'}} or --model-role {role}=provider/name"
        f"{'.' if default else ', or one for all with model= or --model.'}"
    )


def _callers(scanners: Sequence[str]) -> str:
    names = ", ".join(map(repr, scanners))
    return f"scanner {names} calls" if len(scanners) == 1 else f"scanners {names} call"
