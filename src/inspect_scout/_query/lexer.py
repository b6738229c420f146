"""Tokens of a condition: columns with their paths, literals, operators."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from .._support.errors import ConfigError
from .column_path import ColumnPath, Key


class ConditionSQLError(ConfigError):
    """A condition written as SQL cannot be used."""


class ConditionSQLSyntaxError(ConditionSQLError):
    """The text is not a condition.

    Args:
        message: What was refused and what to do next.
        sql: The whole text.
        detail: What is wrong with it, briefly.
    """

    def __init__(self, message: str, sql: str, detail: str = "") -> None:
        self.message, self.sql, self.detail = message, sql, detail
        super().__init__(f"{message.removesuffix('.')} (in the condition {_shortened(sql)!r}).")

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
        super().__init__(f"{message.removesuffix('.')} (in the condition {_shortened(sql)!r}).")

    def __reduce__(self) -> tuple[type[ConditionSQLUnsupportedError], tuple[str, str, str]]:
        return type(self), (self.message, self.sql, self.construct)


def _shortened(sql: str, limit: int = 200) -> str:
    return sql if len(sql) <= limit else sql[:limit] + "..."


class TokenKind(StrEnum):
    """Kind of a token."""

    COLUMN = "column"
    TEXT = "text"
    NUMBER = "number"
    COMPARISON = "comparison"
    MARK = "mark"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """A token of a condition.

    Args:
        kind: What it is.
        text: As it is written; for text in quotes, what is between them.
        start: Where it begins.
        end: Where it ends.
        path: The column, for columns.
        quoted: Whether a column begins with a double quote, so that it can be no keyword.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    path: ColumnPath | None = None
    quoted: bool = False

    def keyword(self) -> str:
        """Return the word in upper case if it can be a keyword, else ""."""
        return self.text.upper() if self.kind is TokenKind.COLUMN and not self.quoted else ""

    def is_mark(self, mark: str) -> bool:
        """Tell whether this is the punctuation `mark`."""
        return self.kind is TokenKind.MARK and self.text == mark

    def shown(self) -> str:
        """Describe the token in a message."""
        return "the end" if self.kind is TokenKind.END else repr(self.text)


_SPACE = re.compile(r"\s+")
_TEXT = re.compile(r"'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_COMPARISON = re.compile(r"<=|>=|<>|!=|==|=|<|>")
_UNSUPPORTED = re.compile(r"->>?|\|\||~~?\*?|!~|[-+*/%^&|~?$@#{}:]")
# A hyphen inside a name is part of it: conditions know no subtraction, and keys such as `tool-use` are common.
_NAME = re.compile(r"[^\W\d][\w$]*(?:-[\w$]+)*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_POSITION = re.compile(r"\d+", re.ASCII)
_BRACKET = re.compile(r"""\[\s*(?:(\d+)|'((?:[^']|'')*)'|"((?:[^"]|"")*)")\s*\]""", re.ASCII)


def tokenize(sql: str) -> list[Token]:
    """Cut a condition into tokens, an END token last (raises ConditionSQLError)."""
    found: list[Token] = []
    position = 0
    while True:
        space = _SPACE.match(sql, position)
        position = space.end() if space else position
        token = _token(sql, position)
        found.append(token)
        if token.kind is TokenKind.END:
            return found
        position = token.end


def _token(sql: str, start: int) -> Token:
    if start >= len(sql):
        return Token(TokenKind.END, "", start, start)
    if sql.startswith(("--", "/*"), start):
        raise ConditionSQLSyntaxError(
            "Comments are not allowed in conditions. Leave the comment out.", sql, f"comment at character {start + 1}"
        )
    if text := _TEXT.match(sql, start):
        return Token(TokenKind.TEXT, text[1].replace("''", "'"), start, text.end())
    if number := _NUMBER.match(sql, start):
        return _number(sql, start, number)
    if comparison := _COMPARISON.match(sql, start):
        return Token(TokenKind.COMPARISON, comparison[0], start, comparison.end())
    if sql.startswith("::", start):
        return Token(TokenKind.MARK, "::", start, start + 2)
    if sql[start] in "(),-+[]" and not sql.startswith("->", start):
        return Token(TokenKind.MARK, sql[start], start, start + 1)
    if sql[start] == '"' or _NAME.match(sql, start):
        return _column(sql, start)
    raise _unexpected(sql, start)


def _number(sql: str, start: int, number: re.Match[str]) -> Token:
    if _NAME.match(sql, number.end()):
        raise ConditionSQLSyntaxError(
            f"A name cannot begin with a digit ({sql[start : start + 20]!r}). Put it between double quotes.",
            sql,
            f"name that begins with a digit at character {start + 1}",
        )
    return Token(TokenKind.NUMBER, number[0], start, number.end())


def _unexpected(sql: str, start: int) -> ConditionSQLSyntaxError | ConditionSQLUnsupportedError:
    where = f"at character {start + 1}"
    if sql[start] in "'\"":
        return ConditionSQLSyntaxError(
            f"A quote is not closed ({where}). Double a quote that belongs to the text: 'it''s'.",
            sql,
            f"unterminated quote {where}",
        )
    if sql[start] == ";":
        return ConditionSQLSyntaxError(
            "A condition is one expression; ';' cannot follow. Combine conditions with AND and OR.",
            sql,
            f"';' {where}",
        )
    foreign = _UNSUPPORTED.match(sql, start)
    if foreign:
        hint = (
            "Write values directly into the text."
            if foreign[0] in "?$"
            else "Write paths as a.b or a['b']."
            if foreign[0].startswith("->")
            else "Conditions compare columns with values."
        )
        return ConditionSQLUnsupportedError(f"{foreign[0]!r} {where} is not supported. {hint}", sql, foreign[0])
    return ConditionSQLSyntaxError(
        f"{sql[start]!r} {where} has no meaning in a condition. Put text between single quotes.",
        sql,
        f"unexpected character {where}",
    )


def _column(sql: str, start: int) -> Token:
    quoted = sql[start] == '"'
    base, position = _part(sql, start)
    keys: list[Key] = []
    while position < len(sql):
        if sql[position] == ".":
            index = _POSITION.match(sql, position + 1)
            if index and not _NAME.match(sql, index.end()):
                keys.append(int(index[0]))
                position = index.end()
                continue
            key, position = _part(sql, position + 1)
            keys.append(key)
        elif bracket := _BRACKET.match(sql, position):
            keys.append(_bracketed(bracket))
            position = bracket.end()
        else:
            break
    if "\0" in base or any(isinstance(key, str) and "\0" in key for key in keys):
        raise ConditionSQLSyntaxError("A name cannot hold a NUL character.", sql, "NUL in a name")
    return Token(
        TokenKind.COLUMN, sql[start:position], start, position, ColumnPath(base, tuple(keys)), quoted or bool(keys)
    )


def _part(sql: str, start: int) -> tuple[str, int]:
    quoted = _QUOTED.match(sql, start)
    if quoted:
        return quoted[1].replace('""', '"'), quoted.end()
    name = _NAME.match(sql, start)
    if name:
        return name[0], name.end()
    if start < len(sql) and sql[start] == '"':
        raise _unexpected(sql, start)
    raise ConditionSQLSyntaxError(
        f"A key must follow the dot at character {start}. Put keys with odd characters between double quotes.",
        sql,
        f"no key after '.' at character {start}",
    )


def _bracketed(bracket: re.Match[str]) -> Key:
    if bracket[1] is not None:
        return int(bracket[1])
    return bracket[2].replace("''", "'") if bracket[2] is not None else bracket[3].replace('""', '"')
