"""Models: train, evaluate, compare, predict, deploy."""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel
from typing_extensions import Unpack

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import models as wire
from whorl.schemas.jobs import Job as JobInfo
from whorl.schemas.model_imports import ModelImport, ModelImported
from whorl.schemas.tiling import Tiling
from whorl.schemas.training import (
    Architecture,
    Augment,
    ModelCheck,
    ModelClone,
    ModelTable,
    Preset,
    Sampling,
    TrainingState,
    TrainRequest,
)
from whorl.sdk.filters import Filters
from whorl.sdk.jobs import Job, Report
from whorl.sdk.model_files import read_upload
from whorl.sdk.training import TrainingOptions, as_query, describe_training
from whorl.sdk.transport import Call, Files, Transport


class Models:
    """The models of one project."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._project = f"/projects/{project_id}"

    def architectures(self) -> builtins.list[Architecture]:
        """What can be trained: tasks, the schema of the parameters, presets and what each costs."""
        return self._transport.get(builtins.list[Architecture], "/architectures")

    def create(
        self, model_name: str, *, architecture: str, dataset_id: str, **options: Unpack[TrainingOptions]
    ) -> Model:
        """Declare a model version; ``train`` makes it real.

        Args:
            architecture: Such as ``builtin:linear`` or ``my_package.my_module:MyModel``.
            options: See ``whorl.sdk.training.TrainingOptions``: filters, snapshot, preset, params and more.

        Raises:
            InvalidInput: There is no such architecture, parameter or preset, or a value is out of bounds.
        """
        body = describe_training(model_name, architecture, dataset_id, options)
        call = Call("POST", f"{self._project}/models", body=body)
        return Model(self._transport, self._transport.call(wire.Model, call))

    def check(self, *, architecture: str, dataset_id: str, **options: Unpack[TrainingOptions]) -> ModelCheck:
        """What training such a model would mean: items, labels, time, what is odd. Nothing is written."""
        body = describe_training("check", architecture, dataset_id, options)
        return self._transport.call(ModelCheck, Call("POST", f"{self._project}/models/check", body=body))

    def train(
        self, model_name: str, *, architecture: str, dataset_id: str, **options: Unpack[TrainingOptions]
    ) -> Model:
        """Declare a model and start its training; ``model.wait()`` waits for the end. As ``create``."""
        made = self.create(model_name, architecture=architecture, dataset_id=dataset_id, **options)
        made.train()
        return made.refresh()

    def table(self, models: Iterable[Model | str]) -> ModelTable:
        """Models side by side: the parameters that differ, what came of each, and their curves.

        Args:
            models: At most twenty models, or their ids.
        """
        ids = ",".join(one if isinstance(one, str) else one.id for one in models)
        return self._transport.get(ModelTable, f"{self._project}/model-table", ids=ids)

    def add(
        self,
        model_name: str,
        source: str | Path,
        *,
        task: str | None = None,
        labels: Sequence[str] = (),
        labels_map: Mapping[str, str | None] | None = None,
        options: Mapping[str, JsonValue] | None = None,
    ) -> Model:
        """Register a model that was made elsewhere; it predicts, is evaluated and served like any other.

        Args:
            source: A file or folder of this machine, which is uploaded: ``model.onnx``, a model folder, ``hf:FOLDER``;
                else ``my_pkg.mod:MyModel``, ``hf:org/name``, ``torchvision:NAME``, an address, or ``subprocess:…``.
            task: Needed where the model does not tell.
            labels: Its own, in the order of its outputs, where it tells none.
            labels_map: Its labels and the project's; None leaves one out, ``*`` speaks for all others.
            options: Of its kind of adapter, such as ``{"decode": "yolov8"}``.

        Raises:
            ModelError: It is no model, or not understood.
            UnknownLabel: A label has no place in the ontology; the hint proposes one.
        """
        wanted = _import(model_name, task, labels, labels_map, options, is_dry_run=False)
        made = self._bring(source, wanted).model
        assert made is not None
        return Model(self._transport, made)

    def examine(
        self,
        source: str | Path,
        *,
        task: str | None = None,
        labels: Sequence[str] = (),
        labels_map: Mapping[str, str | None] | None = None,
        options: Mapping[str, JsonValue] | None = None,
    ) -> ModelImported:
        """What would be understood of a model, with a proposal for its labels; nothing is registered. As ``add``."""
        return self._bring(source, _import("examined", task, labels, labels_map, options, is_dry_run=True))

    def _bring(self, source: str | Path, wanted: ModelImport) -> ModelImported:
        upload = read_upload(source)
        if upload is None:
            wanted = wanted.model_copy(update={"spec": str(source)})
        files: Files | None = None if upload is None else [("file", (*upload, "application/octet-stream"))]
        data = {"model": wanted.model_dump_json()}
        return self._transport.call(
            ModelImported, Call("POST", f"{self._project}/models/import", files=files, data=data)
        )

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
        self,
        champion_id: str | None,
        challenger_id: str,
        *,
        dataset_id: str | None = None,
        snapshot: str | None = None,
        min_delta: float | None = None,
    ) -> Job:
        """Compare two models on one test subset with paired statistics, as a job; the decision is stored.

        Args:
            champion_id: None asks whether the challenger beats having no model.
            dataset_id: The challenger's own when left out.
            snapshot: Name or id; the present state when left out.
            min_delta: The smallest gain worth a change.
        """
        body = wire.CompareRequest(
            champion_id=champion_id,
            challenger_id=challenger_id,
            dataset_id=dataset_id,
            snapshot=snapshot,
            min_delta=min_delta,
        )
        info = self._transport.call(JobInfo, Call("POST", f"{self._project}/comparisons", body=body))
        return Job(self._transport, info)

    def comparison(self, comparison_id: str) -> wire.Comparison:
        """One decision and its numbers."""
        return self._transport.get(wire.Comparison, f"/comparisons/{comparison_id}")

    def champions(self) -> builtins.list[wire.Champion]:
        """Where the project's champion is written, and which model it is now."""
        return self._transport.get(builtins.list[wire.Champion], f"{self._project}/champions")

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
        return self._job("train")

    def resume(self) -> Job:
        """Go on with a cancelled, failed or killed training from its checkpoint.

        Raises:
            Conflict: There is no checkpoint.
        """
        return self._job("train", TrainRequest(resume=True))

    def cancel(self) -> Job:
        """Ask its training to stop; a checkpoint stays.

        Raises:
            Conflict: It is not in training.
        """
        return self._job("cancel")

    def training(self) -> TrainingState:
        """Where its training stands: share done, time left, whether it can be resumed."""
        return self._transport.get(TrainingState, f"/models/{self.id}/training")

    def curves(self) -> list[dict[str, float]]:
        """What its training reported, oldest first; of a running one, so far."""
        return self._transport.get(list[dict[str, float]], f"/models/{self.id}/curves")

    def wait(self, *, progress: Report | None = None, timeout_s: float | None = None) -> Model:
        """Wait until its training is over, and read it again. Raises as the training does."""
        job_id = self.training().job_id
        if job_id is not None:
            Job.find(self._transport, job_id).wait(progress=progress, timeout_s=timeout_s)
        return self.refresh()

    def clone(
        self,
        model_name: str | None = None,
        *,
        params: Mapping[str, JsonValue] | None = None,
        preset: Preset | None = None,
        sampling: Sampling | None = None,
        augment: Mapping[str, JsonValue] | None = None,
        snapshot: str | None = None,
        is_current: bool = False,
        filters: Filters | str | None = None,
    ) -> Model:
        """A model like this one but for the changes, not trained yet.

        Args:
            params: Replace single parameters; None takes one back to its default.
            snapshot: Name or id; the very revision of this model when left out.
            is_current: Take the dataset's present revision.
        """
        body = ModelClone(
            name=model_name,
            params=dict(params or {}),
            preset=preset,
            sampling=sampling,
            augment=None if augment is None else Augment.model_validate(dict(augment)),
            snapshot=snapshot,
            is_current=is_current,
            query=as_query(filters),
        )
        call = Call("POST", f"/models/{self.id}/clone", body=body)
        return Model(self._transport, self._transport.call(wire.Model, call))

    def evaluate(
        self,
        *,
        dataset_id: str | None = None,
        filters: Filters | str | None = None,
        tiling: Tiling | None = None,
    ) -> Job:
        """Score it on a dataset's test subset; its own dataset when left out; in tiles when ``tiling`` says so."""
        body = wire.EvaluateRequest(dataset_id=dataset_id, query=as_query(filters), tiling=tiling)
        return self._job("evaluations", body)

    def make_variant(self, kind: wire.VariantKind) -> Job:
        """Make the same model in another precision, int8 or fp16, where it helps; the result names the new model.

        It must be evaluated before it may serve.
        """
        return self._job("variants", wire.VariantRequest(kind=kind))

    def evaluations(self) -> list[wire.Evaluation]:
        """Its evaluations."""
        return list(self._transport.pages(wire.Evaluation, f"/models/{self.id}/evaluations"))

    def predict(
        self,
        *,
        dataset_id: str | None = None,
        filters: Filters | str | None = None,
        tiling: Tiling | None = None,
    ) -> Job:
        """Predict on items, in tiles when ``tiling`` says so; it stands beside the ground truth, never in it."""
        body = wire.PredictRequest(dataset_id=dataset_id, query=as_query(filters), tiling=tiling)
        return self._job("predictions", body)

    def deploy(self, *, pipeline_id: str | None = None, variable: str | None = None) -> wire.Champion:
        """Make it the champion; the place is needed only when the project has several."""
        return self._place("deploy", wire.DeployRequest(pipeline_id=pipeline_id, variable=variable))

    def rollback(self, *, pipeline_id: str | None = None, variable: str | None = None) -> wire.Champion:
        """Make the champion before it the champion again."""
        return self._place("rollback", wire.DeployRequest(pipeline_id=pipeline_id, variable=variable))

    def _place(self, verb: str, body: wire.DeployRequest) -> wire.Champion:
        return self._transport.call(wire.Champion, Call("POST", f"/models/{self.id}/{verb}", body=body))

    def _job(self, verb: str, body: BaseModel | None = None) -> Job:
        return Job(self._transport, self._transport.call(JobInfo, Call("POST", f"/models/{self.id}/{verb}", body=body)))

    def __repr__(self) -> str:
        return f"Model({self.name!r}, {self.status!r}, id={self.id!r})"


def _import(
    model_name: str,
    task: str | None,
    labels: Sequence[str],
    labels_map: Mapping[str, str | None] | None,
    options: Mapping[str, JsonValue] | None,
    *,
    is_dry_run: bool,
) -> ModelImport:
    return ModelImport(
        name=model_name,
        task=task,
        labels=list(labels),
        labels_map=dict(labels_map or {}),
        options=dict(options or {}),
        is_dry_run=is_dry_run,
    )
