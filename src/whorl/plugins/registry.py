"""One typed registry per kind of plugin, read from installed packages."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar

from typing_extensions import TypeIs

from whorl.base.errors import Conflict, InvalidInput, MissingDependency

T = TypeVar("T")


def installed_entry_points(group: str) -> Iterable[EntryPoint]:
    """Every entry point that installed packages declare for a group."""
    return entry_points(group=group)


@dataclass(frozen=True, slots=True)
class PluginGroup(Generic[T]):
    """All plugins of one kind, by name.

    Args:
        group: Name of the entry-point group, such as ``whorl.formats``.
        noun: What one plugin is called in messages, such as ``format``.
        check: Tells whether a loaded object is such a plugin.
        built_in: Plugins of Whorl itself that are not declared by a package.
        find: Gives the entry points of a group; replaced in tests.
    """

    group: str
    noun: str
    check: Callable[[object], TypeIs[T]]
    built_in: Mapping[str, T] = field(default_factory=dict)
    find: Callable[[str], Iterable[EntryPoint]] = installed_entry_points

    def names(self) -> list[str]:
        """Every known name, sorted.

        Raises:
            Conflict: Two packages claim one name.
        """
        return sorted({*self.built_in, *self._declared()})

    def declared_names(self) -> list[str]:
        """The names that installed packages declare, sorted; two of one name are found out by ``get``."""
        return sorted({entry.name for entry in self.find(self.group)})

    def get(self, name: str) -> T:
        """Load the plugin with a name.

        Raises:
            InvalidInput: There is none, or the object is not such a plugin.
            Conflict: Two packages claim one name.
            MissingDependency: Its package lacks something it imports.
        """
        declared = self._declared()
        if name in self.built_in:
            return self.built_in[name]
        if name not in declared:
            raise InvalidInput(f"no {self.noun} is called {name!r}", hint=self._suggest(name))
        return self._load(declared[name])

    def _load(self, entry: EntryPoint) -> T:
        try:
            loaded: object = entry.load()
        except ImportError as error:
            raise MissingDependency(
                f"the {self.noun} {entry.name!r} ({_origin(entry)}) cannot be imported: {error}",
                hint="Install what its package needs, or remove the package.",
            ) from error
        except AttributeError as error:
            raise InvalidInput(
                f"the {self.noun} {entry.name!r} ({_origin(entry)}) names an object that does not exist: {entry.value}",
                hint="Correct the entry point in the package's pyproject.toml.",
            ) from error
        if not self.check(loaded):
            raise InvalidInput(
                f"{entry.value} ({_origin(entry)}) is not a {self.noun}: it is a {type(loaded).__qualname__}",
                hint=f"The contract check for a {self.noun} in whorl.testing says what is missing.",
            )
        return loaded

    def _declared(self) -> dict[str, EntryPoint]:
        found: dict[str, EntryPoint] = {}
        for entry in self.find(self.group):
            other = found.setdefault(entry.name, entry)
            if other.value != entry.value or entry.name in self.built_in:
                first = "Whorl" if entry.name in self.built_in else _origin(other)
                raise Conflict(
                    f"two {self.noun}s are called {entry.name!r}: one of {first}, one of {_origin(entry)}",
                    hint="Uninstall one of the packages, or give one entry point another name.",
                )
        return found

    def _suggest(self, name: str) -> str:
        known = self.names()
        near = difflib.get_close_matches(name, known, n=1)
        listed = ", ".join(known) or "none is installed"
        return f"Did you mean {near[0]!r}? Known: {listed}." if near else f"Known: {listed}."


def _origin(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist is not None else entry.value.partition(":")[0]
