"""Show what augmentation does to a few images of a dataset while the caller waits."""

from __future__ import annotations

import random
from dataclasses import dataclass

from sqlalchemy import Connection

from whorl.annotations.queries import read_truth
from whorl.base.errors import InvalidInput
from whorl.datasets.dql.either_form import read_query
from whorl.datasets.queries import list_item_keys, list_items_by_key
from whorl.datasets.revisions import load_dataset
from whorl.models.files import materialise
from whorl.models.previews import PreviewTask, preview_body
from whorl.schemas.annotations import Geometry
from whorl.schemas.training import AugmentationPreview, AugmentationPreviewRequest, AugmentedImage
from whorl.server.services import Services

_LONGEST_S = 30.0


@dataclass(frozen=True)
class Chosen:
    """An item whose image is shown, and its ground truth."""

    item_id: str
    sha256: str
    shapes: tuple[tuple[str, Geometry], ...]


def choose_items(conn: Connection, request: AugmentationPreviewRequest) -> list[Chosen]:
    """Items by lot; the same seed chooses the same ones while the dataset does not change.

    Raises:
        InvalidInput: Nothing matches the query.
        QueryError: The query names a field that does not exist.
    """
    keys = list_item_keys(conn, request.dataset_id, query=read_query(request.query))
    if not keys:
        raise InvalidInput("no item to show", hint="Widen the query, or add images to the dataset.")
    some = random.Random(request.seed).sample(keys, min(request.count, len(keys)))
    items = list_items_by_key(conn, some)
    truth = read_truth(conn, load_dataset(conn, request.dataset_id).key, some)
    return [
        Chosen(items[key].id, items[key].sha256, tuple((one.label, one.geometry) for one in truth[key]))
        for key in some
        if key in items
    ]


def preview(services: Services, chosen: list[Chosen], request: AugmentationPreviewRequest) -> AugmentationPreview:
    """The changed images, made in a worker process.

    Raises:
        NotFound: The blob store lost one of them.
    """
    paths = materialise(services.blobs, [one.sha256 for one in chosen], services.settings.home_path / "cache" / "files")
    tasks = [PreviewTask(one.item_id, str(path), one.shapes) for one, path in zip(chosen, paths, strict=True)]
    # Bytes of strangers are decoded in a child process, which a bad image may take down with it.
    if services.executor is None:
        found = preview_body(tasks, request.augment, seed=request.seed, size=request.size)
    else:
        future = services.executor.submit(preview_body, tasks, request.augment, seed=request.seed, size=request.size)
        found = services.executor.wait(future, timeout_s=_LONGEST_S)
    return AugmentationPreview(
        images=[one for one in found if isinstance(one, AugmentedImage)],
        skipped=[one for one in found if isinstance(one, str)],
    )
