"""``whorl embed`` and ``whorl similar``: vectors of images, and the images most like others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whorl.base.errors import InvalidInput, NotFound
from whorl.cli.connected import DatasetOption, ProjectOption, Session, connected
from whorl.cli.output import bytes_text

if TYPE_CHECKING:
    from whorl.sdk.client import Project
    from whorl.sdk.embeddings import Space

PANEL = "Data"
_SpaceOption = Annotated[str | None, typer.Option("--space", "-s", help="Space, by name or id; the first by default.")]
_WhereOption = Annotated[str | None, typer.Option("--where", "-w", help='Only these items: "subset:train".')]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("embed", rich_help_panel=PANEL)(connected(embed))
    app.command("similar", rich_help_panel=PANEL)(connected(similar))


def embed(
    session: Session,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    space: _SpaceOption = None,
    source: Annotated[
        str | None,
        typer.Option(help="Make the space of this: hog, lite0, a model's name or id, or my_pkg.mod:MyModel."),
    ] = None,
    crops: Annotated[bool, typer.Option("--crops", help="A vector per box and mask, not per image.")] = False,
    keep: Annotated[bool, typer.Option("--keep/--no-keep", help="A new space embeds what arrives by itself.")] = True,
    where: _WhereOption = None,
    list_: Annotated[bool, typer.Option("--list", help="List the project's spaces, and embed nothing.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete the space given with --space.")] = False,
) -> None:
    """Embed a dataset's images, or its boxes and masks, so that they can be searched, chosen from and mapped.

    Only what is missing is computed; stopped and started again, it goes on where it was.

    Example: `whorl embed --dataset street`

    Example: `whorl embed --dataset street --space clip --source my_pkg.clip:Clip`
    """
    owner = session.project(project)
    if list_:
        _list(session, owner)
        return
    if delete:
        if space is None:
            raise InvalidInput("which space?", hint="Give --space.")
        gone = owner.spaces.get(space)
        gone.delete()
        session.out.facts({"deleted": gone.name, "id": gone.id})
        return
    owned = session.dataset(owner, dataset)
    chosen = _choose(owner, space, source, is_crop=crops, is_kept=keep)
    with session.out.progress("embedding, %") as report:
        done = owned.embed(None if chosen is None else chosen.id, filters=where, progress=report)
    named = owner.spaces.get(str(done["space_id"]))
    unreadable = done.pop("unreadable", [])
    session.out.facts({"space": named.name, **done, "width": named.info.width, "unreadable": unreadable})
    if isinstance(unreadable, list) and unreadable:
        session.out.note(f"{done['refused']} have no vector; the first: {unreadable[0]}")


def similar(
    session: Session,
    to: Annotated[
        str | None, typer.Argument(help="An item's name or id, an annotation's id, or an image file.")
    ] = None,
    project: ProjectOption = None,
    dataset: DatasetOption = None,
    text: Annotated[str | None, typer.Option(help="Words, for a space whose model reads text.")] = None,
    region: Annotated[str | None, typer.Option(help="Like this part of the item: x0,y0,x1,y1 in pixels.")] = None,
    like: Annotated[list[str] | None, typer.Option("--like", help="An item that is wanted; may be repeated.")] = None,
    unlike: Annotated[list[str] | None, typer.Option("--unlike", help="An item that is not; may be repeated.")] = None,
    space: _SpaceOption = None,
    where: _WhereOption = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="At most how many.")] = 20,
) -> None:
    """The images most like another one, an object, a file, words, or several examples; most similar first.

    Example: `whorl similar day/0042.jpg --dataset street --limit 10`

    Example: `whorl similar --text "a red car at night" --space clip`
    """
    owner = session.project(project)
    owned = session.dataset(owner, dataset)

    def item(name: str) -> str:
        return name if name.startswith("itm_") else owned.items.get(name).id

    asked: str | None = to
    if to is not None and not to.startswith(("itm_", "ann_")):
        try:
            asked = item(to)
        except NotFound:
            asked = to
    found = owned.similar(
        asked,
        text=text,
        region=None if region is None else _edges(region),
        examples=[item(one) for one in like or []],
        unlike=[item(one) for one in unlike or []],
        space=space,
        filters=where,
        limit=limit,
    )
    has_parts = any(one.annotation_id is not None for one in found.items)
    columns = ("similarity", "name", "item_id", *(("annotation_id",) if has_parts else ()))
    session.out.rows(columns, found.items, empty="nothing has a vector yet: whorl embed")
    without = f"; {found.n_without:,} have no vector yet: whorl embed" if found.n_without else ""
    session.out.note(f"{found.n_searched:,} searched in {found.milliseconds:g} ms{without}")


def _choose(owner: Project, space: str | None, source: str | None, *, is_crop: bool, is_kept: bool) -> Space | None:
    """The space that is meant, made when it is not there; None for the project's first."""
    kind = "crop" if is_crop else "image"
    known = owner.spaces.list()
    if space is not None:
        found = next((one for one in known if space in (one.id, one.name)), None)
        if found is not None and source is not None:
            raise InvalidInput(f"space {space!r} exists already, of {found.info.source}", hint="Leave out --source.")
        if found is None and source is None:
            names = ", ".join(one.name for one in known) or "none yet"
            raise NotFound(f"no space {space!r} in this project", hint=f"Make it with --source; there is: {names}.")
        return found or owner.spaces.create(source, name=space, kind="crop" if is_crop else "image", is_kept=is_kept)
    if source is None:
        found = next((one for one in known if one.info.kind == kind), None)
        if found is not None or not is_crop:
            return found
    return owner.spaces.create(source, kind="crop" if is_crop else "image", is_kept=is_kept)


def _list(session: Session, owner: Project) -> None:
    spaces = [one.info for one in owner.spaces.list()]
    if session.out.as_json:
        session.out.rows((), spaces)
        return
    columns = ("name", "kind", "source", "vectors", "width", "size", "keeps up", "reads text")
    yes = {True: "yes", False: "no"}
    session.out.cells(
        columns,
        [
            [
                one.name,
                one.kind,
                one.source,
                f"{one.n_vectors:,}",
                str(one.width or ""),
                bytes_text(one.bytes),
                yes[one.is_kept],
                yes[one.can_read_text],
            ]
            for one in spaces
        ],
    )


def _edges(text: str) -> list[float]:
    try:
        edges = [float(part) for part in text.split(",")]
    except ValueError:
        edges = []
    if len(edges) != 4:
        raise InvalidInput(f"not a region: {text!r}", hint="Give x0,y0,x1,y1 in pixels, such as 10,20,200,180.")
    return edges
