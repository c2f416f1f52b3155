"""Novelty of logged images: their features, by the model's own choice, against those of its training images."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
from sqlalchemy import RowMapping

from whorl.base.errors import ModelError, NotFound
from whorl.models.bodies import embed_body
from whorl.models.queries import get_model
from whorl.models.training_set import read_training_set
from whorl.models.types import FloatArray
from whorl.models.workshop import Workshop
from whorl.serving.log_queries import image_key
from whorl.serving.novelty import LEAST_REFERENCES, MOST_REFERENCES, Reference, load_reference, spread
from whorl.store.blobs import content_key


def measure_strangeness(
    workshop: Workshop, model_id: str, lines: Sequence[RowMapping]
) -> dict[str, tuple[float, bytes]]:
    """The novelty of log lines to a model, and their coordinates as float16, by prediction id.

    The model's reference is made at the first call, of its training images, and kept beside the models. Lines whose
    image is gone are left out.

    Raises:
        ModelError: The model has fewer than ten training images here, so nothing can be called new to it.
        NotFound: There is no such model, or its folder is lost.
    """
    reference = find_reference(workshop, model_id)
    folder = str(workshop.model_folder(model_id))
    paths = {line["id"]: path for line in lines if (path := bring_image(workshop, line)) is not None}
    if not paths:
        return {}
    there = [line for line in lines if line["id"] in paths]
    features = embed(workshop, [str(paths[line["id"]]) for line in there], [line["sha256"] for line in there], folder)
    coordinates = reference.reduce(features)
    novelty = reference.novelty(coordinates)
    return {
        line["id"]: (float(score), row.astype(np.float16).tobytes())
        for line, score, row in zip(there, novelty, coordinates, strict=True)
    }


def find_reference(workshop: Workshop, model_id: str) -> Reference:
    """What a model has seen; read from beside the models, or made and kept there.

    Raises:
        ModelError: It has fewer than ten training images here.
    """
    path = workshop.models_path / ".novelty" / f"{model_id}.npz"
    found = Reference.find(path)
    if found is None:
        keys = _training_keys(workshop, model_id)
        folder = str(workshop.model_folder(model_id))

        def extract(some: Sequence[str]) -> FloatArray:
            return embed(workshop, workshop.files(some), some, folder)

        found = load_reference(path, keys, extract)
    if found is None:
        raise ModelError(
            f"model {model_id} has fewer than {LEAST_REFERENCES} training images here: nothing can be called new to it",
            hint="Use another kind of flag rule, or train a model on a dataset of this project.",
        )
    return found


def embed(workshop: Workshop, paths: Sequence[str], keys: Sequence[str], folder: str) -> FloatArray:
    """float32 (n, d) features of files, those that the model in ``folder`` reads; from the cache where they are."""
    body = partial(embed_body, folder=folder)
    return workshop.call(body, paths, keys, str(workshop.features_path), str(workshop.home))


def _training_keys(workshop: Workshop, model_id: str) -> list[str]:
    with workshop.db.read() as conn:
        model = get_model(conn, model_id)
        if model.dataset_id is None or model.revision is None:
            return []
        try:
            found = read_training_set(conn, model, blobs=workshop.blobs, files=workshop.files_path)
        except ModelError:
            return []
    return spread([sample.key for sample in found.data.train], MOST_REFERENCES)


def bring_image(workshop: Workshop, line: RowMapping) -> Path | None:
    """The logged image as a local file under its content's name, as items' files are; None when it is gone."""
    path = workshop.files_path / str(line["sha256"])[:2] / str(line["sha256"])
    if path.exists():
        return path
    try:
        data = workshop.blobs.get(image_key(line["endpoint_id"], line["at"], line["sha256"]))
    except NotFound:
        try:
            data = workshop.blobs.get(content_key(line["sha256"]))
        except NotFound:
            return None
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.served")
    draft.write_bytes(data)
    draft.replace(path)
    return path
