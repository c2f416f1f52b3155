"""Pipelines in files: read in any of the three forms, written in any, and compared."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from whorl.base.errors import Conflict, FormatError, GraphError, JsonValue, NotFound, WhorlError

if TYPE_CHECKING:
    from whorl.schemas.pipelines import PipelineDefinition

FormName = Literal["yaml", "json", "python"]
FileArgument = Annotated[
    Path, typer.Argument(help="The pipeline as YAML, JSON or Python (which is run); - reads YAML from stdin.")
]
AsOption = Annotated[FormName | None, typer.Option("--as", help="Form to write; from the file's name when left out.")]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="File to write, never one that is there; stdout when left out.")
]
_PYTHON_NAMES = ("definition", "pipeline")


def read_document(file: Path) -> dict[str, JsonValue]:
    """Read a pipeline as plain values from YAML, JSON, or what a Python program leaves in ``definition``.

    Raises:
        NotFound: No such file.
        FormatError: It is in none of these forms, or holds no pipeline.
    """
    from whorl.pipelines.forms import Form, form_of, load_document, to_document

    form = form_of(file)
    if form is Form.PYTHON:
        return to_document(_run_python(file))
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
        document = load_document(text, form)
    except OSError as error:
        raise NotFound(f"cannot read {file}: {error.strerror}") from error
    except (UnicodeDecodeError, GraphError) as error:
        raise FormatError(f"{file}: {error.message if isinstance(error, GraphError) else error}") from error
    if not isinstance(document, dict):
        raise FormatError(f"{file} holds no pipeline: a {type(document).__name__}", hint="It begins with `name:`.")
    return document


def read_definition(file: Path) -> PipelineDefinition:
    """Read a pipeline whose form is in order.

    Raises:
        NotFound: No such file.
        FormatError: As ``read_document``.
        GraphError: It is no pipeline; names the first place.
    """
    from whorl.pipelines import forms

    return forms.read_definition(read_document(file))


def write_text(text: str, out: Path | None) -> None:
    """Write to a new file, or to stdout.

    Raises:
        Conflict: The file is there already.
        NotFound: Its folder is not.
    """
    if out is None:
        print(text, end="")
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise Conflict(f"{out} is there already", hint="Give another name with --out, or remove it.") from error
    except OSError as error:
        raise NotFound(f"cannot write {out}: {error.strerror}") from error


def dump(definition: PipelineDefinition, form: FormName | None, out: Path | None) -> str:
    """Write a definition in the wanted form: as asked for, as the file's name tells, or as YAML."""
    from whorl.pipelines import forms

    wanted = forms.Form(form) if form is not None else forms.form_of(out or Path("-"))
    return forms.dump(definition, wanted)


def _run_python(file: Path) -> PipelineDefinition:
    from whorl.schemas.pipelines import PipelineDefinition
    from whorl.sdk.pipeline_builder import PipelineBuilder

    if not file.is_file():
        raise NotFound(f"cannot read {file}: No such file or directory")
    try:
        left = runpy.run_path(str(file))
    except SyntaxError as error:
        raise FormatError(f"{file}, line {error.lineno}: {error.msg}") from error
    except WhorlError:
        raise
    except Exception as error:
        # Somebody's program may raise anything.
        raise FormatError(f"{file} raised {type(error).__name__}: {error}") from error
    for name in _PYTHON_NAMES:
        found = left.get(name)
        if isinstance(found, PipelineBuilder):
            return found.definition()
        if isinstance(found, PipelineDefinition):
            return found
    raise FormatError(
        f"{file} leaves no pipeline in {' or '.join(_PYTHON_NAMES)}",
        hint="End it with `definition = pipeline.definition()`.",
    )
