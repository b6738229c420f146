"""SQL text -> condition.

A small grammar of its own rather than a database's parser: nothing but comparisons of columns with values gets
through, errors can say what to write instead, and reading a condition loads no database.
"""

from __future__ import annotations

import operator as ops
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NoReturn, TypeVar

from .._support.errors import ConfigError
from .column_path import ColumnPath
from .condition import Condition, Operator, ScalarValue
from .lexer import ConditionSQLSyntaxError, ConditionSQLUnsupportedError, Token, TokenKind, tokenize
from .literals import CASTS, Cast, as_date, as_number, as_text, as_timestamp, number_literal

_T = TypeVar("_T")
_MAX_DEPTH = 100
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CANONICAL = {"==": "=", "<>": "!="}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": ops.eq,
    "!=": ops.ne,
    "<": ops.lt,
    "<=": ops.le,
    ">": ops.gt,
    ">=": ops.ge,
}
_NEGATIONS = {
    Operator.EQ: Operator.NE,
    Operator.LT: Operator.GE,
    Operator.GT: Operator.LE,
    Operator.IN: Operator.NOT_IN,
    Operator.LIKE: Operator.NOT_LIKE,
    Operator.ILIKE: Operator.NOT_ILIKE,
    Operator.IS_NULL: Operator.IS_NOT_NULL,
    Operator.BETWEEN: Operator.NOT_BETWEEN,
}
_OPPOSITE = _NEGATIONS | {b: a for a, b in _NEGATIONS.items()}
_RESERVED = frozenset("AND OR NOT IN IS BETWEEN LIKE ILIKE SELECT WHERE CASE EXISTS ESCAPE".split())
_CONSTANTS: dict[str, bool | None] = {"TRUE": True, "FALSE": False, "NULL": None}
_TEMPORAL: dict[str, Cast] = {
    "DATE": as_date,
    "TIMESTAMP": as_timestamp,
    "TIMESTAMPTZ": as_timestamp,
    "DATETIME": as_timestamp,
}
_PATH_FUNCTIONS = frozenset(("JSON_EXTRACT", "JSON_EXTRACT_STRING", "JSON_VALUE"))
_DOUBLE_QUOTES = "Text goes between single quotes: 'value', not \"value\"."


def condition_from_sql(sql: str) -> Condition:
    """Read a condition from SQL text.

    Args:
        sql: What could follow WHERE: comparisons of columns with values, combined by AND, OR, NOT and parentheses.

    Raises:
        ConditionSQLSyntaxError: If the text is not a condition.
        ConditionSQLUnsupportedError: If it asks for more (functions, subqueries, arithmetic).

    Example:
        ```python
        condition = condition_from_sql("task_set = 'gaia' AND total_tokens > 1000")
        failed = transcripts_from("logs").where(condition)
        ```
    """
    return _ConditionParser(sql).parse()


@dataclass(frozen=True, slots=True)
class _Operand:
    """A column or a value, and the type that it is cast to."""

    path: ColumnPath | None = None
    value: ScalarValue = None
    cast: Cast | None = None


