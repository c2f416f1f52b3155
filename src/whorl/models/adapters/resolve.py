"""Find a model by its text form: ``builtin:linear``, ``package.module:Object``, or a model folder."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path

from whorl.base.errors import MissingDependency, ModelError
from whorl.models.adapters.contract import Adapter

BUILTINS = {
    "builtin:linear": "whorl.models.builtin.linear:LinearModel",
    "builtin:tinydet": "whorl.models.builtin.tinydet:TinyDet",
}


def resolve_adapter(spec: str) -> Adapter:
    """A fresh, unloaded model; a folder's model comes loaded.

    Args:
        spec: ``builtin:NAME``, ``package.module:Object`` (a class is instantiated without arguments, an
            object or function is used as it is), or the path of a folder with ``model.yaml``.

    Raises:
        ModelError: Nothing is found under that name; the message lists what is allowed.
    """
    if spec in BUILTINS:
        return Adapter(spec, _instantiate(_import(BUILTINS[spec], spec), spec))
    folder = Path(spec)
    if (folder / "model.yaml").is_file():
        from whorl.models.folder import load_model

        return load_model(folder).adapter
    if spec.startswith("builtin:") or ":" not in spec:
        raise ModelError(
            f"no model {spec!r}",
            hint=f"Use {', '.join(BUILTINS)}, package.module:Object, or a folder with model.yaml.",
        )
    return Adapter(spec, _instantiate(_import(spec, spec), spec))


def _import(path: str, spec: str) -> object:
    module_name, _, attribute = path.partition(":")
    try:
        found: object = importlib.import_module(module_name)
        for part in attribute.split("."):
            found = getattr(found, part)
    except ModuleNotFoundError as error:
        if error.name is not None and not module_name.startswith(error.name):
            raise MissingDependency(
                f"{spec} needs the package {error.name}", hint=f"pip install {error.name}"
            ) from error
        raise ModelError(
            f"{spec}: no module {module_name!r}", hint="Install the package, or correct the name."
        ) from error
    except AttributeError as error:
        raise ModelError(f"{spec}: {module_name} has no {attribute!r}", hint="Correct the name.") from error
    except Exception as error:
        raise ModelError(
            f"{spec}: importing {module_name} raised {type(error).__name__}: {error}", hint="Correct the module."
        ) from error
    return found


def _instantiate(found: object, spec: str) -> object:
    if not inspect.isclass(found):
        return found
    try:
        return found()
    except Exception as error:
        raise ModelError(
            f"{spec}() raised {type(error).__name__}: {error}",
            hint="The class must be constructible without arguments; give it its files in load().",
        ) from error
