"""SAM-family pairs: an encoder that sees the image once, and a decoder that answers clicks.

Two ONNX files (or ORT ones), told apart by the names of their inputs. SAM 1: the decoder takes `image_embeddings`,
`point_coords`, `point_labels`, `mask_input`, `has_mask_input`, `orig_im_size`. SAM 2: the encoder gives `image_embed`,
`high_res_feats_0`, `high_res_feats_1`, which the decoder takes with points and mask. Points are in pixels of the
picture that the encoder saw: 1024 x 1024 for SAM 2, the longer side 1024 for SAM 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from whorl.base.errors import ModelError
from whorl.models.segmenting.cleaning import keep_asked
from whorl.models.segmenting.prompts import Found, Image, Point, Prompts

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Family = Literal["sam1", "sam2"]
Tensors = Mapping[str, NDArray[np.float16]]
_MEAN = (123.675, 116.28, 103.53)
_STD = (58.395, 57.12, 57.375)
_SIDE = 1024
_MASK_SIDE = 256
_MOST_MASK_PX = 4_000_000
_POINT_NAMES = frozenset({"point_coords", "point_labels"})
_EXPECTED = "a SAM decoder takes point_coords, point_labels and image_embeddings (SAM 1) or image_embed (SAM 2)"


@dataclass(frozen=True, slots=True)
class Pair:
    """An encoder and a decoder that belong together.

    Args:
        name: What people call it.
        sha256: Of both files, one hash.
    """

    name: str
    encoder: Path
    decoder: Path
    sha256: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What an encoder made of an image.

    Args:
        family: Which decoder understands it.
        width: Of the upright image, as its height.
        seen_width: Of the picture that the encoder saw, padding left out, as its height.
        tensors: float16 by the decoder's input name.
    """

    family: Family
    width: int
    height: int
    seen_width: int
    seen_height: int
    tensors: Tensors


def open_session(path: Path) -> InferenceSession:
    """A session on one thread.

    Raises:
        ModelError: The file is missing, damaged, or nothing that onnxruntime reads.
    """
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    # The arena keeps the most that was ever needed: more than a gigabyte for an encoder.
    options.enable_cpu_mem_arena = False
    if not path.is_file():
        raise ModelError(f"{path.name} is missing", hint="Fetch it again: `whorl models fetch sam2-tiny`.")
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    # onnxruntime raises a dozen classes of its own, which it does not export.
    except Exception as error:
        raise ModelError(
            f"{path.name} cannot be read by onnxruntime: {str(error)[:200]}",
            hint="It must be an ONNX or ORT file of this version of onnxruntime; fetch it again.",
        ) from error


def sniff_decoder(session: InferenceSession) -> Family:
    """Which family a decoder is of, by the names of its inputs.

    Raises:
        ModelError: Of none that is known.
    """
    names = {one.name for one in session.get_inputs()}
    if names >= _POINT_NAMES and "image_embeddings" in names:
        return "sam1"
    if names >= _POINT_NAMES and "image_embed" in names:
        return "sam2"
    raise ModelError(
        f"this is no decoder of the SAM family: its inputs are {', '.join(sorted(names))[:300]}",
        hint=f"Swap encoder and decoder if they are mixed up; {_EXPECTED}.",
    )


def sniff_pair(pair: Pair) -> Family:
    """Open both files and see that what the encoder gives is what the decoder takes.

    Raises:
        ModelError: They are of another kind, damaged, or do not belong together.
    """
    decoder = open_session(pair.decoder)
    family = sniff_decoder(decoder)
    encoder = open_session(pair.encoder)
    if len(encoder.get_inputs()) != 1:
        names = ", ".join(one.name for one in encoder.get_inputs())
        raise ModelError(
            f"this is no encoder of the SAM family: it takes {names[:300]}, not one image",
            hint="Swap encoder and decoder if they are mixed up.",
        )
    given = [one.name for one in encoder.get_outputs()]
    missing = [name for name in _embedding_names(decoder) if _source(name, given) is None]
    if missing:
        raise ModelError(
            f"encoder and decoder do not belong together: the encoder gives {', '.join(given)[:200]}; "
            f"the decoder takes {', '.join(missing)[:200]}",
            hint="Take both from one export.",
        )
    return family


def encode(pair: Pair, rgb: Image) -> Seen:
    """What the encoder makes of an upright image; about four seconds of a core for SAM 2 tiny.

    Args:
        rgb: uint8 (H, W, 3), of any size.

    Raises:
        ModelError: The pair is of another kind, or the encoder fails.
    """
    encoder, decoder = _session(pair.encoder, pair.sha256), _session(pair.decoder, pair.sha256)
    return encode_with(encoder, decoder, rgb)


