"""``whorl edge``: choose images on a device or a base, and forward them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from whorl.cli.connected import JsonOption

PANEL = "Devices"
_LISTENING = "What a base needs"
_SENDING = "Sending"
_CHOOSING = "Choosing"
SpoolOption = Annotated[
    Path | None,
    typer.Option("--spool", help="Folder of the spool. [default: ~/.whorl/edge/ROLE]", show_default=False),
]
RoleOption = Annotated[str, typer.Option("--role", help="device: watches; base: receives from devices.")]


# Any: what a parameter of a command is declared with.
def _option(kind: Any, flags: str, help_text: str, panel: str | None = None) -> Any:
    return Annotated[kind, typer.Option(*flags.split(), help=help_text, rich_help_panel=panel)]


# As those of ``Options``, which a start of the command line need not load; None where nothing stands here.
DEFAULTS: dict[str, str | float | bool] = {
    "budget": "500/day",
    "role": "device",
    "burst": 2.0,
    "seed": 0,
    "after": "keep",
    "settle": 2.0,
    "max_image": "32MB",
    "spool_size": "512MB",
    "bandwidth": "",
    "verbose": False,
}
# In the order of --help.
_OPTIONS: dict[str, Any] = {
    "watch": _option(Path | None, "--watch", "Folder that the camera writes to."),
    "to": _option(str | None, "--to", "Address of a server (with --dataset) or of a base (without)."),
    "dataset": _option(str | None, "--dataset -d", "Name, PROJECT/NAME or id, on the server."),
    "budget": _option(str, "--budget", "Images and bytes in a period: 500/day,200MB/day."),
    "role": RoleOption,
    "device": _option(str | None, "--device", "Its name. [default: the host's]"),
    "spool": SpoolOption,
    "sampler": _option(
        str | None,
        "--sampler",
        "novelty, uncertainty, uniform, stratified:source|label|hour; joined by +, as novelty=0.8+uniform=0.2. "
        "[default: novelty+uniform]",
        _CHOOSING,
    ),
    "uniform": _option(float | None, "--uniform", "Share of chance, always kept. [default: 0.1]", _CHOOSING),
    "window": _option(str | None, "--window", "How long to look, such as 10min. [default: by the budget]", _CHOOSING),
    "burst": _option(float, "--burst", "Seconds within which frames alike are one.", _CHOOSING),
    "seed": _option(int, "--seed", "Another seed, another sample.", _CHOOSING),
    "after": _option(str, "--after", "keep or delete: the files that were offered.", _CHOOSING),
    "settle": _option(float, "--settle", "Seconds a file must rest before it is read.", _CHOOSING),
    "max_image": _option(str, "--max-image", "Larger files are passed by.", _CHOOSING),
    "spool_size": _option(str, "--spool-size", "What the spool may hold.", _SENDING),
    "bandwidth": _option(str, "--bandwidth", "Bytes that may be sent, such as 10MB/hour.", _SENDING),
    "token_file": _option(
        Path | None, "--token-file", "File with the far end's token. [env var: WHORL_TOKEN]", _SENDING
    ),
    "ca_file": _option(Path | None, "--ca-file", "Certificates to trust besides the machine's own.", _SENDING),
    "listen": _option(str | None, "--listen", "HOST:PORT. [default: 127.0.0.1:8630]", _LISTENING),
    "accept_file": _option(
        Path | None, "--accept-file", "Tokens of its devices. [env var: WHORL_EDGE_ACCEPT]", _LISTENING
    ),
    "certificate": _option(Path | None, "--certificate", "PEM file, to listen by TLS.", _LISTENING),
    "key": _option(Path | None, "--key", "PEM file of the certificate's key.", _LISTENING),
    "verbose": _option(bool, "--verbose", "Say more."),
}


def register(app: typer.Typer) -> None:
    """Add the commands."""
    edge = typer.Typer(
        help="Sub-sample a stream on a device, and forward what is chosen. On a device with numpy alone: "
        "`python -m whorl.selection.edge`.",
        no_args_is_help=True,
    )
    edge.command("run")(_with_options(run_device))
    edge.command("status")(show_status)
    app.add_typer(edge, name="edge", rich_help_panel=PANEL)


# Any: the options, as Options declares them.
def run_device(*, verbose: bool, **options: Any) -> None:
    """Watch, choose and forward until Ctrl-C or SIGTERM. What is chosen survives kills, cut links and restarts.

    Example: `whorl edge run --watch /var/camera --to https://whorl.example.org --dataset cameras --budget 500/day`

    Example: `whorl edge run --watch /var/camera --to http://base.local:8630 --sampler novelty+uncertainty+uniform`

    Example: `whorl edge run --role base --accept-file tokens.txt --to https://whorl.example.org --dataset cameras`
    """
    from whorl.selection.edge.options import Options
    from whorl.selection.edge.running import log_to_stderr, run_edge

    plan = Options(**options).to_plan()
    log_to_stderr(is_verbose=verbose)
    run_edge(plan)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of ``_OPTIONS``."""
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=DEFAULTS.get(name), annotation=kind)
        for name, kind in _OPTIONS.items()
    ]

    @functools.wraps(command)
    def run(**given: object) -> None:
        command(**given)

    # Typer reads a command's options off its signature and its annotations.
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = dict(_OPTIONS)
    return run


def show_status(spool: SpoolOption = None, role: RoleOption = "device", as_json: JsonOption = False) -> None:
    """Show what a spool holds, how its budgets stand, and whether anything goes out.

    Example: `whorl edge status --json`
    """
    from whorl.cli.output import print_json
    from whorl.selection.edge.running import default_spool
    from whorl.selection.edge.status import describe_status, read_status

    told = read_status(spool or default_spool(role))
    if as_json:
        print_json(told)
        return
    for name, text in describe_status(told):
        print(f"{name:<10} {text}")
