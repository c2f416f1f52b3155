"""Which segmenters there are, and one function that asks any of them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from whorl.base.errors import WhorlError
from whorl.models.segmenting.prompts import Found, Image, Prompts, check_prompts
from whorl.models.segmenting.sam import Pair, Seen, decode, encode, open_session, sniff_decoder

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

FOLDER = "segmenters"
FETCHED = "sam2-tiny"
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,59}")
_SUFFIXES = (".onnx", ".ort")
Segment = Callable[[Prompts], Found]


@dataclass(frozen=True, slots=True)
class Segmenter:
    """A pair in the home, and whether it can be used.

    Args:
        pair: None when a file is missing.
        problem: Why it cannot be used; None when it can.
    """

    name: str
    pair: Pair | None
    problem: str | None


def list_pairs(models: Path) -> list[Segmenter]:
    """The SAM-family pairs of a home, the user's own first: the first that is ready is the one that is used.

    Own pairs lie in ``segmenters/NAME/{encoder,decoder}.{onnx,ort}``.

    Args:
        models: The home's folder of models.
    """
    own = sorted(path for path in (models / FOLDER).glob("*") if path.is_dir() and NAME.fullmatch(path.name))
    found = [_look_at(path) for path in own]
    fetched = models / "weights" / FETCHED
    if fetched.is_dir():
        found.append(_look_at(fetched))
    else:
        found.append(Segmenter(FETCHED, None, f"not fetched: run `whorl models fetch {FETCHED}`"))
    return found


def find_pair(models: Path) -> Segmenter | None:
    """The pair that is used, or None when none is ready."""
    return next((one for one in list_pairs(models) if one.problem is None), None)


def open_decoder(pair: Pair) -> InferenceSession:
    """The decoder's session, kept for the next click.

    Raises:
        ModelError: It is missing, damaged or of another kind.
    """
    return _decoder(pair.decoder, pair.sha256)


def segment_image(rgb: Image, prompts: Prompts, *, pair: Pair | None = None, seen: Seen | None = None) -> Found:
    """The object that the prompts point at: by a SAM pair when one is given, else by GrabCut.

    For many objects of one image encode it once: ``segmenter_of``.

    Args:
        rgb: uint8 (H, W, 3), upright.
        pair: Which SAM; None is GrabCut.
        seen: What the pair's encoder made of the image, if that is known already.

    Raises:
        InvalidInput: The prompts lie outside the image or say nothing.
        ModelError: The pair is of another kind, or fails.
    """
    return segmenter_of(rgb, pair=pair, seen=seen)(prompts)


def segmenter_of(rgb: Image, *, pair: Pair | None = None, seen: Seen | None = None) -> Segment:
    """A function from prompts to what is found in one image; a SAM encodes it once, at the first call at the latest."""
    from whorl.models.segmenting.grabcut import grabcut

    height, width = rgb.shape[:2]
    if pair is None:
        return lambda prompts: grabcut(rgb, check_prompts(prompts, width=width, height=height))
    known = encode(pair, rgb) if seen is None else seen
    decoder = open_decoder(pair)
    return lambda prompts: decode(decoder, known, check_prompts(prompts, width=width, height=height))


def _look_at(folder: Path) -> Segmenter:
    files = [_file(folder, role) for role in ("encoder", "decoder")]
    missing = [role for role, path in zip(("encoder", "decoder"), files, strict=True) if path is None]
    encoder, decoder = files
    if encoder is None or decoder is None:
        return Segmenter(folder.name, None, f"{' and '.join(missing)} missing: needs encoder.onnx and decoder.onnx")
    try:
        stamps = tuple((str(one), one.stat().st_size, one.stat().st_mtime_ns) for one in (encoder, decoder))
        pair = Pair(folder.name, encoder, decoder, _hash(stamps))
        problem = _problem(pair)
    except OSError as error:
        return Segmenter(folder.name, None, f"cannot be read: {error.strerror}")
    return Segmenter(folder.name, pair, problem)


def _file(folder: Path, role: str) -> Path | None:
    return next((folder / f"{role}{suffix}" for suffix in _SUFFIXES if (folder / f"{role}{suffix}").is_file()), None)


@lru_cache(maxsize=32)
def _hash(stamps: tuple[tuple[str, int, int], ...]) -> str:
    # By size and time, too: a file that is replaced is read again.
    whole = hashlib.sha256()
    for path, _, _ in stamps:
        with Path(path).open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()


@lru_cache(maxsize=32)
def _problem(pair: Pair) -> str | None:
    try:
        _decoder(pair.decoder, pair.sha256)
    except WhorlError as error:
        return f"{error.message}. {error.hint}".strip()
    return None


@lru_cache(maxsize=4)
def _decoder(path: Path, sha256: str) -> InferenceSession:
    del sha256
    session = open_session(path)
    sniff_decoder(session)
    return session
