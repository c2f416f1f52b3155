"""What ``near`` means in a query: items found by similarity, for the room of queries, which knows no vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import InvalidInput, NotFound, QueryError
from whorl.datasets.dql.ast import NearKind, NearMatch
from whorl.datasets.dql.near import Resolver, has_near, provide_near
from whorl.datasets.revisions import load_dataset_by_key
from whorl.models.embeddings import queries
from whorl.models.embeddings.store import open_store
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

if TYPE_CHECKING:
    from whorl.models.embeddings.seeking import Seeker


def answer_near(db: Database, seeker: Callable[[], Seeker]) -> None:
    """Answer ``near`` in this database's queries; inside a write only by vectors that are there."""
    provide_near(db, reading=_resolver(db, seeker, may_embed=True), writing=_resolver(db, seeker, may_embed=False))


def answer_near_by_stored_vectors(db: Database, blobs: BlobStore, home: Path) -> None:
    """As ``answer_near`` where no request is answered: a worker's jobs. What a server provided stands."""
    if has_near(db):
        return

    def make() -> Seeker:
        from whorl.models.embeddings.seeking import Seeker

        return Seeker(db, blobs, open_store(db, blobs, home), home, lambda body, *args: body(*args))

    made: list[Seeker] = []

    def seeker() -> Seeker:
        if not made:
            made.append(make())
        return made[0]

    resolver = _resolver(db, seeker, may_embed=False)
    provide_near(db, reading=resolver, writing=resolver)


def _resolver(db: Database, seeker: Callable[[], Seeker], *, may_embed: bool) -> Resolver:
    def resolve(node: NearMatch, dataset_key: int) -> Sequence[int]:
        try:
            return _find(db, seeker(), node, dataset_key, may_embed=may_embed)
        except (NotFound, InvalidInput) as error:
            raise QueryError(f"near: {error.message}", hint=error.hint) from error

    return resolve


def _find(db: Database, seeker: Seeker, node: NearMatch, dataset_key: int, *, may_embed: bool) -> Sequence[int]:
    from whorl.models.embeddings.seeking import Wanted, read_annotation, read_pictures

    with db.read() as conn:
        row = load_dataset_by_key(conn, dataset_key)
        crops = queries.find_space(conn, row.project_id, None, kind="crop")
        is_part = node.kind is NearKind.ANNOTATION and node.space is None and crops is not None
        found = crops if is_part and crops is not None and crops.width else None
        space = found or queries.choose_space(conn, row.project_id, node.space, kind="image")
        like = []
        if node.kind is NearKind.ITEM:
            like = read_pictures(conn, [node.value])
        elif node.kind is NearKind.ANNOTATION:
            like = [read_annotation(conn, node.value)]
    if any(one.project_id != row.project_id for one in like):
        raise NotFound(f"no such {node.kind.value}: {node.value[:60]!a}")
    if not may_embed and not all(seeker.knows(space, one) for one in like):
        raise InvalidInput(f"{node.value} has no vector in space {space.name!a}", hint="Embed it first: whorl embed.")
    if node.kind is NearKind.TEXT and not may_embed and not seeker.knows_text(space, node.value):
        raise InvalidInput("words are not looked up inside a change", hint="List the items with this query first.")
    wanted = Wanted(like=like) if like else Wanted(vector=seeker.read_text(space, node.value))
    hits = seeker.find(space, row.id, wanted, limit=node.limit)
    return [int(key) for key in hits.item_keys]
