"""Find a model by its text form: ``builtin:linear``, ``package.module:Object``, ``model.onnx``, ``hf:org/name``."""

from __future__ import annotations

import importlib
import inspect
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from whorl.base.errors import Forbidden, InvalidInput, JsonValue, MissingDependency, ModelError
from whorl.models.adapters.contract import Adapter
from whorl.models.builtin.params import BUILTINS as KNOWN

BUILTINS = {name: builtin.adapter for name, builtin in KNOWN.items()}
PICKLES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".joblib", ".dill", ".h5", ".keras")
FORMS = (
    "builtin:NAME, package.module:Object, a folder with model.yaml, model.onnx, hf:FOLDER_OR_ID, torchvision:NAME, "
    "https://…, or subprocess:/path/to/python package.module:Object"
)
_PLACES = {
    "hf": "whorl.models.adapters.huggingface:HuggingFaceModel",
    "torchvision": "whorl.models.adapters.torchvision_model:TorchvisionModel",
}


def resolve_adapter(
    spec: str, options: Mapping[str, JsonValue] | None = None, *, may_run_any_python: bool = False
) -> Adapter:
    """A fresh model; a folder's model comes loaded, a stranger's open and within its limits.

    Args:
        spec: One of ``FORMS``. A class is made without arguments; an object or function is used as it is.
        options: What the kind of model understands: its labels, how its input is made, its limits.
        may_run_any_python: Whether a subprocess's interpreter may be one that ``WHORL_MODEL_PYTHONS`` does not name.

    Raises:
        ModelError: Nothing is found under that name, or its weights are a pickle; the message lists what is allowed.
        Forbidden: The interpreter may not be run.
    """
    scheme, colon, rest = spec.partition(":")
    if spec in BUILTINS:
        return Adapter(spec, _instantiate(_import(BUILTINS[spec], spec), spec))
    if scheme in ("http", "https"):
        from whorl.models.adapters.http_model import HttpModel

        return Adapter(spec, HttpModel(spec, options or {}))
    if scheme == "subprocess":
        return _open_subprocess(spec, rest, options or {}, may_run_any_python)
    if colon and scheme in _PLACES:
        return open_guarded(spec, _PLACES[scheme], options or {}, {"source": rest, "options": dict(options or {})})
    if Path(spec).suffix.lower() in (".onnx", *PICKLES):
        return _open_file(spec, options or {})
    folder = Path(spec)
    if (folder / "model.yaml").is_file():
        from whorl.models.folder import load_model

        return load_model(folder).adapter
    if spec.startswith("builtin:") or ":" not in spec:
        raise ModelError(f"no model {spec!r}", hint=f"Use {', '.join(BUILTINS)}, or one of: {FORMS}.")
    return Adapter(spec, _instantiate(_import(spec, spec), spec))


def open_guarded(
    name: str,
    place: str,
    options: Mapping[str, JsonValue],
    arguments: Mapping[str, JsonValue] | None = None,
    *,
    python: str = sys.executable,
    files: Path | None = None,
) -> Adapter:
    """A model of Python code in a process of its own, within the limits that the options set.

    Args:
        place: ``package.module:Object``, or Ultralytics' ``*.pt``.
        arguments: Of the class.
        python: The interpreter; this one when left out.
        files: Folder given to its ``load``.

    Raises:
        ModelError: It cannot be opened within its limits.
    """
    from whorl.models.adapters.guarded import ChildSpec, GuardedModel, Limits
    from whorl.models.adapters.options import AdapterOptions

    bounds = {key: options[key] for key in ("timeout_s", "memory_mb") if key in options}
    limits = AdapterOptions.model_validate(bounds)
    paths = tuple(path for path in sys.path if path) if python == sys.executable else (os.getcwd(),)
    child = ChildSpec(name, place, python, dict(arguments or {}), None if files is None else str(files), paths)
    return Adapter(name, GuardedModel(child, Limits(limits.timeout_s, limits.memory_mb)))


def is_object(spec: str) -> bool:
    """Whether a spec names an object of a module rather than a place, a file or a built-in."""
    scheme, colon, _ = spec.partition(":")
    others = ("builtin", "subprocess", "http", "https", *_PLACES)
    return bool(colon) and scheme not in others and Path(spec).suffix.lower() not in (".onnx", *PICKLES)


def split_subprocess(rest: str) -> tuple[str, str]:
    """The interpreter and the model of what follows ``subprocess:``.

    Raises:
        InvalidInput: There are not two words, or the first is no absolute path.
    """
    try:
        words = shlex.split(rest)
    except ValueError:
        words = []
    if len(words) != 2 or not Path(words[0]).is_absolute():
        raise InvalidInput(
            f"not an interpreter and a model: {rest!r}",
            hint="Write subprocess:/path/to/venv/bin/python my_package.my_module:MyModel.",
        )
    return words[0], words[1]


def check_python(python: str, allowed: str) -> None:
    """Refuse an interpreter that the admin has not named.

    Args:
        allowed: ``WHORL_MODEL_PYTHONS``: absolute paths, with commas.

    Raises:
        Forbidden: It is not among them.
    """
    if python not in [one.strip() for one in allowed.split(",")]:
        raise Forbidden(
            f"models may not run in the interpreter {python}",
            hint="Who runs this server may allow it: WHORL_MODEL_PYTHONS=/path/to/venv/bin/python.",
        )


def refuse_pickle(name: str) -> None:
    """Refuse a file whose loading runs what its author wrote.

    Raises:
        ModelError: Its name says that it is one.
    """
    if Path(name).suffix.lower() in PICKLES:
        raise ModelError(
            f"{Path(name).name}: weights in a pickle are not loaded, for reading one runs what its author wrote",
            hint="Export it to ONNX or safetensors; or, if you trust it, name an interpreter of your own: "
            f"subprocess:/path/to/venv/bin/python {Path(name).name}.",
        )


def _open_subprocess(spec: str, rest: str, options: Mapping[str, JsonValue], may_run_any_python: bool) -> Adapter:
    from whorl.base.settings import Settings

    python, place = split_subprocess(rest)
    if not may_run_any_python:
        check_python(python, Settings().model_pythons)
    return open_guarded(spec, place, options, python=python)


def _open_file(spec: str, options: Mapping[str, JsonValue]) -> Adapter:
    from whorl.models.adapters.onnx_model import OnnxModel

    refuse_pickle(spec)
    path = Path(spec)
    if not path.is_file():
        raise ModelError(f"no file {spec!r}", hint=f"Use one of: {FORMS}.")
    return Adapter(path.name, OnnxModel(path, options))


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
