"""Write the generated pages of docs/reference; ``--check`` only compares and fails on a difference."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import typer
from node_page import nodes_page
from pydantic_core import PydanticUndefined

from whorl.base.errors import JsonValue
from whorl.base.settings import Settings
from whorl.cli.failures import MEANINGS
from whorl.cli.main import make_app
from whorl.pipelines.definition_schema import definition_schema
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates.gallery import describe_templates
from whorl.schemas.pipelines import TemplateInfo

PIPELINES = "docs/reference/pipelines.md"
PIPELINE_SCHEMA = "docs/reference/pipeline.schema.json"
HEAD = "<!-- Written by tools/write_reference.py; run `make fix` after a change. -->\n\n"


def settings_page() -> str:
    """The table of every setting, its variable, default and meaning."""
    rows = ["| setting | environment variable | type | default | meaning |", "|---|---|---|---|---|"]
    prefix = Settings.model_config.get("env_prefix", "")
    for name, field in Settings.model_fields.items():
        default = "" if field.default is PydanticUndefined else str(field.default)
        choices = get_args(field.annotation)
        kind = f"one of {', '.join(choices)}" if choices else field.annotation.__name__ if field.annotation else ""
        shown = f"`{default}`" if default else "empty"
        rows.append(f"| `{name}` | `{prefix}{name.upper()}` | {kind} | {shown} | {field.description} |")
    intro = "# Settings\n\nFlags win over environment variables, which win over the defaults below.\n\n"
    return HEAD + intro + "\n".join(rows) + "\n"


def cli_page() -> str:
    """Every command with its arguments and options, from the command line itself, and the exit codes."""
    parts = [
        HEAD + "# Command line",
        "Data goes to stdout, notes and progress to stderr. `--json` gives one JSON document on stdout. In a pipe, "
        "tables are tab-separated and have no header.",
        "Commands that talk to Whorl use the server that runs on the home folder (`--home`, `WHORL_HOME`, else "
        "`~/.whorl`), start one inside themselves when none runs, or use the one at `--url` (`WHORL_URL`) with "
        "`--token` (`WHORL_TOKEN`).",
        "## Exit codes",
        "\n".join(["| code | meaning |", "|---|---|", *(f"| {int(c)} | {text} |" for c, text in MEANINGS.items())]),
    ]
    root = typer.main.get_command(make_app())
    for words, command in _walk(root, ("whorl",)):
        if getattr(command, "commands", None) is None:
            parts += _command_parts(words, command)
    return "\n\n".join(parts) + "\n"


# The command classes of Typer have no public type that holds for all its releases; they are read by attribute.
def _walk(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    yield words, command
    for name, child in sorted((getattr(command, "commands", None) or {}).items()):
        yield from _walk(child, (*words, name))


def _command_parts(words: tuple[str, ...], command: Any) -> Iterator[str]:
    shown = [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]
    arguments = [one for one in shown if one.param_type_name == "argument"]
    usage = [*words, *(_argument_text(one) for one in arguments), "[options]"]
    yield f"## {' '.join(words)}"
    yield inspect.cleandoc(command.help or "")
    yield f"```text\n{' '.join(usage)}\n```"
    rows = [f"| {_name_text(one)} | {_help_text(one)} |" for one in shown if one.name != "help"]
    if rows:
        yield "\n".join(["| argument or option | meaning |", "|---|---|", *rows])


def _argument_text(parameter: Any) -> str:
    return parameter.name.upper() if parameter.required else f"[{parameter.name.upper()}]"


def _name_text(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.name.upper()}`"
    return ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))


def _help_text(parameter: Any) -> str:
    text = (parameter.help or "").replace("|", "\\|")
    default = getattr(parameter, "default", None)
    if isinstance(default, str | int | float) and not isinstance(default, bool) and default != "":
        text += f" [default: {default}]"
    return text


NODES_BEGIN = "<!-- nodes: written by tools/write_reference.py; run `make fix` after a change -->"
NODES_END = "<!-- end of nodes -->"
NODES_LINK = (
    "[Every node](nodes.md) with its ports, its parameters, and when what leaves by which port. Packages may bring "
    "more: [how to write a node](../howto/write-a-node.md)."
)
TEMPLATES_BEGIN = "<!-- templates: written by tools/write_reference.py; run `make fix` after a change -->"
TEMPLATES_END = "<!-- end of templates -->"


def pipelines_page(root: Path) -> str:
    """The page of pipelines with its parts on nodes and templates written anew; the rest is written by hand."""
    page = (root / PIPELINES).read_text(encoding="utf-8")
    page = _with_part(page, NODES_BEGIN, NODES_LINK, NODES_END)
    return _with_part(page, TEMPLATES_BEGIN, "\n\n".join(map(_template_text, describe_templates())), TEMPLATES_END)


def _with_part(page: str, begin: str, part: str, end: str) -> str:
    head, _, rest = page.partition(begin)
    _, _, tail = rest.partition(end)
    return f"{head}{begin}\n\n{part}\n\n{end}{tail}"


def _template_text(info: TemplateInfo) -> str:
    parts = [f"### {info.name}", f"{info.title}. {info.summary}", info.description]
    parts.append("Needs: " + " ".join(info.needs))
    if not info.is_complete:
        parts.append("Not complete: " + " ".join(info.missing))
    rows = [
        f"| `{one.name}` | {one.type.value} | {'none' if one.value is None else f'`{_shown(one.value)}`'} "
        f"| {one.description} |"
        for one in info.variables
    ]
    parts.append("\n".join(["| variable | type | first value | meaning |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts)


def _shown(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def pages(root: Path) -> dict[str, str]:
    """Each generated page by its path below the repository."""
    return {
        "docs/reference/settings.md": settings_page(),
        "docs/reference/cli.md": cli_page(),
        "docs/reference/nodes.md": nodes_page(HEAD),
        PIPELINES: pipelines_page(root),
        PIPELINE_SCHEMA: json.dumps(definition_schema(node_types()), indent=2, ensure_ascii=False) + "\n",
    }


def main(root: Path, *, is_check: bool) -> int:
    """Write or compare the pages; give the exit status."""
    written = pages(root)
    stale = [
        name
        for name, text in written.items()
        if not (root / name).is_file() or (root / name).read_text(encoding="utf-8") != text
    ]
    for name in stale:
        if is_check:
            print(f"{name}: not what the code says; run `make fix`", file=sys.stderr)
        else:
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(written[name], encoding="utf-8")
            print(f"wrote {name}")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).resolve().parents[1], is_check="--check" in sys.argv[1:]))
