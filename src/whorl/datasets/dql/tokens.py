"""Cut the text form into words, each with the column where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

from whorl.datasets.dql.fields import fail, shorten

MAX_LENGTH = 10_000
OPERATORS = ("<=", ">=", ":", "=", "<", ">", "~")
_ENDS_FIELD = set(' \t\r\n:=<>~|()"')
_ENDS_VALUE = set(' \t\r\n|()"')


@dataclass(frozen=True, slots=True)
class Value:
    """A written value; a quoted one is text whatever it looks like."""

    text: str
    is_quoted: bool
    column: int


@dataclass(frozen=True, slots=True)
class Term:
    """``field operator value|value``, or a lone word when ``field`` is empty; ``column`` counts from 1."""

    field: str
    operator: str
    values: tuple[Value, ...]
    column: int
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Terms in parentheses."""

    terms: tuple[Term | Group, ...]
    column: int
    is_negated: bool = False


def refuse(message: str, column: int, *, hint: str = "") -> NoReturn:
    """Raise a ``QueryError`` that names the column, counted from 1."""
    fail(message, f"column {column}", hint=hint)


class Reader:
    """Reads terms from left to right."""

    def __init__(self, text: str, *, max_depth: int) -> None:
        if len(text) > MAX_LENGTH:
            refuse(f"a query of {len(text)} characters; at most {MAX_LENGTH}", MAX_LENGTH)
        self._text = text
        self._at = 0
        self._max_depth = max_depth

    def terms(self, *, depth: int = 0) -> tuple[Term | Group, ...]:
        """All terms up to the end, or up to the parenthesis that closes this group."""
        if depth > self._max_depth:
            refuse(f"nested more than {self._max_depth} deep", self._at)
        found: list[Term | Group] = []
        while True:
            self._skip_space()
            if self._at == len(self._text):
                if depth:
                    refuse("a parenthesis is never closed", self._at + 1)
                return tuple(found)
            if self._text[self._at] == ")":
                if not depth:
                    refuse(
                        "a parenthesis closes nothing", self._at + 1, hint='Put text with parentheses in quotes: "(".'
                    )
                return tuple(found)
            found.append(self._one(depth))

    def _one(self, depth: int) -> Term | Group:
        column = self._at + 1
        is_negated = self._take("-")
        if self._take("("):
            terms = self.terms(depth=depth + 1)
            self._at += 1
            return Group(terms, column, is_negated)
        return self._term(column, is_negated=is_negated)

    def _term(self, column: int, *, is_negated: bool) -> Term:
        start = self._at
        field = self._field()
        operator = next((one for one in OPERATORS if self._text.startswith(one, self._at)), "")
        if not operator or not field:
            self._at = start
            word = self._value()
            return Term("", "", (word,), column, is_negated)
        self._at += len(operator)
        values = [self._value()]
        while self._take("|"):
            values.append(self._value())
        return Term(field, operator, tuple(values), column, is_negated)

    def _field(self) -> str:
        """The raw name, quotes kept: they part its keys."""
        start = self._at
        while self._at < len(self._text):
            if self._text[self._at] == '"':
                end = self._text.find('"', self._at + 1)
                if end < 0:
                    break
                self._at = end + 1
            elif self._text[self._at] in _ENDS_FIELD:
                break
            else:
                self._at += 1
        return self._text[start : self._at]

    def _value(self) -> Value:
        column = self._at + 1
        if self._take('"'):
            return Value(self._quoted(column), is_quoted=True, column=column)
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _ENDS_VALUE:
            self._at += 1
        if start == self._at:
            found = self._text[start : start + 1]
            refuse(f"a value is missing{f' before {shorten(found)}' if found.strip() else ''}", column)
        return Value(self._text[start : self._at], is_quoted=False, column=column)

    def _quoted(self, column: int) -> str:
        found: list[str] = []
        while self._at < len(self._text):
            character = self._text[self._at]
            self._at += 1
            if character == '"':
                return "".join(found)
            if character == "\\" and self._at < len(self._text):
                character = self._text[self._at]
                self._at += 1
            found.append(character)
        refuse("a quote is never closed", column)

    def _take(self, wanted: str) -> bool:
        if not self._text.startswith(wanted, self._at):
            return False
        self._at += len(wanted)
        return True

    def _skip_space(self) -> None:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
