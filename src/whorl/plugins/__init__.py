"""Finding what others bring: node types, formats, strategies, adapters, through entry points ``whorl.*``.

Words: a *group* is one kind of plugin, such as ``whorl.formats``; a *name* is how users write it; an *entry point* is
a package's declaration ``name = "package.module:object"``.
Invariants: built-ins come through the same door; two packages that claim one name are an error, never a race;
nothing is imported before it is asked for.
"""

from whorl.plugins.registry import PluginGroup

__all__ = ["PluginGroup"]
