"""Objects that look alike: of each picture one object is shown, the others of its class are to be found."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from statistics import fmean, median

import numpy as np

from whorl.geometry.boxes import box_iou
from whorl.models.images import read_image
from whorl.models.segmenting.alike import find_alike
from whorl.models.segmenting.prompts import Bounds, Image

IOU = 0.5
EXAMPLES = 3
PICTURES = 12
Scene = tuple[Image, list[Bounds]]


def measure_alike(data: Path, *, min_score: float = 0.5) -> dict[str, object]:
    """Precision and recall at an overlap of 0.5, for a few examples of each picture."""
    return {
        "blood_cells": _measure(_blood_cells(data / "bccd" / "BCCD"), min_score),
        "aerial_cars": _measure(_cars(data / "aerial_cars"), min_score),
    }


def _measure(scenes: Iterator[Scene], min_score: float) -> dict[str, object]:
    times, hits, found_count, true_count = [], 0, 0, 0
    scored: list[tuple[float, bool]] = []
    for rgb, boxes in scenes:
        for number in np.linspace(0, len(boxes) - 1, EXAMPLES).astype(int).tolist():
            others = [box for place, box in enumerate(boxes) if place != number]
            started = time.process_time()
            found = find_alike(rgb, boxes[number], limit=200, min_score=min_score)
            times.append((time.process_time() - started) * 1e3)
            right = _match([one.box for one in found], others)
            hits, found_count, true_count = hits + sum(right), found_count + len(found), true_count + len(others)
            scored += [(one.score, is_right) for one, is_right in zip(found, right, strict=True)]
    return {
        "examples": len(times),
        "recall": round(hits / max(true_count, 1), 3),
        "precision": round(hits / max(found_count, 1), 3),
        "precision_by_score": _by_score(scored),
        "cpu_ms_median": round(median(times), 1),
        "cpu_ms_longest": round(max(times), 1),
    }


def _match(found: list[Bounds], true: list[Bounds]) -> list[bool]:
    """Whether each, surest first, overlaps a true one that is still free."""
    if not found or not true:
        return [False] * len(found)
    overlaps = box_iou(np.array(found, np.float64), np.array(true, np.float64))
    right = []
    for row in range(len(found)):
        best = int(np.argmax(overlaps[row]))
        right.append(bool(overlaps[row, best] >= IOU))
        if right[-1]:
            overlaps[:, best] = 0
    return right


def _by_score(scored: list[tuple[float, bool]]) -> dict[str, object]:
    """The share that is right by score: a calibrated score is that share."""
    told = {}
    for low in (0.5, 0.6, 0.7, 0.8, 0.9):
        some = [is_right for score, is_right in scored if low <= score < low + 0.1 + (low == 0.9)]
        told[f"{low:.1f}"] = [len(some), round(fmean(some), 2) if some else None]
    return told


def _blood_cells(folder: Path) -> Iterator[Scene]:
    """Pictures of 640 x 480 with their red blood cells, those with the most first in every eighth file."""
    files = sorted((folder / "Annotations").glob("*.xml"))
    for file in files[:: max(1, len(files) // PICTURES)][:PICTURES]:
        boxes: list[Bounds] = []
        for entry in ElementTree.parse(file).getroot().iter("object"):
            corners = [float(entry.findtext(f"bndbox/{name}") or 0) for name in ("xmin", "ymin", "xmax", "ymax")]
            if entry.findtext("name") == "RBC" and corners[2] > corners[0] and corners[3] > corners[1]:
                boxes.append((corners[0], corners[1], corners[2], corners[3]))
        if len(boxes) >= EXAMPLES:
            yield read_image(folder / "JPEGImages" / f"{file.stem}.jpg"), boxes


def _cars(folder: Path) -> Iterator[Scene]:
    """Aerial photos with their cars."""
    files = [one for one in sorted((folder / "labels").glob("*.txt")) if len(one.read_text().split("\n")) > 8]
    for file in files[:: max(1, len(files) // PICTURES)][:PICTURES]:
        path = next(iter((folder / "images").glob(f"{file.stem}.*")), None)
        if path is None:
            continue
        rgb = read_image(path)
        height, width = rgb.shape[:2]
        rows = [[float(one) for one in line.split()] for line in file.read_text().splitlines() if line.strip()]
        boxes = [
            (
                max((x - w / 2) * width, 0.0),
                max((y - h / 2) * height, 0.0),
                min((x + w / 2) * width, float(width)),
                min((y + h / 2) * height, float(height)),
            )
            for label, x, y, w, h in rows
            if label == 0
        ]
        if len(boxes) >= EXAMPLES:
            yield rgb, boxes
