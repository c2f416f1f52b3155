"""Checks a user's source before anything is saved or run. Nothing of it is executed."""

from __future__ import annotations

import ast
import warnings

FUNCTION = "run"
MOST_CHARACTERS = 64_000


def check_source(source: str) -> str:
    """Give the source back when it can be run.

    Raises:
        ValueError: It is no Python, or defines no ``def run(item)`` at its top level; says what and at which line.
    """
    try:
        with warnings.catch_warnings():
            # Such as an invalid escape in a string: the user's own affair.
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
            compile(source, "<code>", "exec")
    except SyntaxError as error:
        at = f" at line {error.lineno}" if error.lineno else ""
        raise ValueError(f"not Python{at}: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise ValueError(f"not Python: {error or 'nested too deeply'}") from error
    found = [one for one in tree.body if getattr(one, "name", None) == FUNCTION]
    if not found:
        raise ValueError("it defines no function `run`: write `def run(item): ...` at the top level")
    last = found[-1]
    if not isinstance(last, ast.FunctionDef):
        kind = "an async function" if isinstance(last, ast.AsyncFunctionDef) else "a class"
        raise ValueError(f"`run` at line {last.lineno} is {kind}: write `def run(item): ...`")
    positional = [*last.args.posonlyargs, *last.args.args]
    required = len(positional) - len(last.args.defaults)
    required_names = sum(default is None for default in last.args.kw_defaults)
    takes_one = positional or last.args.vararg
    if not takes_one or required > 1 or required_names:
        raise ValueError(f"`run` at line {last.lineno} must take one argument, the item: write `def run(item): ...`")
    return source
