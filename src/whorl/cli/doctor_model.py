"""``whorl doctor --model SPEC image.jpg``: what a model can do, and what was understood of one prediction."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import InvalidInput, JsonValue
from whorl.cli.output import Output

if TYPE_CHECKING:
    from whorl.models.adapters import Adapter
    from whorl.models.adapters.onnx_model import Understood
    from whorl.models.types import Image
    from whorl.schemas.records import AnnotationRecord

_MOST_ROWS = 50


def look_at_model(
    out: Output,
    spec: str,
    picture: Path,
    *,
    task: str | None,
    labels: list[str],
    options: dict[str, JsonValue],
    save: Path | None,
) -> None:
    """Open a model, let it predict one image twice, and show what was understood.

    Raises:
        InvalidInput: It does not tell its task or labels, and nobody else did.
        ModelError: It cannot be opened, or its answer is not understood.
        UnreadableMedia: The file is not an image.
    """
    from whorl.models.images import read_image
    from whorl.models.records import prediction_records

    started = time.perf_counter()
    adapter, found = _open(spec, task, labels, options)
    opened_s = time.perf_counter() - started
    image = read_image(picture)
    _predict(adapter, found, image)  # The first call warms up.
    started = time.perf_counter()
    prediction = _predict(adapter, found, image)
    took_s = time.perf_counter() - started
    height, width = image.shape[:2]
    records = prediction_records(prediction, width=width, height=height)
    facts: dict[str, JsonValue] = {
        "model": spec,
        "able_to": ", ".join(sorted(adapter.capabilities)),
        "task": found.task.value,
        "labels": [*found.labels],
        **found.facts,
        "image": f"{width} x {height}",
        "opened_in_s": round(opened_s, 3),
        "predicted_in_ms": round(took_s * 1000, 1),
    }
    if save is not None:
        draw(image, records).save(save)
    _show(out, facts, found, records)


def _open(spec: str, task: str | None, labels: list[str], options: dict[str, JsonValue]) -> tuple[Adapter, Understood]:
    from whorl.models.adapters import resolve_adapter
    from whorl.models.adapters.imported import ImportRequest, open_stranger, understand
    from whorl.models.adapters.onnx_model import Understood
    from whorl.models.adapters.resolve import is_object
    from whorl.models.folder import load_model

    if (Path(spec) / "model.yaml").is_file():
        model = load_model(Path(spec))
        return model.adapter, Understood(model.task, model.labels, {"architecture": model.card.architecture})
    if spec.startswith("builtin:"):
        raise InvalidInput(f"{spec} says nothing before it is trained", hint="Name the folder of a trained model.")
    request = ImportRequest(spec, task, tuple(labels), options)
    if is_object(spec):
        adapter = open_stranger(request, Path.cwd())
    else:
        given: dict[str, JsonValue] = dict(options)
        if not spec.startswith("subprocess:"):
            given |= {"labels": [*labels]} if labels else {}
            given |= {"task": task} if task else {}
        # Who runs this command may run any interpreter anyway.
        adapter = resolve_adapter(spec, given, may_run_any_python=True)
    return adapter, understand(adapter, request, ())


def _predict(adapter: Adapter, found: Understood, image: Image):  # type: ignore[no-untyped-def]
    (said,) = adapter.predict([image], labels=found.labels, task=found.task)
    return said


def _show(out: Output, facts: dict[str, JsonValue], found: Understood, records: list[AnnotationRecord]) -> None:
    rows = [
        {"label": one.label, "confidence": one.confidence, "geometry": one.geometry.model_dump(mode="json")}
        for one in records
    ]
    if out.as_json:
        out.facts({**facts, "notes": list(found.notes), "annotations": rows})
        return
    shown = list(found.labels[:8]) + ([f"and {len(found.labels) - 8} more"] if len(found.labels) > 8 else [])
    out.facts(facts | {"labels": ", ".join(shown)})
    for note in found.notes:
        out.note(f"note: {note}")
    if not records:
        out.note("it found nothing on this image")
        return
    cells = [[one.label, f"{one.confidence or 0:.3f}", _geometry(one)] for one in records]
    out.cells(("label", "confidence", "where"), cells[:_MOST_ROWS])
    if len(cells) > _MOST_ROWS:
        out.note(f"and {len(cells) - _MOST_ROWS} more")


def _geometry(record: AnnotationRecord) -> str:
    from whorl.annotations.rules import find_bounds
    from whorl.schemas.annotations import ClassTag

    if isinstance(record.geometry, ClassTag):
        return "the whole image"
    bounds = find_bounds(record.geometry) or (0, 0, 0, 0)
    return f"{record.geometry.type} " + ", ".join(f"{side:.0f}" for side in bounds)


# Any: Pillow's image.
def draw(image: Image, records: list[AnnotationRecord]):  # type: ignore[no-untyped-def]
    """The image with its boxes, outlines of masks' boxes and names drawn on it, as a Pillow image."""
    from PIL import Image as PilImage
    from PIL import ImageDraw, ImageFont

    from whorl.annotations.rules import find_bounds
    from whorl.geometry.masks import decode_mask
    from whorl.ontology.rules import pick_color
    from whorl.schemas.annotations import ClassTag, Mask

    labels = sorted({one.label for one in records})
    canvas = PilImage.fromarray(image).convert("RGB")
    line = max(1, round(max(canvas.size) / 400))
    size = max(11, round(max(canvas.size) / 45))
    font = ImageFont.load_default(size)
    classes = 0
    for one in reversed(records):
        color = pick_color(labels.index(one.label))
        text = f"{one.label} {one.confidence or 0:.2f}"
        if isinstance(one.geometry, ClassTag):
            corner = (4.0, 4.0 + classes * size * 1.3)
            classes += 1
        else:
            if isinstance(one.geometry, Mask):
                mask = decode_mask(one.geometry.counts, width=canvas.width, height=canvas.height)
                veil = PilImage.fromarray((mask * 110).astype("uint8"))
                canvas.paste(PilImage.new("RGB", canvas.size, color), mask=veil)
            bounds = find_bounds(one.geometry) or (0.0, 0.0, 0.0, 0.0)
            ImageDraw.Draw(canvas).rectangle(bounds, outline=color, width=line)
            corner = (bounds[0] + line, max(0.0, bounds[1] - size * 1.3))
        pen = ImageDraw.Draw(canvas)
        pen.rectangle(pen.textbbox(corner, text, font=font), fill="black")
        pen.text(corner, text, fill=color, font=font)
    return canvas
