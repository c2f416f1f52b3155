"""``whorl up``, ``whorl worker`` and ``whorl openapi``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.log import configure_logging
from whorl.base.settings import make_settings
from whorl.cli.connected import HomeOption, JsonOption
from whorl.cli.output import Output, print_json

if TYPE_CHECKING:
    from whorl.server.run import Address


DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--db", help="Database address, such as postgresql://whorl@db/whorl. [env var: WHORL_DB]", show_default=False
    ),
]
BlobsOption = Annotated[
    str | None,
    typer.Option("--blobs", help="Blob store, such as s3://bucket/prefix. [env var: WHORL_BLOBS]", show_default=False),
]
ExecutorOption = Annotated[
    str | None,
    typer.Option(
        "--executor",
        help="Where node bodies run: local, inline or ray://HOST:PORT. [env var: WHORL_EXECUTOR]",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(rich_help_panel="Start")(up)
    app.command(rich_help_panel="Start")(worker)
    app.command(rich_help_panel="Keep it running")(openapi)


def up(
    home: HomeOption = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on. [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="0 takes a free one. [default: 8620]")
    ] = None,
    db: DatabaseOption = None,
    blobs: BlobsOption = None,
    executor: ExecutorOption = None,
    engine: Annotated[
        bool | None,
        typer.Option(
            "--engine/--no-engine",
            help="Do the work here too, or leave it to `whorl worker` (PostgreSQL only). [default: engine]",
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Start Whorl and keep it running until Ctrl-C. Prints the link to open.

    Example: `whorl up --home ./whorl --port 0`
    """
    from whorl.server.run import serve
    from whorl.server.webapp import open_web

    settings = make_settings(
        {
            "home": home,
            "host": host,
            "port": port,
            "db": db,
            "blobs": blobs,
            "executor": executor,
            "engine": engine,
        }
    )
    configure_logging(settings.log_level, log_format=settings.log_format)
    out = Output(as_json)

    def show(address: Address) -> None:
        if as_json:
            print_json({"url": address.url, "link": address.link, "home": str(settings.home_path)})
        else:
            print(address.link)
            out.note(f"Whorl runs on {settings.home_path}; open the link above. Ctrl-C stops it.")
            if open_web(settings).why_not_built() is not None:
                out.note("The web app is not built: the link shows a plain page. `whorl doctor` says why.")
        # A pipe would keep it until the end, and what waits for the link would wait for ever.
        print(end="", flush=True)

    serve(settings, on_ready=show)


def worker(
    db: DatabaseOption = None,
    blobs: BlobsOption = None,
    executor: ExecutorOption = None,
    home: HomeOption = None,
) -> None:
    """Drive the engine in a process of its own, until Ctrl-C. Needs PostgreSQL: on SQLite the server does it.

    Example: `whorl worker --db postgresql://whorl@db/whorl`
    """
    from whorl.worker.run import work

    settings = make_settings({"db": db, "blobs": blobs, "executor": executor, "home": home})
    configure_logging(settings.log_level, log_format=settings.log_format)
    work(settings)


def openapi(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; stdout when left out.")] = None,
) -> None:
    """Print the REST API as an OpenAPI 3.1 document.

    Example: `whorl openapi -o openapi.json`
    """
    import json

    from whorl.server.app import openapi_document

    text = json.dumps(openapi_document(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    if output is None:
        print(text, end="")
    else:
        output.write_text(text, encoding="utf-8")
