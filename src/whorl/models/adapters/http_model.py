"""A model behind an address: Whorl's own JSON, or the ``/predict`` of Label Studio's ML backends.

Calls go out through :mod:`whorl.base.egress`: addresses inside a private network only when ``WHORL_EGRESS_ALLOW`` names
them. A call is made once; a model that is down is for the caller to try again.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping, Sequence

import numpy as np

from whorl.base.egress import Egress, EgressAnswer, EgressRules, check_url
from whorl.base.errors import JsonValue, ModelError
from whorl.geometry.masks import Rle, encode_mask
from whorl.geometry.polygons import polygon_bounds, polygon_to_mask
from whorl.models.adapters.onnx_model import Understood
from whorl.models.adapters.options import HttpOptions, read_options
from whorl.models.types import Image, Instances, Task

_SAID = 200


class HttpModel:
    """Posts one image after the other.

    Raises:
        EgressRefused: It is not an http or https address.
        InvalidInput: An option is not known or has a value that is not allowed.
    """

    def __init__(self, url: str, options: Mapping[str, JsonValue], *, egress: Egress | None = None) -> None:
        check_url(url)
        self._url = url
        self._options = read_options(HttpOptions, options, "a model behind an address")
        self._egress = egress or _egress(self._options)
        task, labels = self._options.task, tuple(self._options.labels)
        self.understood = Understood(Task(task), labels, {"protocol": self._options.protocol}) if task else None

    def predict(self, images: Sequence[Image]) -> list[object]:
        """One answer per image, in order.

        Raises:
            EgressRefused: The address may not be called.
            ModelError: It answered with an error, too much, or something that is not understood.
            Unavailable: It did not answer in time.
        """
        read = self._ask_whorl if self._options.protocol == "whorl" else self._ask_label_studio
        return [read(image) for image in images]

    def _ask_whorl(self, image: Image) -> object:
        said = self._post(_png(image), "image/png")
        if isinstance(said, dict) and isinstance(said.get("annotations"), list):
            rows = said["annotations"]
            assert isinstance(rows, list)
            return self._annotations(rows, image)
        return said

    def _ask_label_studio(self, image: Image) -> object:
        picture = "data:image/png;base64," + base64.b64encode(_png(image)).decode("ascii")
        body = {"tasks": [{"id": 1, "data": {"image": picture}}], "params": {"context": None}}
        said = self._post(json.dumps(body).encode(), "application/json")
        results = said.get("results") if isinstance(said, dict) else None
        if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], dict):
            raise self._odd(said, 'no {"results": [{"result": [...]}]} with one entry')
        rows = results[0].get("result", [])
        if not isinstance(rows, list):
            raise self._odd(said, "result is not a list")
        return self._regions(rows, results[0].get("score"), image)

    def _post(self, body: bytes, kind: str) -> JsonValue:
        headers = {"content-type": kind, "accept": "application/json"}
        answer: EgressAnswer = self._egress.send("POST", self._url, body=body, headers=headers)
        if answer.is_cut:
            raise ModelError(
                f"{self._url} answered more than {self._options.max_bytes:,} bytes", hint="See the option max_bytes."
            )
        if not 200 <= answer.status < 300:
            words = answer.body[:_SAID].decode("utf-8", "replace")
            raise ModelError(f"{self._url} answered with status {answer.status}: {words}", hint="See its own log.")
        try:
            # Any: JSON.
            return json.loads(answer.body)  # type: ignore[no-any-return]
        except (ValueError, RecursionError) as error:
            words = answer.body[:_SAID].decode("utf-8", "replace")
            raise ModelError(
                f"{self._url} answered no JSON: {words}", hint="See docs/reference/adapters.md."
            ) from error

    def _annotations(self, rows: list[JsonValue], image: Image) -> object:
        """What Whorl itself says of an image: label, confidence and geometry in pixels."""
        classes: dict[str, float] = {}
        found: list[tuple[str, float, Mapping[str, JsonValue]]] = []
        for row in rows:
            if not isinstance(row, dict):
                raise self._odd(row, "an annotation is no object")
            geometry = row.get("geometry") or {"type": "class"}
            if not isinstance(geometry, dict):
                raise self._odd(row, "a geometry is no object")
            score, given = 1.0, row.get("confidence")
            if isinstance(given, int | float) and not isinstance(given, bool):
                score = float(given)
            if geometry.get("type") == "class":
                classes[str(row.get("label"))] = score
            else:
                found.append((str(row.get("label")), score, geometry))
        if classes and not found:
            return self._class_answer(classes)
        return _objects([(label, score, *self._shape(geometry, image)) for label, score, geometry in found])

    def _shape(self, geometry: Mapping[str, JsonValue], image: Image) -> tuple[list[float], Rle | None]:
        height, width = image.shape[:2]
        try:
            if geometry["type"] == "box":
                return [_number(geometry[side]) for side in ("x0", "y0", "x1", "y1")], None
            if geometry["type"] == "polygon":
                return _outline(geometry["rings"], width, height)
        except (KeyError, TypeError, ValueError) as error:
            raise self._odd(geometry, f"not a {geometry.get('type')}") from error
        raise self._odd(geometry, "neither class, box nor polygon")

    def _regions(self, rows: list[JsonValue], overall: JsonValue, image: Image) -> object:
        """Label Studio's regions, in percent of the image."""
        classes: dict[str, float] = {}
        found: list[tuple[str, float, list[float], Rle | None]] = []
        height, width = image.shape[:2]
        for row in rows:
            try:
                assert isinstance(row, dict)
                value, kind = row["value"], str(row["type"])
                assert isinstance(value, dict)
                score = _number(row.get("score", overall if overall is not None else 1.0))
                if kind == "choices":
                    classes |= dict.fromkeys(map(str, _list(value["choices"])), score)
                elif kind == "rectanglelabels":
                    x, y = _number(value["x"]) * width / 100, _number(value["y"]) * height / 100
                    right = x + _number(value["width"]) * width / 100
                    bottom = y + _number(value["height"]) * height / 100
                    found.append((str(_list(value[kind])[0]), score, [x, y, right, bottom], None))
                elif kind == "polygonlabels":
                    points = [_list(one) for one in _list(value["points"])]
                    ring: JsonValue = [[_number(x) * width / 100, _number(y) * height / 100] for x, y in points]
                    found.append((str(_list(value[kind])[0]), score, *_outline([ring], width, height)))
                else:
                    raise self._odd(row, "only choices, rectanglelabels and polygonlabels are understood")
            except (AssertionError, KeyError, IndexError, TypeError, ValueError) as error:
                raise self._odd(row, "a region that cannot be read") from error
        return self._class_answer(classes) if classes and not found else _objects(found)

    def _class_answer(self, classes: dict[str, float]) -> object:
        """One label with a confidence: the rest of what there is goes to the others, in equal parts."""
        labels = self._options.labels
        if self._options.task != Task.CLASSIFICATION.value or len(classes) != 1 or len(labels) < 2:
            return classes
        ((label, score),) = classes.items()
        rest = (1 - min(1.0, score)) / (len(labels) - 1)
        return dict.fromkeys(labels, rest) | {label: score}

    def _odd(self, said: object, why: str) -> ModelError:
        return ModelError(
            f"{self._url} answered what is not understood ({why}): {json.dumps(said, default=str)[:_SAID]}",
            hint="docs/reference/adapters.md shows both forms.",
        )


