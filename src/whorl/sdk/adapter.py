"""A base for models of your own, for those who like one; any object with the right methods will do."""

from __future__ import annotations

from collections.abc import Mapping

from whorl.base.errors import JsonValue


class BaseModelAdapter:
    """A model: write the methods it can do, leave out the others.

    What a model can do is read off the methods that exist, so this base defines none of them::

        class MyModel(whorl.BaseModelAdapter):
            def load(self, folder): ...                   # read what train or save wrote
            def predict(self, images, prompts=None): ...  # (H, W, 3) uint8 RGB each; one answer per image, in order
            def embed(self, images): ...                  # (n, d) float32
            def train(self, data, out, params, report, should_stop): ...
            def save(self, folder): ...

    Answers may be a label's probability vector or dictionary, boxes with scores and labels, or masks. Name the class as
    ``my_package.my_module:MyModel`` wherever a model is asked for. It is made without arguments.
    """

    def __init__(self) -> None:
        self.configuration: dict[str, JsonValue] = {}

    def configure(self, values: Mapping[str, JsonValue]) -> None:
        """Take the model's configuration over; keys that are not given stay."""
        self.configuration.update(values)
