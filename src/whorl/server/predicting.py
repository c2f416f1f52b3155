"""Predict while the caller waits: a few items, or an image sent along."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection

from whorl.base.errors import NotFound, UnreadableMedia
from whorl.datasets.media import inspect
from whorl.datasets.queries import find_item_keys, list_items_by_key
from whorl.models.bodies import predict_body
from whorl.models.files import materialise
from whorl.models.records import prediction_records
from whorl.models.types import Prediction
from whorl.schemas.models import PredictedAnnotation, PredictedImage
from whorl.server.services import Services

P = ParamSpec("P")
T = TypeVar("T")
_LONGEST_S = 60.0


@dataclass(frozen=True)
class Picture:
    """An item's image: its content and its upright size in pixels."""

    item_id: str
    sha256: str
    width: int
    height: int


def read_pictures(conn: Connection, item_ids: Sequence[str]) -> list[Picture]:
    """The pictures of these items, in order.

    Raises:
        NotFound: One of them does not stand.
    """
    keys = find_item_keys(conn, item_ids)
    items = list_items_by_key(conn, list(keys.values()))
    missing = [item_id for item_id in item_ids if keys.get(item_id) not in items]
    if missing:
        raise NotFound(f"no such item: {missing[0]}", hint="It may have been deleted.")
    found = [items[keys[item_id]] for item_id in item_ids]
    return [Picture(item.id, item.sha256, item.width, item.height) for item in found]


def predict(
    services: Services, folder: Path, pictures: Sequence[Picture], *, min_confidence: float
) -> list[PredictedImage]:
    """What the model in ``folder`` says about stored pictures, in order."""
    cache = services.settings.home_path / "cache"
    shas = [picture.sha256 for picture in pictures]
    paths = [str(path) for path in materialise(services.blobs, shas, cache / "files")]
    found = _call(services, predict_body, str(folder), paths, shas, str(cache / "features"))
    return [
        _wire(one, picture.item_id, picture.width, picture.height, min_confidence)
        for picture, one in zip(pictures, found, strict=True)
    ]


def predict_upload(services: Services, folder: Path, data: bytes, *, min_confidence: float) -> PredictedImage:
    """What the model in ``folder`` says about an image that is not kept.

    Raises:
        UnreadableMedia: The bytes are empty, or not an image within the limits.
    """
    if not data:
        raise UnreadableMedia("the file is empty (0 bytes)", hint="Send the image's bytes as the field `file`.")
    looked = _call(services, inspect, data, max_pixels=services.settings.max_pixels)
    with tempfile.TemporaryDirectory(prefix="whorl-predict-") as scratch:
        path = Path(scratch) / "image"
        path.write_bytes(data)
        sha256 = hashlib.sha256(data).hexdigest()
        # Its features go with it: the cache is for items.
        (found,) = _call(services, predict_body, str(folder), [str(path)], [sha256], str(Path(scratch) / "features"))
    return _wire(found, None, looked.info.width, looked.info.height, min_confidence)


def _call(services: Services, body: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    # Bytes of strangers are decoded in a child process, which a bad image may take down with it.
    if services.executor is None:
        return body(*args, **kwargs)
    return services.executor.wait(services.executor.submit(body, *args, **kwargs), timeout_s=_LONGEST_S)


def _wire(
    prediction: Prediction, item_id: str | None, width: int, height: int, min_confidence: float
) -> PredictedImage:
    records = prediction_records(prediction, width=width, height=height, min_confidence=min_confidence)
    return PredictedImage(
        item_id=item_id,
        width=width,
        height=height,
        annotations=[
            PredictedAnnotation(label=one.label, geometry=one.geometry, confidence=one.confidence) for one in records
        ],
    )
