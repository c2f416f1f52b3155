"""Writes of ontologies and recipes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from whorl.base.errors import Conflict, InvalidInput, NotFound
from whorl.base.ids import new_id
from whorl.ontology import queries
from whorl.ontology.rules import Compatibility, check_known, check_ontology, classify_change, with_colors, with_labels
from whorl.schemas.ontology import Ontology, OntologyDraft, Recipe, RecipeDraft
from whorl.store.db.tables import ontology, project, recipe
from whorl.store.events import emit


def save_ontology(
    conn: Connection,
    project_id: str,
    draft: OntologyDraft,
    *,
    base_version: int | None = None,
    actor_id: str,
    now: datetime,
) -> Ontology:
    """Make the next version of a project's ontology; saving what is there already changes nothing.

    Emits ``ontology.changed`` with the version and whether the change is minor or major.

    Args:
        base_version: The version the draft was made from; None to skip the check.

    Raises:
        Conflict: Another version was saved since ``base_version``.
        InvalidInput: The draft contradicts itself.
        NotFound: There is no such project.
    """
    check_ontology(draft)
    _lock_project(conn, project_id)
    current = queries.find_ontology(conn, project_id)
    version = 0 if current is None else current.version
    if base_version is not None and base_version != version:
        raise Conflict(
            f"the ontology is at version {version}, the draft was made from {base_version}",
            hint="Read the current version, make the change again and save it.",
            details={"current_version": version, "base_version": base_version},
        )
    before = queries.current_draft(conn, project_id)
    draft = with_colors(draft, before)
    change = classify_change(before, draft)
    if current is not None and change is Compatibility.SAME:
        return current
    saved = Ontology(
        id=new_id("ontology", at=now.timestamp()),
        project_id=project_id,
        version=version + 1,
        author_id=actor_id,
        created_at=now,
        **draft.model_dump(),
    )
    row = saved.model_dump(mode="json")
    conn.execute(insert(ontology).values(**{**row, "created_at": now}))
    emit(
        conn,
        "ontology.changed",
        project_id=project_id,
        subject_id=saved.id,
        actor_id=actor_id,
        now=now,
        payload={"version": saved.version, "change": change.value},
    )
    return saved


def add_labels(
    conn: Connection, project_id: str, names: Iterable[str], *, actor_id: str, now: datetime
) -> tuple[str, ...]:
    """Add the labels that the ontology lacks, as one new version, and give those that were added."""
    current = queries.current_draft(conn, project_id)
    known = {label.name for label in current.labels}
    added = tuple(name for name in dict.fromkeys(names) if name not in known)
    if added:
        save_ontology(conn, project_id, with_labels(current, added), actor_id=actor_id, now=now)
    return added


def create_recipe(conn: Connection, project_id: str, draft: RecipeDraft, *, actor_id: str, now: datetime) -> Recipe:
    """Make a recipe on the project's current ontology.

    Raises:
        Conflict: The project has a recipe of this name.
        InvalidInput: It restricts the labels to none.
        NotFound: The project has no ontology.
        UnknownLabel: The ontology lacks one of its labels.
    """
    pinned = queries.get_ontology(conn, project_id)
    if draft.labels is not None:
        if not draft.labels:
            raise InvalidInput("a recipe without labels lets nobody name anything", hint="Leave `labels` out for all.")
        check_known(draft.labels, [label.name for label in pinned.labels])
        draft = draft.model_copy(update={"labels": list(dict.fromkeys(draft.labels))})
    taken = select(func.count()).where(recipe.c.project_id == project_id, recipe.c.name == draft.name)
    if conn.execute(taken).scalar_one():
        raise Conflict(f"the project has a recipe named {draft.name!r}", hint="Choose another name.")
    saved = Recipe(
        id=new_id("recipe", at=now.timestamp()),
        project_id=project_id,
        ontology_id=pinned.id,
        created_at=now,
        **draft.model_dump(),
    )
    conn.execute(insert(recipe).values(**{**saved.model_dump(mode="json"), "created_at": now}))
    return saved


def _lock_project(conn: Connection, project_id: str) -> None:
    # One version after the other: the row's lock orders writers on PostgreSQL; SQLite has one writer anyway.
    if conn.execute(select(project.c.id).where(project.c.id == project_id).with_for_update()).first() is None:
        raise NotFound(f"no project with id {project_id}")