def _objects(found: list[tuple[str, float, list[float], Rle | None]]) -> object:
    if found and all(mask is not None for *_, mask in found):
        found = sorted(found, key=lambda one: -one[1])
        boxes = np.asarray([box for _, _, box, _ in found], np.float32)
        scores = np.asarray([score for _, score, _, _ in found], np.float32)
        masks = tuple(mask for *_, mask in found if mask is not None)
        return Instances(boxes, scores, tuple(label for label, *_ in found), masks)
    return {
        "boxes": [box for _, _, box, _ in found],
        "scores": [score for _, score, _, _ in found],
        "labels": [label for label, *_ in found],
    }


def _outline(rings: JsonValue, width: int, height: int) -> tuple[list[float], Rle]:
    points = [[(_number(x), _number(y)) for x, y in map(_list, _list(ring))] for ring in _list(rings)]
    mask = polygon_to_mask(points, width=width, height=height)
    return list(polygon_bounds(points)), Rle(height, width, encode_mask(mask))


def _list(value: JsonValue) -> list[JsonValue]:
    if not isinstance(value, list):
        raise TypeError("a list is needed")
    return value


def _number(value: JsonValue) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(value):
        raise ValueError("a finite number is needed")
    return float(value)


def _png(image: Image) -> bytes:
    from PIL import Image as PilImage

    buffer = io.BytesIO()
    PilImage.fromarray(image).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def _egress(options: HttpOptions) -> Egress:
    from whorl.base.settings import Settings

    rules = EgressRules.parse(Settings().egress_allow)
    return Egress(rules, seconds=options.timeout_s, max_bytes=options.max_bytes)
