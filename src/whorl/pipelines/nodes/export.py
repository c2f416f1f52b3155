"""export: a dataset leaves as an archive."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy import Connection

from whorl.base.errors import JsonValue, UnknownFormat
from whorl.datasets.dql import parse_text
from whorl.engine.jobs import record_job
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.nodes.fields import DatasetId, ModelId, QueryText
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.annotations import Layer
from whorl.schemas.pipelines import NodeFamily, PortType


def _check_format(name: str) -> str:
    # Late: formats bring in what decodes images.
    from whorl.formats.registry import get_format

    try:
        get_format(name)
    except UnknownFormat as error:
        raise PydanticCustomError("unknown_format", "{reason}", {"reason": error.message}) from error
    return name


class ExportParams(Params):
    """What is written."""

    dataset: DatasetId = Field(description="Id of the dataset that is exported.")
    format: Annotated[str, AfterValidator(_check_format)] = Field(
        default="coco", max_length=100, description="Name of a format, such as coco, yolo or voc."
    )
    query: QueryText | None = Field(default=None, description="Only items that match; the whole dataset without one.")
    layer: Literal["truth", "prediction"] = Field(default="truth", description="Whose annotations are written.")
    model: ModelId | None = Field(default=None, description="Whose predictions are written, when these are.")

    @model_validator(mode="after")
    def _names_the_model(self) -> Self:
        if (self.layer == "prediction") != (self.model is not None):
            raise PydanticCustomError("model", "model is needed with layer: prediction, and only then")
        return self


@dataclass(frozen=True)
class _Archive:
    params: dict[str, JsonValue]
    result: dict[str, JsonValue]
    started_at: datetime


class ExportNode(PlainNode):
    """Writes the archive in the body, under a name of the token's own, and notes it as a job that is done."""

    type = NodeType(
        name="export",
        family=NodeFamily.DATA,
        summary="Writes a dataset to an archive in a format other tools read.",
        inputs={"start": PortType.SIGNAL},
        outputs={"done": PortType.SIGNAL},
        params=ExportParams,
        description="Each signal at `start` (a count, a time, the end of a training) writes the dataset as it stands "
        "then, as one revision however long it takes. The archive is found among the project's jobs, to be "
        "downloaded; `done` carries the job's id, for a notice or a webhook.",
    )
    batch_size = 1
    lease_s = 300.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Write an archive for each token."""
        return [self._export(token, context) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Note the archives as jobs."""
        final: list[Result] = []
        for result in results:
            assert isinstance(result, Passed)
            made = result.effect
            assert isinstance(made, _Archive)
            job_id = record_job(
                conn,
                "export",
                project_id=context.project_id,
                params=made.params,
                result=made.result,
                actor_id=context.actor_id,
                started_at=made.started_at,
                now=context.now(),
            )
            emission = Emission("done", job_id, {"job": job_id, "items": made.result.get("items")})
            final.append(replace(result, emissions=(emission,), output={**result.output, "job": job_id}, effect=None))
        return Committed(final)

    def _export(self, token: Token, context: NodeContext) -> Passed:
        from whorl.formats.actions import export_dataset
        from whorl.formats.packing import pack_folder

        params = context.params
        assert isinstance(params, ExportParams)
        started, started_at = time.perf_counter(), context.now()
        with tempfile.TemporaryDirectory(prefix="whorl-export-") as folder:
            report = export_dataset(
                context.services.db,
                context.services.blobs,
                dataset_id=params.dataset,
                format=params.format,
                out=Path(folder) / "export",
                query=None if params.query is None else parse_text(params.query),
                layer=Layer(params.layer),
                model_id=params.model,
                progress=lambda done: context.heartbeat(),
            )
            packed = pack_folder(Path(folder) / "export", Path(folder) / "export.zip")
            # A body that runs twice writes the same name again.
            key = f"exports/{context.pipeline_id}-{context.node}-{token.run_key}-{token.epoch}.zip"
            context.services.blobs.put(key, packed)
            size = packed.stat().st_size
        said = report.model_dump(mode="json")
        asked: dict[str, JsonValue] = {"dataset_id": params.dataset, "format": params.format, "query": params.query}
        return Passed(
            (),
            output={"format": params.format, "items": said.get("items"), "revision": said.get("revision")},
            effect=_Archive(asked, {**said, "file_key": key, "file_bytes": size}, started_at),
            machine_seconds=time.perf_counter() - started,
        )