def encode_with(encoder: InferenceSession, decoder: InferenceSession, rgb: Image) -> Seen:
    """As ``encode``, with open sessions."""
    family = sniff_decoder(decoder)
    (entry,) = encoder.get_inputs()
    picture, seen_width, seen_height = _prepare(rgb, family, entry.shape)
    names = [one.name for one in encoder.get_outputs()]
    try:
        outputs = dict(zip(names, encoder.run(None, {entry.name: picture}), strict=True))
    # Its errors are not exported.
    except Exception as error:
        raise ModelError(f"the encoder failed: {str(error)[:200]}") from error
    tensors = {}
    for name in _embedding_names(decoder):
        source = _source(name, names)
        if source is None:
            raise ModelError(f"the encoder gives {', '.join(names)[:200]}; the decoder takes {name}")
        tensors[name] = np.ascontiguousarray(outputs[source], np.float16)
    return Seen(family, rgb.shape[1], rgb.shape[0], seen_width, seen_height, tensors)


def decode(decoder: InferenceSession, seen: Seen, prompts: Prompts) -> Found:
    """The object that the prompts point at.

    Of the masks that the decoder gives, the one it trusts most among those that keep to the clicks.

    Args:
        prompts: Checked ones, in pixels of the upright image.

    Raises:
        ModelError: The decoder fails on these features.
    """
    coords, labels = _points(prompts, seen)
    # Any: onnxruntime's arrays are of several kinds.
    values: dict[str, Any] = {name: tensor.astype(np.float32) for name, tensor in seen.tensors.items()}
    values |= {
        "point_coords": coords,
        "point_labels": labels,
        "mask_input": np.zeros((1, 1, _MASK_SIDE, _MASK_SIDE), np.float32),
        "has_mask_input": np.zeros(1, np.float32),
        "orig_im_size": np.array([seen.seen_height, seen.seen_width], np.float32),
    }
    entries = {one.name: one for one in decoder.get_inputs()}
    feed = {name: _typed(value, entries[name].type) for name, value in values.items() if name in entries}
    try:
        outputs = dict(zip([one.name for one in decoder.get_outputs()], decoder.run(None, feed), strict=True))
        masks, scores = np.asarray(outputs["masks"], np.float32), np.asarray(outputs["iou_predictions"], np.float32)
        return _best(masks.reshape(-1, *masks.shape[-2:]), scores.reshape(-1), seen, prompts)
    # Its errors are not exported; a missing output is the model's fault, too.
    except Exception as error:
        raise ModelError(
            f"the decoder failed: {str(error)[:200]}", hint="Encoder and decoder may be of different exports."
        ) from error


def header_of(seen: Seen) -> str:
    """What goes before the tensors in a file: JSON."""
    start, entries = 0, []
    for name, tensor in seen.tensors.items():
        entries.append({"name": name, "shape": list(tensor.shape), "start": start, "bytes": tensor.nbytes})
        start += tensor.nbytes
    facts = {"family": seen.family, "width": seen.width, "height": seen.height}
    return json.dumps(facts | {"seen_width": seen.seen_width, "seen_height": seen.seen_height, "tensors": entries})


@lru_cache(maxsize=4)
def _session(path: Path, sha256: str) -> InferenceSession:
    del sha256
    return open_session(path)


def _embedding_names(decoder: InferenceSession) -> list[str]:
    asked = {"point_coords", "point_labels", "mask_input", "has_mask_input", "orig_im_size"}
    return [one.name for one in decoder.get_inputs() if one.name not in asked]


def _source(name: str, given: list[str]) -> str | None:
    """The encoder's output for a decoder's input: the one of its name, else the only one."""
    if name in given:
        return name
    return given[0] if len(given) == 1 else None


