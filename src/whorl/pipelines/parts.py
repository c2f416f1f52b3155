"""Items in parts: parts join a dataset once, and a node that puts them together knows when all are there.

A token of a part says in its values whose part it is and how many there are; what the parent's token was a part of
itself is kept beneath ``outer``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from whorl.base.errors import JsonValue
from whorl.datasets import actions as dataset_actions
from whorl.datasets.parts import PARENT
from whorl.datasets.queries import find_frozen_test, find_items_by_name
from whorl.datasets.revisions import lock_dataset
from whorl.pipelines import actions
from whorl.pipelines.merging import GIVE_UP
from whorl.pipelines.nodes.base import NodeContext
from whorl.pipelines.queries import ParkedToken
from whorl.pipelines.run_ends import settle_runs
from whorl.pipelines.tokens import Merged, Result, Token
from whorl.schemas.datasets import NewItem
from whorl.schemas.records import Subset
from whorl.store.db.tables import run_step


def put_parts(conn: Connection, dataset_id: str, parts: Sequence[NewItem], context: NodeContext) -> dict[str, str]:
    """Add those parts that are not there yet and give the id of each by the name it was given with.

    A part that an earlier run made is found again; a name that another parent's part has is given another. A frozen
    test subset takes no parts in: they belong to no subset there.
    """
    lock_dataset(conn, dataset_id)
    wanted = {part.name: part for part in parts}
    standing = find_items_by_name(conn, dataset_id, list(wanted))
    taken = {
        name: part for name, part in wanted.items() if name in standing and not _is_same(standing[name].metadata, part)
    }
    renamed = {name: _rename(part) for name, part in taken.items()}
    standing |= find_items_by_name(conn, dataset_id, [part.name for part in renamed.values()])
    final = {name: renamed.get(name, part) for name, part in wanted.items()}
    is_frozen = find_frozen_test(conn, dataset_id) is not None
    new = {part.name: _outside_test(part, is_frozen) for part in final.values() if part.name not in standing}
    made = dataset_actions.add_items(
        conn,
        dataset_id,
        list(new.values()),
        actor_id=context.actor_id,
        now=context.now(),
        cause=context.cause,
    )
    ids = {name: item.id for name, item in standing.items()} | {item.name: item.id for item in made}
    return {name: ids[part.name] for name, part in final.items()}


def values_of_part(token: Token, *, parent: str, parts: int) -> dict[str, JsonValue]:
    """What the token of a part carries."""
    outer: JsonValue = None
    if token.values.get(PARENT) is not None:
        outer = {name: token.values.get(name) for name in (PARENT, "parts", "outer")}
    return {PARENT: parent, "parts": parts, "outer": outer}


def values_of_parent(token: Token) -> dict[str, JsonValue]:
    """What the parent's token carries on again, from the token of one of its parts."""
    outer = token.values.get("outer")
    held: Mapping[str, JsonValue] = outer if isinstance(outer, dict) else {}
    return {name: held.get(name) for name in (PARENT, "parts", "outer")}


@dataclass(frozen=True, slots=True)
class Group:
    """All parts of one parent in one journey, ready to be put together.

    Args:
        token: The one that goes on for all.
        place: Where in the batch it is.
        refs: The items that arrived, in this batch or before.
        missing: How many parts were lost on their way.
        is_late: The parent has gone on already without this part, which only adds to it.
    """

    parent: str
    token: Token
    place: int
    refs: tuple[str, ...]
    missing: int
    is_late: bool


