"""Reads of ontologies and recipes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import Connection, RowMapping, Text, bindparam, cast, select

from whorl.base.errors import NotFound
from whorl.ontology.rules import check_known
from whorl.schemas.ontology import Ontology, OntologyDraft, Recipe
from whorl.store.db.tables import ontology, recipe


def get_ontology(conn: Connection, project_id: str, *, version: int | None = None) -> Ontology:
    """Give a project's ontology, the latest version when none is named.

    Raises:
        NotFound: The project has no such version.
    """
    found = find_ontology(conn, project_id, version=version)
    if found is None:
        which = "no ontology yet" if version is None else f"no ontology of version {version}"
        raise NotFound(f"project {project_id} has {which}", hint="Save one, or import data that has labels.")
    return found


def find_ontology(conn: Connection, project_id: str, *, version: int | None = None) -> Ontology | None:
    """Give a project's ontology, the latest version when none is named, or None."""
    query = select(ontology).where(ontology.c.project_id == project_id)
    if version is not None:
        query = query.where(ontology.c.version == version)
    row = conn.execute(query.order_by(ontology.c.version.desc()).limit(1)).mappings().first()
    return None if row is None else _ontology(row)


def get_ontology_by_id(conn: Connection, ontology_id: str) -> Ontology:
    """Give one version of an ontology by its id.

    Raises:
        NotFound: There is none.
    """
    row = conn.execute(select(ontology).where(ontology.c.id == ontology_id)).mappings().first()
    if row is None:
        raise NotFound(f"no ontology with id {ontology_id}")
    return _ontology(row)


def list_ontologies(conn: Connection, project_id: str) -> list[Ontology]:
    """All versions of a project's ontology, newest first."""
    query = select(ontology).where(ontology.c.project_id == project_id).order_by(ontology.c.version.desc())
    return [_ontology(row) for row in conn.execute(query).mappings()]


# As text: every save asks for this, and the same text need not be parsed again.
_CURRENT = (
    select(
        cast(ontology.c.labels, Text).label("labels"),
        cast(ontology.c.attributes, Text).label("attributes"),
        ontology.c.is_open,
    )
    .where(ontology.c.project_id == bindparam("of_project"))
    .order_by(ontology.c.version.desc())
    .limit(1)
)


@lru_cache(maxsize=64)
def _read_draft(labels: str, attributes: str, is_open: bool) -> OntologyDraft:
    return OntologyDraft.model_validate(
        {"labels": json.loads(labels), "attributes": json.loads(attributes), "is_open": is_open}
    )


def current_draft(conn: Connection, project_id: str) -> OntologyDraft:
    """What the project's ontology says now; an empty, open one where none was saved."""
    row = conn.execute(_CURRENT, {"of_project": project_id}).first()
    return OntologyDraft(is_open=True) if row is None else _read_draft(row.labels, row.attributes, row.is_open)


def list_earlier_labels(conn: Connection, project_id: str) -> set[str]:
    """Every label that some version of the project's ontology has or had."""
    query = select(ontology.c.labels).where(ontology.c.project_id == project_id)
    return {label["name"] for labels in conn.execute(query).scalars() for label in labels}


def check_labels(conn: Connection, project_id: str, labels: Iterable[str]) -> None:
    """Check that the project's ontology has each label.

    Raises:
        UnknownLabel: Names the label and the nearest known ones.
    """
    check_known(labels, [label.name for label in current_draft(conn, project_id).labels])


def get_recipe(conn: Connection, recipe_id: str) -> Recipe:
    """Give a recipe.

    Raises:
        NotFound: There is none.
    """
    row = conn.execute(select(recipe).where(recipe.c.id == recipe_id)).mappings().first()
    if row is None:
        raise NotFound(f"no recipe with id {recipe_id}")
    return _recipe(row)


def list_recipes(conn: Connection, project_id: str) -> list[Recipe]:
    """All recipes of a project, by name."""
    query = select(recipe).where(recipe.c.project_id == project_id).order_by(recipe.c.name)
    return [_recipe(row) for row in conn.execute(query).mappings()]


def _ontology(row: RowMapping) -> Ontology:
    return Ontology.model_validate(dict(row))


def _recipe(row: RowMapping) -> Recipe:
    return Recipe.model_validate(dict(row))