def _prepare(rgb: Image, family: Family, shape: list[int | str | None]) -> tuple[NDArray[np.float32], int, int]:
    """The encoder's input, and the size of the image in it."""
    import cv2

    height, width = rgb.shape[:2]
    is_plain = len(shape) == 3
    sides = [one for one in shape[-2:] if isinstance(one, int)]
    side = sides[0] if len(sides) == 2 and sides[0] == sides[1] and not is_plain else _SIDE
    scale = side / max(height, width)
    size = (side, side) if family == "sam2" else (max(1, round(width * scale)), max(1, round(height * scale)))
    shrinks = size[0] * size[1] < width * height
    picture = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR).astype(np.float32)
    if is_plain:
        # Exports that normalise and pad by themselves take rows, columns, colours.
        return picture, size[0], size[1]
    picture = (picture - np.array(_MEAN, np.float32)) / np.array(_STD, np.float32)
    padded = np.zeros((side, side, 3), np.float32)
    padded[: size[1], : size[0]] = picture
    return np.ascontiguousarray(padded.transpose(2, 0, 1)[None]), size[0], size[1]


def _points(prompts: Prompts, seen: Seen) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Points and labels: 1 on the object, 0 not, 2 and 3 corners of the box, -1 where there is no box (SAM 1)."""
    points: list[tuple[Point, int]] = [(point, 1) for point in prompts.include]
    points += [(point, 0) for point in prompts.exclude]
    bounds = prompts.bounds
    if bounds is not None:
        points += [((bounds[0], bounds[1]), 2), ((bounds[2], bounds[3]), 3)]
    fx, fy = seen.seen_width / seen.width, seen.seen_height / seen.height
    coords = [(x * fx, y * fy) for (x, y), _ in points]
    labels = [label for _, label in points]
    if bounds is None and seen.family == "sam1":
        coords.append((0.0, 0.0))
        labels.append(-1)
    return np.array([coords], np.float32), np.array([labels], np.float32)


def _typed(value: NDArray[Any], kind: str) -> NDArray[Any]:
    types = {"tensor(float16)": np.float16, "tensor(int32)": np.int32, "tensor(int64)": np.int64}
    return np.ascontiguousarray(value, types.get(kind, np.float32))


def _best(masks: NDArray[np.float32], scores: NDArray[np.float32], seen: Seen, prompts: Prompts) -> Found:
    kept = [index for index in range(len(masks)) if _keeps_to(masks[index], seen, prompts)]
    order = kept or list(range(len(masks)))
    chosen = max(order, key=lambda index: float(scores[index]))
    score = min(max(float(scores[chosen]), 0.0), 1.0)
    found = _enlarge(masks[chosen], seen, prompts)
    if found is None:
        return Found(problem="nothing stands out here: click on the object's middle, or draw a box around it")
    problem = None if kept or not (prompts.include or prompts.exclude) else "the shape does not keep to every click"
    return Found(found.mask, found.x0, found.y0, found.scale, score=round(score, 4), problem=problem)


def _keeps_to(logits: NDArray[np.float32], seen: Seen, prompts: Prompts) -> bool:
    height, width = logits.shape

    def at(point: Point) -> bool:
        x, y = int(point[0] / seen.width * width), int(point[1] / seen.height * height)
        return bool(logits[min(max(y, 0), height - 1), min(max(x, 0), width - 1)] > 0)

    return all(at(point) for point in prompts.include) and not any(at(point) for point in prompts.exclude)


def _enlarge(logits: NDArray[np.float32], seen: Seen, prompts: Prompts) -> Found | None:
    """The mask at the size of the image, of the part where it is; None when it is empty."""
    import cv2

    rows, columns = np.flatnonzero((logits > 0).any(axis=1)), np.flatnonzero((logits > 0).any(axis=0))
    if not len(rows):
        return None
    height, width = logits.shape
    fx, fy = seen.width / width, seen.height / height
    # Two cells more on each side: the edge runs between cells.
    x0, x1 = max(int((columns[0] - 2) * fx), 0), min(int((columns[-1] + 3) * fx) + 1, seen.width)
    y0, y1 = max(int((rows[0] - 2) * fy), 0), min(int((rows[-1] + 3) * fy) + 1, seen.height)
    scale = min(1.0, (_MOST_MASK_PX / ((x1 - x0) * (y1 - y0))) ** 0.5)
    w, h = max(1, round((x1 - x0) * scale)), max(1, round((y1 - y0) * scale))
    matrix = np.array([[1 / (fx * scale), 0, x0 / fx], [0, 1 / (fy * scale), y0 / fy]])
    # Centres of pixels: where pixel i of the part lies among the cells.
    matrix[0, 2] += 0.5 / (fx * scale) - 0.5
    matrix[1, 2] += 0.5 / (fy * scale) - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    soft = cv2.warpAffine(logits, matrix, (w, h), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    mask = keep_asked(np.asarray(soft > 0), prompts.moved(x0, y0, scale))
    return None if mask is None else Found(mask, x0, y0, scale)
