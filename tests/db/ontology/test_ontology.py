"""Versions of the ontology, and recipes, on both kinds of database."""

from __future__ import annotations

from typing import Any

import pytest

from whorl.base.errors import Conflict, InvalidInput, NotFound, UnknownLabel
from whorl.ontology import actions, queries
from whorl.schemas.ontology import Label, OntologyDraft, RecipeDraft, Tool
from whorl.store.events import read_events

ANNA = "per_anna"


def _save(house: Any, *names: str, base: int | None = None) -> Any:
    draft = OntologyDraft(labels=[Label(name=name) for name in names])
    return house.db.write(
        lambda conn: actions.save_ontology(
            conn, house.project_id, draft, base_version=base, actor_id=ANNA, now=house.now()
        )
    )


def test_save_ontology__versions_are_kept(house: Any) -> None:
    made = _save(house, "car", "truck", "bus", base=1)
    with house.db.read() as conn:
        assert queries.get_ontology(conn, house.project_id) == made
        first = queries.get_ontology(conn, house.project_id, version=1)
        assert queries.list_ontologies(conn, house.project_id) == [made, first]
        assert queries.get_ontology_by_id(conn, first.id) == first
        changes = read_events(conn, after_id=0, limit=9, kinds=["ontology.changed"])
    assert [label.name for label in first.labels] == ["car", "truck"]
    assert [one.payload for one in changes] == [
        {"version": 1, "change": "minor"},
        {"version": 2, "change": "minor"},
    ]


def test_save_ontology__same_again_is_no_version(house: Any) -> None:
    assert _save(house, "car", "truck").version == 1


def test_save_ontology__stale_base(house: Any) -> None:
    _save(house, "car", "truck", "bus")
    with pytest.raises(Conflict, match="version 2"):
        _save(house, "car", base=1)


def test_save_ontology__no_such_project(house: Any) -> None:
    with pytest.raises(NotFound, match="prj_none"):
        house.db.write(
            lambda conn: actions.save_ontology(conn, "prj_none", OntologyDraft(), actor_id=ANNA, now=house.now())
        )


def test_save_ontology__contradiction_is_refused(house: Any) -> None:
    with pytest.raises(InvalidInput, match="twice"):
        _save(house, "car", "car")


def test_add_labels__only_the_missing(house: Any) -> None:
    added = house.db.write(
        lambda conn: actions.add_labels(
            conn, house.project_id, ["truck", "bus", "van", "bus"], actor_id=ANNA, now=house.now()
        )
    )
    with house.db.read() as conn:
        current = queries.get_ontology(conn, house.project_id)
    assert added == ("bus", "van")
    assert [label.name for label in current.labels] == ["car", "truck", "bus", "van"]
    assert current.version == 2


def test_check_labels__nearest_name(house: Any) -> None:
    with house.db.read() as conn:
        queries.check_labels(conn, house.project_id, ["car", "truck"])
        with pytest.raises(UnknownLabel) as caught:
            queries.check_labels(conn, house.project_id, ["Trucks"])
    assert caught.value.details == {"label": "Trucks", "nearest": ["truck"]}


def test_create_recipe__pins_the_version(house: Any) -> None:
    draft = RecipeDraft(name="boxes", tools=[Tool.BOX], instructions="Tight boxes.")
    made = house.db.write(
        lambda conn: actions.create_recipe(conn, house.project_id, draft, actor_id=ANNA, now=house.now())
    )
    _save(house, "car", "truck", "bus")
    with house.db.read() as conn:
        assert queries.get_recipe(conn, made.id) == made
        assert queries.list_recipes(conn, house.project_id) == [made]
        assert queries.get_ontology_by_id(conn, made.ontology_id).version == 1
    with pytest.raises(Conflict, match="boxes"):
        house.db.write(
            lambda conn: actions.create_recipe(conn, house.project_id, draft, actor_id=ANNA, now=house.now())
        )
