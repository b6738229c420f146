"""Why a condition written as SQL text was refused."""

from __future__ import annotations

from .._support.errors import ConfigError


class ConditionSQLError(ConfigError):
    """A condition written as SQL cannot be used."""


class ConditionSQLSyntaxError(ConditionSQLError):
    """The text is no condition.

    Args:
        message: What was refused and what to do next.
        sql: The whole text.
        detail: What is wrong with it, in short.
    """

    def __init__(self, message: str, sql: str, detail: str = "") -> None:
        self.message, self.sql, self.detail = message, sql, detail
        super().__init__(f"{message} (in the condition {_shortened(sql)!r})")

    def __reduce__(self) -> tuple[type[ConditionSQLSyntaxError], tuple[str, str, str]]:
        return type(self), (self.message, self.sql, self.detail)


class ConditionSQLUnsupportedError(ConditionSQLError):
    """The text is SQL, but more than a condition on columns.

    Args:
        message: What was refused and what to do next.
        sql: The whole text.
        construct: Name of the construct that conditions do not have.
    """

    def __init__(self, message: str, sql: str, construct: str = "") -> None:
        self.message, self.sql, self.construct = message, sql, construct
        super().__init__(f"{message} (in the condition {_shortened(sql)!r})")

    def __reduce__(self) -> tuple[type[ConditionSQLUnsupportedError], tuple[str, str, str]]:
        return type(self), (self.message, self.sql, self.construct)


def _shortened(sql: str, limit: int = 200) -> str:
    return sql if len(sql) <= limit else sql[:limit] + "..."
