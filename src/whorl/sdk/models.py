"""Models: train, evaluate, compare, predict, deploy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import models as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.sdk.filters import Filters
from whorl.sdk.jobs import Job
from whorl.sdk.transport import Call, Transport


class Models:
    """The models of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._project = f"/projects/{project_id}"

    def create(
        self,
        model_name: str,
        *,
        architecture: str,
        dataset_id: str,
        filters: Filters | str | None = None,
        params: Mapping[str, JsonValue] | None = None,
        parent_id: str | None = None,
    ) -> Model:
        """Declare a model version; ``train`` makes it real.

        Args:
            architecture: Such as ``builtin:linear`` or ``my_package.my_module:MyModel``.
            filters: What it is trained on; the ground truth of the train subset when left out.
        """
        body: JsonValue = {
            "name": model_name,
            "architecture": architecture,
            "dataset_id": dataset_id,
            "query": filters.prepare() if isinstance(filters, Filters) else filters,
            "params": dict(params or {}),
            "parent_id": parent_id,
        }
        call = Call("POST", f"{self._project}/models", body=body)
        return Model(self._transport, self._transport.call(wire.Model, call))

    def get(self, model_name: str | None = None, model_id: str | None = None) -> Model:
        """The newest model with a name, or the one with an id.

        Raises:
            NotFound: There is none.
        """
        if model_id is not None:
            return Model(self._transport, self._transport.get(wire.Model, f"/models/{model_id}"))
        if model_name is None:
            raise InvalidInput("which model?", hint="Give model_name or model_id.")
        found = [model for model in self.list() if model_name in (model.name, model.id)]
        if not found:
            raise NotFound(f"no model {model_name!r}", hint="`whorl models list` shows them.")
        return max(found, key=lambda model: model.id)

    def list(self) -> Iterator[Model]:
        """Every model, fetched as it is read."""
        for info in self._transport.pages(wire.Model, f"{self._project}/models"):
            yield Model(self._transport, info)

    def compare(
        self, champion_id: str, challenger_id: str, *, min_delta: float | None = None, snapshot: str | None = None
    ) -> wire.Comparison:
        """Compare two models on one frozen test set with paired statistics; the decision is stored."""
        body: JsonValue = {
            "champion_id": champion_id,
            "challenger_id": challenger_id,
            "min_delta": min_delta,
            "snapshot": snapshot,
        }
        return self._transport.call(wire.Comparison, Call("POST", f"{self._project}/comparisons", body=body))

    def comparisons(self) -> Iterator[wire.Comparison]:
        """Every comparison made."""
        return self._transport.pages(wire.Comparison, f"{self._project}/comparisons")


class Model:
    """A model version."""

    def __init__(self, transport: Transport, info: wire.Model) -> None:
        self._transport = transport
        self.info = info

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    @property
    def status(self) -> str:
        """created, training, trained, failed or cancelled, when last read."""
        return self.info.status

    def refresh(self) -> Model:
        """Read it again."""
        self.info = self._transport.get(wire.Model, f"/models/{self.id}")
        return self

    def train(self) -> Job:
        """Start the training; wait with ``job.wait()``."""
        return self._job(f"/models/{self.id}/train", {})

    def evaluate(self, *, dataset_id: str | None = None, filters: Filters | str | None = None) -> Job:
        """Score it on a dataset's test subset; its own dataset when left out."""
        query = filters.prepare() if isinstance(filters, Filters) else filters
        return self._job(f"/models/{self.id}/evaluations", {"dataset_id": dataset_id, "query": query})

    def evaluations(self) -> list[wire.Evaluation]:
        """Its evaluations."""
        return list(self._transport.pages(wire.Evaluation, f"/models/{self.id}/evaluations"))

    def predict(self, *, dataset_id: str | None = None, filters: Filters | str | None = None) -> Job:
        """Predict on items; the predictions stand beside the ground truth, never in it."""
        query = filters.prepare() if isinstance(filters, Filters) else filters
        return self._job(f"/models/{self.id}/predictions", {"dataset_id": dataset_id, "query": query})

    def deploy(self) -> Model:
        """Make it the project's champion."""
        return self._changed("deploy")

    def rollback(self) -> Model:
        """Make the champion before it the champion again."""
        return self._changed("rollback")

    def _changed(self, verb: str) -> Model:
        return Model(self._transport, self._transport.call(wire.Model, Call("POST", f"/models/{self.id}/{verb}")))

    def _job(self, path: str, body: JsonValue) -> Job:
        return Job(self._transport, self._transport.call(JobInfo, Call("POST", path, body=body)))

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {self.status!r}, id={self.id!r})"
