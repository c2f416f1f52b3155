"""A labelled set from disk as what a simulation replays: images or crops with their labels, and their features."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from whorl.base.errors import FormatError, InvalidInput, WhorlError
from whorl.formats.registry import detect_format, get_format
from whorl.models.embeddings.keys import crop_key
from whorl.models.features import HOG, LITE0, FeatureCache, content_key, extract
from whorl.models.images import read_image
from whorl.models.records import object_box
from whorl.models.types import FloatArray, Image, no_boxes
from whorl.models.weights import find_backbone, list_backbones
from whorl.schemas.annotations import ClassTag
from whorl.schemas.records import ItemRecord
from whorl.selection.simulation.linear import LinearLearner

LINEAR, TINYDET = "builtin:linear", "builtin:tinydet"
MODELS = (LINEAR, TINYDET)
FEATURE_SETS = {"hog": (HOG,), "lite0": (LITE0,), "hog+lite0": (HOG, LITE0)}
_LEAST_SIDE_PX = 4
Report = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class SourceImage:
    """One labelled image.

    Attributes:
        tags: Classes of the whole image.
        boxes: float32 (k, 4) pixels, x0 y0 x1 y1, of the objects in ``labels``.
        key: SHA-256 of the bytes, when known.
        group: Images of one group stay on one side of a split; empty: alone.
    """

    path: Path
    tags: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    boxes: FloatArray = field(default_factory=no_boxes)
    key: str = ""
    group: str = ""


@dataclass(frozen=True, eq=False)
class Unit:
    """One thing to label: an image, or one object's crop of it."""

    image: int
    label: str
    crop: tuple[int, int, int, int] | None = None


def read_images(root: Path, *, format_name: str | None = None) -> list[SourceImage]:
    """The images of a folder or dataset that carry labels, in a stable order.

    Raises:
        FormatError: Nothing there that can be read; ``UnknownFormat`` for a name that is none.
        InvalidInput: No image has a label.
    """
    adapter = detect_format(root) if format_name is None else get_format(format_name)
    # A folder per class is the plainest labelled set there is, and looks like a folder of images.
    if format_name is None and adapter.name == "folder":
        adapter = get_format("folder_classes")
    records = [one for one in adapter.read(root) if isinstance(one, ItemRecord)]
    if not records:
        raise FormatError(f"{root.name!r} holds no images", hint="Check the path, or name the format: --format.")
    found = [of_record(one) for one in sorted(records, key=lambda one: one.name) if one.file is not None]
    labelled = [one for one in found if one.tags or one.labels]
    if not labelled:
        raise InvalidInput(
            f"none of {len(records)} images in {root.name!r} has a label",
            hint="A simulation replays labels: give a folder per class, or a COCO, VOC, YOLO or Dataloop set.",
        )
    return labelled


def of_record(record: ItemRecord) -> SourceImage:
    """One record with its file, as it counts here."""
    assert record.file is not None
    tags = [one.label for one in record.annotations if isinstance(one.geometry, ClassTag)]
    objects = [(one.label, object_box(one)) for one in record.annotations if not isinstance(one.geometry, ClassTag)]
    boxed = [(label, (box.x0, box.y0, box.x1, box.y1)) for label, box in objects if box is not None]
    return SourceImage(
        path=record.file,
        tags=tuple(dict.fromkeys(tags)),
        labels=tuple(label for label, _ in boxed),
        boxes=np.array([box for _, box in boxed], np.float32).reshape(-1, 4),
    )


def choose_model(images: Sequence[SourceImage], asked: str | None = None) -> str:
    """The model to simulate with: what was asked for, or a detector where labels are objects.

    Raises:
        InvalidInput: No such model, or a detector for images without objects.
    """
    has_objects = any(one.labels for one in images) and not any(one.tags for one in images)
    if asked is None:
        return TINYDET if has_objects else LINEAR
    name = asked if ":" in asked else f"builtin:{asked}"
    if name not in MODELS:
        raise InvalidInput(
            f"no simulation for the model {asked}; there are {', '.join(MODELS)}",
            hint="builtin:linear takes classes, or the crops of objects; builtin:tinydet takes boxes.",
        )
    if name == TINYDET and not any(one.labels for one in images):
        raise InvalidInput("builtin:tinydet needs boxes, and the labels are classes", hint="Use builtin:linear.")
    return name


def list_units(images: Sequence[SourceImage]) -> list[Unit]:
    """What ``builtin:linear`` labels: images with one class; where there are none, the crop of each object.

    Raises:
        InvalidInput: Images have several classes.
    """
    if any(one.tags for one in images):
        several = Counter(len(one.tags) > 1 for one in images)[True]
        if several:
            raise InvalidInput(
                f"{several} images have several classes, and a simulation takes one each",
                hint="Leave them out, or simulate one class against the rest.",
            )
        return [Unit(at, one.tags[0]) for at, one in enumerate(images) if one.tags]
    return [
        Unit(at, label, (x0, y0, x1, y1))
        for at, one in enumerate(images)
        for label, (x0, y0, x1, y1) in zip(one.labels, _corners(one.boxes), strict=True)
        if min(x1 - x0, y1 - y0) >= _LEAST_SIDE_PX
    ]