class _TokenReader:
    """Takes tokens one by one and reports what is wrong with them."""

    def __init__(self, sql: str) -> None:
        self._sql = sql
        self._tokens = tokenize(sql)
        self._at = 0
        self._depth = 0

    def peek(self) -> Token:
        return self._tokens[self._at]

    def peek_ahead(self, count: int) -> Token:
        return self._tokens[min(self._at + count, len(self._tokens) - 1)]

    def advance(self) -> Token:
        token = self.peek()
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def accept_words(self, *words: str) -> bool:
        """Take these words if they come next."""
        if any(self.peek_ahead(i).keyword() != word for i, word in enumerate(words)):
            return False
        self._at += len(words)
        return True

    def accept_mark(self, mark: str) -> bool:
        """Take this mark if it comes next."""
        if not self.peek().is_mark(mark):
            return False
        self.advance()
        return True

    def expect(self, mark: str) -> None:
        if not self.accept_mark(mark):
            raise self.error(f"Expected {mark!r}, found {self.peek().shown()}.")

    def parse_nested(self, read: Callable[[], _T]) -> _T:
        """Read what stands in parentheses."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise self.error(f"Parentheses are nested more than {_MAX_DEPTH} deep.")
        found = read()
        self._depth -= 1
        return found

    def error(self, message: str, token: Token | None = None) -> ConditionSQLSyntaxError:
        token = token or self.peek()
        place = "at end of input" if token.kind is TokenKind.END else f"at or near {token.text!r}"
        return ConditionSQLSyntaxError(message, self._sql, f"syntax error {place}")

    def unsupported(self, message: str, construct: str) -> ConditionSQLUnsupportedError:
        return ConditionSQLUnsupportedError(message, self._sql, construct)


class _OperandParser(_TokenReader):
    """Reads columns and values."""

    def operand(self) -> _Operand:
        if self.accept_mark("("):
            operand = self.parse_nested(self.operand)
            self.expect(")")
        else:
            operand = self._literal() or self._column_or_function()
        while self.accept_mark("::"):
            operand = self._cast(operand, self.advance())
        return operand

    def value(self, cast: Cast | None = None) -> ScalarValue:
        """Read a value to compare a column with."""
        token = self.peek()
        operand = self.operand()
        if operand.path is not None:
            raise ConditionSQLSyntaxError(
                f"Expected a value, found the column {token.text!r}. Columns are compared with values only. "
                + _DOUBLE_QUOTES,
                self._sql,
                f"found column {token.text!r} where a value was expected",
            )
        return self._read_as(cast, operand.value, token) if cast else operand.value

    def refuse_subquery(self) -> None:
        if self.peek().keyword() == "SELECT":
            raise self.unsupported("Subqueries are not supported. List the values: column IN ('a', 'b').", "subquery")

    def _literal(self) -> _Operand | None:
        sign = -1 if self.peek().is_mark("-") else 1
        signed = sign < 0 or self.peek().is_mark("+")
        if signed and self.peek_ahead(1).kind is TokenKind.NUMBER:
            self.advance()
        if self.peek().kind is TokenKind.NUMBER:
            return _Operand(value=sign * number_literal(self.advance().text))
        if self.peek().kind is TokenKind.TEXT:
            return _Operand(value=self.advance().text)
        word = self.peek().keyword()
        if word in _CONSTANTS:
            self.advance()
            return _Operand(value=_CONSTANTS[word])
        if word in _TEMPORAL and self.peek_ahead(1).kind is TokenKind.TEXT:
            self.advance()
            token = self.advance()
            return _Operand(value=self._read_as(_TEMPORAL[word], token.text, token))
        return None

    def _column_or_function(self) -> _Operand:
        token = self.peek()
        word = token.keyword()
        self.refuse_subquery()
        if word in ("CASE", "EXISTS"):
            raise self.unsupported(f"{word} is not supported. Combine conditions with AND, OR and NOT.", word.lower())
        if token.kind is not TokenKind.COLUMN or token.path is None or word in _RESERVED:
            self._refuse_operand(token)
        self.advance()
        if not self.peek().is_mark("("):
            return _Operand(path=token.path)
        if word in ("CAST", "TRY_CAST"):
            return self._cast_call()
        if word in _PATH_FUNCTIONS:
            return self._path_call()
        raise self.unsupported(
            f"Functions are not supported: {token.text}(). Compare the column itself with a value; "
            "for text in any case use ILIKE.",
            token.text.lower(),
        )

    def _refuse_operand(self, token: Token) -> NoReturn:
        if token.keyword() == "WHERE":
            raise self.error("Leave out WHERE: write what follows it.")
        if token.is_mark("-") or token.is_mark("+"):
            raise self.unsupported("Arithmetic is not supported. Compare a column with a value.", token.text)
        raise self.error(f"Expected a column or a value, found {token.shown()}.")

    def _cast_call(self) -> _Operand:
        self.expect("(")
        operand = self.parse_nested(self.operand)
        if not self.accept_words("AS"):
            raise self.error(f"Expected AS and a type, found {self.peek().shown()}.")
        operand = self._cast(operand, self.advance())
        self.expect(")")
        return operand

    def _path_call(self) -> _Operand:
        self.expect("(")
        operand, token = self.operand(), self.peek()
        if operand.path is None or not self.accept_mark(",") or self.peek().kind is not TokenKind.TEXT:
            raise self.error("Expected a column and a path such as '$.key'; a.key says the same.", token)
        text = self.advance().text
        self.expect(")")
        try:
            below = ColumnPath.parse("x" + text[1:] if text.startswith("$") else f"x.{text}")
        except ConfigError:
            raise self.error(
                f"{text!r} is not a path: write '$.key[0]' or, without a function, a.key[0].", token
            ) from None
        return _Operand(path=ColumnPath(operand.path.base, (*operand.path.keys, *below.keys)))

    def _cast(self, operand: _Operand, token: Token) -> _Operand:
        cast = CASTS.get(token.keyword().lower())
        if cast is None:
            raise self.unsupported(
                f"Casts to {token.text!r} are not supported; types are {', '.join(sorted(CASTS)[:8])} and the like. "
                "Values are compared by the type of the value written, so that casts are rarely needed.",
                "cast",
            )
        if self.accept_mark("("):
            # Precision of DECIMAL(10, 2), length of VARCHAR(20): comparisons do not round or cut.
            while self.peek().kind is TokenKind.NUMBER or self.peek().is_mark(","):
                self.advance()
            self.expect(")")
        if operand.path is not None:
            return replace(operand, cast=cast)
        return _Operand(value=self._read_as(cast, operand.value, token))

    def _read_as(self, cast: Cast, value: ScalarValue, token: Token) -> ScalarValue:
        try:
            return cast(value)
        except (ValueError, OverflowError) as error:
            raise self.error(f"{value!r} cannot be read as asked: {error}.", token) from error


class _ConditionParser(_OperandParser):
    """Reads conditions."""

    def parse(self) -> Condition:
        if self.peek().kind is TokenKind.END:
            raise self.error("The condition is empty. Write something like: model = 'name'.")
        condition = self._disjunction()
        if self.peek().kind is not TokenKind.END:
            self._refuse_rest()
        return condition

    def _refuse_rest(self) -> NoReturn:
        word = self.peek().keyword()
        if word == "ESCAPE":
            raise self.unsupported("LIKE ... ESCAPE is not supported. Use `_` for any one character.", "like_escape")
        if word in ("GLOB", "SIMILAR", "REGEXP", "RLIKE", "MATCH", "COLLATE", "AT"):
            raise self.unsupported(f"{word} is not supported. Use LIKE or ILIKE.", word.lower())
        if word in ("ORDER", "LIMIT", "GROUP", "OFFSET", "HAVING", "UNION"):
            raise self.unsupported(
                f"{word} is not part of a condition. Give order and limit apart from it.", word.lower()
            )
        if self.peek().is_mark("-") or self.peek().is_mark("+"):
            raise self.unsupported("Arithmetic is not supported. Compare a column with a value.", self.peek().text)
        raise self.error(
            f"{self.peek().shown()} cannot follow here. Combine conditions with AND and OR. {_DOUBLE_QUOTES}"
        )

    def _disjunction(self) -> Condition:
        condition = self._conjunction()
        while self.accept_words("OR"):
            condition = condition | self._conjunction()
        return condition

    def _conjunction(self) -> Condition:
        condition = self._negation()
        while self.accept_words("AND"):
            condition = condition & self._negation()
        return condition

    def _negation(self) -> Condition:
        negations = 0
        while self.accept_words("NOT"):
            negations += 1
        grouped = self.peek().is_mark("(")
        condition = self._predicate()
        if negations % 2 == 0:
            return condition
        # Before a plain predicate NOT turns its operator round; before parentheses it stays as it was written.
        return ~condition if grouped else _negated(condition)

    def _predicate(self) -> Condition:
        if not self.peek().is_mark("(") or self._operand_in_parentheses():
            return self._test(self.peek(), self.operand())
        self.advance()
        self.refuse_subquery()
        condition = self.parse_nested(self._disjunction)
        self.expect(")")
        return condition

    def _operand_in_parentheses(self) -> bool:
        """Tell `(a) = 1` from `(a = 1)`: whether the parentheses hold one operand only, which is then compared."""
        opened = 0
        while self.peek_ahead(opened).is_mark("("):
            opened += 1
        if not all(self.peek_ahead(opened + 1 + i).is_mark(")") for i in range(opened)):
            return False
        after = self.peek_ahead(2 * opened + 1)
        words = ("IS", "IN", "NOT", "LIKE", "ILIKE", "BETWEEN")
        return after.kind is TokenKind.COMPARISON or after.is_mark("::") or after.keyword() in words

    def _test(self, start: Token, operand: _Operand) -> Condition:
        if self.peek().kind is TokenKind.COMPARISON:
            return self._comparison(operand)
        if operand.path is None:
            if isinstance(operand.value, bool):
                return _constant(operand.value)
            raise self.error(f"{start.shown()} is not a condition; it must be compared with a column.", start)
        left = str(operand.path)
        if self.accept_words("IS"):
            return self._is(left, operand.cast)
        negated = self.accept_words("NOT")
        test = self._list_or_range(left, operand.cast) or self._pattern(left)
        if test is not None:
            return _negated(test) if negated else test
        if negated:
            raise self.error(f"Expected IN, LIKE, ILIKE or BETWEEN after NOT, found {self.peek().shown()}.")
        return Condition(left=left, operator=Operator.EQ, right=True)

    def _comparison(self, operand: _Operand) -> Condition:
        token = self.advance()
        sign = _CANONICAL.get(token.text, token.text)
        if operand.path is not None:
            return Condition(left=str(operand.path), operator=Operator(sign), right=self.value(operand.cast))
        other = self.operand()
        if other.path is None:
            return _constant(_compare_constants(sign, operand.value, other.value))
        value = self._read_as(other.cast, operand.value, token) if other.cast else operand.value
        return Condition(left=str(other.path), operator=Operator(_MIRRORED.get(sign, sign)), right=value)

    def _is(self, left: str, cast: Cast | None) -> Condition:
        negated = self.accept_words("NOT")
        null = Condition(left=left, operator=Operator.IS_NULL)
        if self.accept_words("DISTINCT", "FROM"):
            negated, value = not negated, self.value(cast)
        elif self.peek().keyword() in _CONSTANTS:
            value = self.value()
        else:
            raise self.error(f"Expected NULL, TRUE, FALSE or DISTINCT FROM after IS, found {self.peek().shown()}.")
        if value is None:
            return _negated(null) if negated else null
        equal = Condition(left=left, operator=Operator.EQ, right=value)
        return _negated(equal) | null if negated else equal & _negated(null)

    def _list_or_range(self, left: str, cast: Cast | None) -> Condition | None:
        if self.accept_words("IN"):
            self.expect("(")
            self.refuse_subquery()
            values: list[ScalarValue] = []
            while not self.peek().is_mark(")"):
                if values:
                    self.expect(",")
                values.append(self.value(cast))
            self.expect(")")
            return Condition(left=left, operator=Operator.IN, right=values)
        if self.accept_words("BETWEEN"):
            low = self.value(cast)
            if not self.accept_words("AND"):
                raise self.error(f"Expected AND and the upper bound, found {self.peek().shown()}.")
            return Condition(left=left, operator=Operator.BETWEEN, right=(low, self.value(cast)))
        return None

    def _pattern(self, left: str) -> Condition | None:
        for word in ("LIKE", "ILIKE"):
            if self.accept_words(word):
                return Condition(left=left, operator=Operator(word), right=self.value(as_text))
        return None


def _negated(condition: Condition) -> Condition:
    if condition.is_compound or not isinstance(condition.operator, Operator):
        return ~condition
    return condition.model_copy(update={"operator": _OPPOSITE[condition.operator]})


def _constant(holds: bool) -> Condition:
    """Hold always or never: a test of no column against no value."""
    return Condition(left=None, operator=Operator.NOT_IN if holds else Operator.IN, right=[])


def _compare_constants(sign: str, left: ScalarValue, right: ScalarValue) -> bool:
    if left is None or right is None:
        return False
    try:
        if isinstance(left, str) != isinstance(right, str):
            left, right = as_number(left), as_number(right)
        return _COMPARE[sign](left, right)
    except (TypeError, ValueError):
        return False