def gather_parts(
    conn: Connection, tokens: Sequence[Token], context: NodeContext
) -> tuple[dict[int, Result], list[Group]]:
    """Park the parts that must wait, and give the groups that are complete or have nothing to wait for.

    Returns:
        The results of tokens by their place in the batch, all but those that a group's node has to decide; and the
        groups. Their parked tokens are taken and counted out.
    """
    results: dict[int, Result] = {}
    groups: list[Group] = []
    by_run: dict[tuple[int, int], list[int]] = {}
    for place, token in enumerate(tokens):
        by_run.setdefault((token.run_key, token.epoch), []).append(place)
    for (run_key, epoch), places in by_run.items():
        # Locks the run's row: two arrivals at the same time see each other.
        parked = actions.find_parked(conn, pipeline_id=context.pipeline_id, node=context.node, run_key=run_key)
        merged = _read_merged(conn, context.node, run_key=run_key, epoch=epoch)
        by_parent: dict[str, list[int]] = {}
        for place in places:
            by_parent.setdefault(_parent_of(tokens[place].values), []).append(place)
        for parent, mine in by_parent.items():
            waiting = [one for one in parked if one.epoch == epoch and _parent_of(one.payload) == parent]
            group = _find_group(parent, [tokens[at] for at in mine], waiting, merged.get(parent))
            if group is None:
                results.update(zip(mine, _park(conn, [tokens[at] for at in mine], context), strict=True))
                continue
            taken = actions.take_parked(conn, [one.key for one in waiting])
            settle_runs(conn, {run_key: -len(taken)}, now=context.now())
            results.update({at: Merged() for at in mine[1:]})
            groups.append(replace(group, place=mine[0]))
    return results, groups


def _find_group(
    parent: str, arriving: Sequence[Token], waiting: Sequence[ParkedToken], merged: Sequence[str] | None
) -> Group | None:
    """What can be put together now; None while parts are to be waited for."""
    refs = dict.fromkeys([*(merged or ()), *(one.ref for one in waiting), *(token.ref for token in arriving)])
    parts = arriving[0].values.get("parts")
    missing = max(parts - len(refs), 0) if isinstance(parts, int) else 0
    if missing and merged is None and all(token.port != GIVE_UP for token in arriving):
        return None
    # Who went on complete has nothing to add.
    return Group(parent, arriving[0], 0, () if merged == [] else tuple(refs), missing, merged is not None)


def _park(conn: Connection, tokens: Sequence[Token], context: NodeContext) -> list[Result]:
    return actions.park_tokens(
        conn, pipeline_id=context.pipeline_id, node=context.node, tokens=tokens, now=context.now()
    )


def _parent_of(values: Mapping[str, JsonValue]) -> str:
    return str(values.get(PARENT) or "")


def output_of(group: Group, **facts: JsonValue) -> dict[str, JsonValue]:
    """What the journey's record keeps of a group; the parts are named only where others may still come."""
    output: dict[str, JsonValue] = {PARENT: group.parent, "parts": len(group.refs), **facts}
    if group.missing or group.is_late:
        output |= {"missing": group.missing, "merged": list(group.refs)}
    return output


def _read_merged(conn: Connection, node: str, *, run_key: int, epoch: int) -> dict[str, list[str]]:
    """The parents that have gone on from this node, each with the parts it went with where some were missing."""
    found = select(run_step.c.output).where(
        run_step.c.run_key == run_key, run_step.c.node == node, run_step.c.epoch == epoch
    )
    merged: dict[str, list[str]] = {}
    for output in conn.execute(found).scalars():
        if output.get(PARENT) is not None:
            merged.setdefault(str(output[PARENT]), []).extend(str(ref) for ref in output.get("merged") or ())
    return merged


def _is_same(held: Mapping[str, JsonValue], part: NewItem) -> bool:
    return held.get(PARENT) == part.metadata[PARENT]


def _rename(part: NewItem) -> NewItem:
    folder, _, stem = part.name.rpartition("/")
    return part.model_copy(update={"name": f"{folder}/{part.metadata[PARENT]}/{stem}"})


def _outside_test(part: NewItem, is_frozen: bool) -> NewItem:
    return part.model_copy(update={"subset": None}) if is_frozen and part.subset is Subset.TEST else part