def make_learner(images: Sequence[SourceImage], units: Sequence[Unit], features: FloatArray) -> LinearLearner:
    """The learner of units whose features are known, with crops of an image, and images of a group, kept together."""
    classes = tuple(sorted({one.label for one in units}))
    keys = [images[one.image].group or str(one.image) for one in units]
    codes = {key: at for at, key in enumerate(dict.fromkeys(keys))}
    groups = [images[one.image].group for one in units]
    return LinearLearner(
        features,
        np.array([classes.index(one.label) for one in units], np.int64),
        classes,
        group_codes=np.array([codes[key] for key in keys], np.int64),
        sources=tuple(groups) if any(groups) else None,
    )


def embed_units(
    images: Sequence[SourceImage],
    units: Sequence[Unit],
    *,
    home: Path,
    cache: Path,
    features: str = "auto",
    report: Report = lambda done, total: None,
) -> FloatArray:
    """float32 (n, d) features of units, each image opened once; from the cache where they are there.

    Args:
        home: Where fetched backbones are.
        features: hog, lite0, hog+lite0; auto is lite0 where it has been fetched, else hog.

    Raises:
        InvalidInput: No such features, or an image that cannot be read.
        ModelError: lite0 is asked for, and has not been fetched.
    """
    wanted = ("lite0" if list_backbones(home) else "hog") if features == "auto" else features
    if wanted not in FEATURE_SETS:
        raise InvalidInput(f"no features {features!r}; there are auto, {', '.join(FEATURE_SETS)}")
    names = FEATURE_SETS[wanted]
    backbone = find_backbone("lite0", home) if LITE0 in names else None
    path = None if backbone is None else backbone.path
    store = FeatureCache(cache)
    by_image: dict[int, list[int]] = {}
    for at, unit in enumerate(units):
        by_image.setdefault(unit.image, []).append(at)
    rows: dict[int, FloatArray] = {}
    for done, (number, places) in enumerate(by_image.items()):
        report(done, len(by_image))
        image = images[number]
        crops = [units[at].crop for at in places]
        for at, row in zip(places, _image_rows(image, crops, names, store, path), strict=True):
            rows[at] = row
    report(len(by_image), len(by_image))
    return np.stack([rows[at] for at in range(len(units))])


def fingerprint(images: Sequence[SourceImage], units: Sequence[Unit], features: FloatArray) -> str:
    """Tells one simulation's data from another's: labels, groups and features."""
    digest = hashlib.sha256()
    for unit in units:
        digest.update(f"{unit.image}\t{unit.label}\t{images[unit.image].group}\n".encode("utf-8", "surrogatepass"))
    digest.update(np.ascontiguousarray(features, np.float16).tobytes())
    return digest.hexdigest()


def _image_rows(
    image: SourceImage,
    crops: Sequence[tuple[int, int, int, int] | None],
    names: Sequence[str],
    store: FeatureCache,
    backbone: Path | None,
) -> FloatArray:
    content = image.key or content_key(image.path)
    keys = [content if crop is None else crop_key(content, crop) for crop in crops]
    pixels: list[Image] = []

    def extract_some(feature: str) -> Callable[[Sequence[int]], FloatArray]:
        def rows(positions: Sequence[int]) -> FloatArray:
            if not pixels:
                pixels.append(_read(image.path))
            return extract([_cut(pixels[0], crops[at]) for at in positions], feature, backbone=backbone)

        return rows

    return np.concatenate([store.fill(keys, name, extract_some(name)) for name in names], axis=1)


def _read(path: Path) -> Image:
    try:
        return read_image(path)
    except WhorlError as error:
        raise InvalidInput(f"{path.name}: {error.message}", hint="Leave the image out, or mend it.") from error


def _cut(image: Image, crop: tuple[int, int, int, int] | None) -> Image:
    if crop is None:
        return image
    height, width = image.shape[:2]
    x0, y0 = min(max(crop[0], 0), width - 1), min(max(crop[1], 0), height - 1)
    return np.ascontiguousarray(image[y0 : max(min(crop[3], height), y0 + 1), x0 : max(min(crop[2], width), x0 + 1)])


def _corners(boxes: FloatArray) -> list[tuple[int, int, int, int]]:
    return [(int(x0), int(y0), int(np.ceil(x1)), int(np.ceil(y1))) for x0, y0, x1, y1 in boxes.tolist()]
