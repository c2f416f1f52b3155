"""The annotations of one item."""

from __future__ import annotations

import builtins
from collections.abc import Iterable

from whorl.base.errors import JsonValue, StaleWrite
from whorl.schemas.annotations import Annotation, AnnotationDraft, Layer
from whorl.schemas.datasets import ItemAnnotations
from whorl.sdk.drawing import AnnotationBuilder
from whorl.sdk.transport import Call, Transport

_ATTEMPTS = 3


class Annotations:
    """Reads and saves one item's annotations."""

    def __init__(self, transport: Transport, item_id: str) -> None:
        self._transport = transport
        self._path = f"/items/{item_id}/annotations"

    def builder(self) -> AnnotationBuilder:
        """An empty builder to add drawings to."""
        return AnnotationBuilder()

    def list(self, *, layer: Layer | str = Layer.TRUTH, model_id: str | None = None) -> list[Annotation]:
        """What stands now: ground truth, or the predictions (of one model)."""
        if Layer(layer) is Layer.TRUTH:
            return self.read().annotations
        return self._transport.get(list[Annotation], f"{self._path}/predictions", model_id=model_id)

    def read(self) -> ItemAnnotations:
        """The ground truth together with the revision it was read at."""
        return self._transport.get(ItemAnnotations, self._path)

    def upload(self, annotations: AnnotationBuilder | Iterable[AnnotationDraft]) -> ItemAnnotations:
        """Add annotations to those that stand.

        When somebody else saved in between, the new ones are added to theirs.

        Raises:
            UnknownLabel: A label is not in the ontology.
            StaleWrite: Others saved each time it was tried.
        """
        added = list(annotations)
        for attempt in range(_ATTEMPTS):
            found = self.read()
            try:
                return self._send("PATCH", added, found.revision)
            except StaleWrite:
                if attempt + 1 == _ATTEMPTS:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def save(self, annotations: Iterable[AnnotationDraft], *, base_revision: int) -> ItemAnnotations:
        """Make these the item's ground truth; what is not among them is removed.

        Args:
            base_revision: The revision the work began from, as ``read`` gave it.

        Raises:
            StaleWrite: Somebody saved since; ``details`` holds both versions.
        """
        return self._send("PUT", annotations, base_revision)

    def _send(self, method: str, annotations: Iterable[AnnotationDraft], base_revision: int) -> ItemAnnotations:
        drafts: builtins.list[JsonValue] = [draft.model_dump(mode="json") for draft in annotations]
        body: JsonValue = {"annotations": drafts, "base_revision": base_revision}
        return self._transport.call(ItemAnnotations, Call(method, self._path, body=body))


def keep(annotation: Annotation) -> AnnotationDraft:
    """The draft that leaves an annotation as it is; for ``save``, which removes what is not mentioned."""
    return AnnotationDraft(
        id=annotation.id,
        label=annotation.label,
        geometry=annotation.geometry,
        attributes=annotation.attributes,
        confidence=annotation.confidence,
    )
