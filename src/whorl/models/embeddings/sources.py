"""What computes the vectors of a space: a feature, a registered model, an adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, or_, select

from whorl.base.errors import ModelError, NotFound
from whorl.base.ids import kind_of
from whorl.models.adapters.resolve import is_object
from whorl.models.embeddings.queries import Space
from whorl.models.importing import check_spec
from whorl.models.queries import get_model
from whorl.store.db.tables import model

HOG, LITE0 = "hog32-1", "lite0-128-1"  # as in models.features, which needs numpy
_FEATURES = {"hog": HOG, "lite0": LITE0, HOG: HOG, LITE0: LITE0}


@dataclass(frozen=True)
class Source:
    """A source as it is stored.

    Args:
        name: A feature's name, a model's id, or an adapter's reference.
        model_id: Of a registered model.
    """

    name: str
    model_id: str | None = None

    @property
    def is_feature(self) -> bool:
        """Whether it is computed by Whorl's own code, which certainly embeds and reads no text."""
        return self.name in _FEATURES


def default_source(home: Path) -> str:
    """The best that this server has: Lite0 where its backbone was fetched, else HOG with colour."""
    from whorl.models.weights import list_backbones

    return LITE0 if any(one.name == "lite0" for one in list_backbones(home)) else HOG


def settle_source(conn: Connection, project_id: str, given: str | None, *, home: Path, pythons: str = "") -> Source:
    """What somebody means by the name of a source.

    Args:
        given: ``hog``, ``lite0``, a model's id or name, or an adapter's reference; the default when None.
        pythons: Setting ``WHORL_MODEL_PYTHONS``.

    Raises:
        NotFound: The project has no such model, or it has no weights.
        Forbidden, InvalidInput: An adapter's reference is not allowed, or names nothing.
        ModelError: Lite0 without its backbone, or a pickle.
    """
    if given is None:
        return Source(default_source(home))
    if given in _FEATURES:
        name = _FEATURES[given]
        if name == LITE0 and default_source(home) != LITE0:
            raise ModelError("lite0 needs the backbone file", hint="Run: whorl models fetch lite0")
        return Source(name)
    found = _find_model(conn, project_id, given)
    if found is not None:
        if get_model(conn, found).status != "trained":
            raise NotFound(f"model {given[:60]!a} has no weights", hint="It was not trained, or its training failed.")
        return Source(found, found)
    if kind_of(given) == "model":
        raise NotFound(f"no such model in this project: {given[:60]!a}", hint="List them with `whorl models list`.")
    check_spec(given, pythons)
    return Source(given)


def place_of(space: Space, model_folder: Callable[[str], Path]) -> tuple[str, str | None]:
    """Name and folder for a body: the folder of a registered model, else None.

    Args:
        model_folder: Brings a trained model's folder to this machine.

    Raises:
        NotFound: The model was deleted.
    """
    return space.source, None if space.model_id is None else str(model_folder(space.model_id))


def names_python(source: str) -> bool:
    """Whether a source is an object of a Python module."""
    return is_object(source)


def _find_model(conn: Connection, project_id: str, given: str) -> str | None:
    mine = select(model.c.id).where(model.c.project_id == project_id)
    query = mine.where(or_(model.c.id == given, model.c.name == given)).order_by(model.c.id.desc())
    found = conn.execute(query.limit(1)).scalar_one_or_none()
    return None if found is None else str(found)
