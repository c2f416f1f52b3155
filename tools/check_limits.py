"""Fail when a function or module is longer than limits.toml allows, or an exception is no longer needed."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDERS = ("src", "tests", "tools", "benchmarks", "examples")


@dataclass(frozen=True)
class Exemption:
    """A longer length allowed for one function, or for one module when ``function`` is None."""

    path: str
    function: str | None
    lines: int
    reason: str


@dataclass(frozen=True)
class Limits:
    """Longest function and module, in lines, and what is exempt."""

    function: int
    module: int
    exemptions: tuple[Exemption, ...]


@dataclass(frozen=True)
class Measured:
    """One function or, with ``function`` None, one module, and its length in lines."""

    path: str
    function: str | None
    line: int
    lines: int

    @property
    def name(self) -> str:
        """What to call it in a message."""
        return f"{self.path}:{self.line}" + (f" {self.function}" if self.function else "")


def read_limits(file: Path) -> Limits:
    """Read limits.toml.

    Raises:
        ValueError: An exception lacks its path, lines or reason.
    """
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    exemptions = []
    for entry in content.get("exception", []):
        missing = [key for key in ("path", "lines", "reason") if not entry.get(key)]
        if missing:
            raise ValueError(f"{file.name}: an exception lacks {', '.join(missing)}: {entry}")
        exemptions.append(Exemption(entry["path"], entry.get("function"), entry["lines"], entry["reason"]))
    return Limits(content["function"], content["module"], tuple(exemptions))


def measure_source(path: str, source: str) -> Iterator[Measured]:
    """Give the length of the module and of each function in it, from ``def`` to the last line."""
    yield Measured(path, None, 1, len(source.splitlines()))
    yield from _functions(path, ast.parse(source), "")


def _functions(path: str, node: ast.AST, prefix: str) -> Iterator[Measured]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            name = prefix + child.name
            yield Measured(path, name, child.lineno, (child.end_lineno or child.lineno) - child.lineno + 1)
            yield from _functions(path, child, f"{name}.")
        elif isinstance(child, ast.ClassDef):
            yield from _functions(path, child, f"{prefix}{child.name}.")
        else:
            yield from _functions(path, child, prefix)


def find_problems(measured: list[Measured], limits: Limits) -> list[str]:
    """Say what is too long and which exceptions are no longer needed, in order of path."""
    exempt = {(entry.path, entry.function): entry for entry in limits.exemptions}
    problems = []
    needed = set()
    for part in measured:
        general = limits.function if part.function else limits.module
        if part.lines <= general:
            continue
        entry = exempt.get((part.path, part.function))
        needed.add((part.path, part.function))
        allowed = entry.lines if entry else general
        if part.lines > allowed:
            problems.append(f"{part.name}: {part.lines} lines, allowed {allowed}")
    for key in exempt.keys() - needed:
        name = " ".join(word for word in key if word)
        problems.append(f"limits.toml: the exception for {name} is no longer needed; remove it")
    return sorted(problems)


def main(root: Path) -> int:
    """Check every Python file below ``root``; give the exit status."""
    limits = read_limits(root / "limits.toml")
    files = sorted(file for folder in FOLDERS for file in (root / folder).rglob("*.py"))
    measured = [
        part
        for file in files
        for part in measure_source(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
    ]
    problems = find_problems(measured, limits)
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"size limits: {len(files)} files, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1]))
