"""code: a Python function of the pipeline's author decides, in a process that can do little else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from sqlalchemy import Connection

from whorl.annotations import actions as annotation_actions
from whorl.annotations.queries import list_annotations
from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets import actions as dataset_actions
from whorl.models.files import materialise
from whorl.pipelines.graph import NodeType
from whorl.pipelines.items import find_items
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode
from whorl.pipelines.sandbox.launch import Job, Limits, Outcome, run_source
from whorl.pipelines.sandbox.results import Answer, read_answer
from whorl.pipelines.sandbox.source import MOST_CHARACTERS, check_source
from whorl.pipelines.tokens import Emission, Passed, Result, Token
from whorl.schemas.annotations import Annotation, Layer
from whorl.schemas.datasets import Item, ItemPatch
from whorl.schemas.pipelines import NodeFamily, PortType
from whorl.schemas.records import AnnotationRecord

_FIXED = ("item", "failed")
_MIB = 2**20
_ERROR_CHARACTERS = 4000

EXAMPLE = """\
def run(item):
    pixels = item.image()
    return "dark" if pixels.mean() < 64 else None
"""


def _check_outputs(names: list[str]) -> list[str]:
    for name in names:
        if name in _FIXED:
            raise ValueError(f"{name!r} is an output already: name others")
    if len(set(names)) < len(names):
        raise ValueError("a name is given twice")
    return names


class CodeParams(Params):
    """The function, its outputs and what it may use."""

    source: Annotated[str, AfterValidator(check_source)] = Field(
        min_length=1,
        max_length=MOST_CHARACTERS,
        description="Python with a function `def run(item)` at its top level.",
        json_schema_extra={"x-whorl": "code", "examples": [EXAMPLE]},
    )
    outputs: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]], AfterValidator(_check_outputs)
    ] = Field(default_factory=list, max_length=20, description="Further outputs, which `run` may name.")
    seconds: float = Field(default=10.0, gt=0, le=600, description="Longest time for one item.")
    cpu_seconds: float = Field(default=10.0, ge=1, le=600, description="Most processor time for one item.")
    memory_mb: int = Field(default=1024, ge=128, le=16_384, description="Most memory, in MiB.")
    network: bool = Field(default=False, description="Let it use the network, as far as the server itself can.")


@dataclass(frozen=True)
class _Effect:
    dataset_id: str
    answer: Answer


class CodeNode(PlainNode):
    """Runs the function in a sandboxed subprocess per batch; an item that it fails on leaves by ``failed``."""

    type = NodeType(
        name="code",
        family=NodeFamily.CONTROL,
        summary="Runs a Python function of yours on each item, in a sandbox.",
        inputs={"item": PortType.ITEM},
        outputs={"item": PortType.ITEM, "failed": PortType.ITEM},
        params=CodeParams,
        outputs_from="outputs",
        description="`run(item)` gets a dictionary with id, name, metadata, annotations, predictions, width and "
        "height; `item.image()` gives its pixels (height, width, 3). It gives back nothing, the name of an output, or "
        "a dictionary with `port`, `metadata` (merged into the item's) and `annotations` (kept as predictions of this "
        "pipeline, never as ground truth). An error, or too much time or memory, sends that item alone to `failed`, "
        "with the trace in its journey. No files, processes or network, unless `network` is set.",
    )
    batch_size = 64
    lease_s = 120.0

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """Call the function for every item of the batch; what goes wrong with one is that one's result."""
        params = context.params
        assert isinstance(params, CodeParams)
        refs = list(dict.fromkeys(token.ref for token in tokens))
        with context.services.db.read() as conn:
            items = find_items(conn, refs)
            said: dict[str, list[Annotation]] = {ref: [] for ref in refs}
            for one in list_annotations(conn, list(items), layer=None):
                said[one.item_id].append(one)
        present = [ref for ref in refs if ref in items]
        files = materialise(context.services.blobs, [items[ref].sha256 for ref in present], context.services.files_path)
        jobs = [_job(items[ref], said[ref], file) for ref, file in zip(present, files, strict=True)]
        limits = Limits(params.seconds, params.cpu_seconds, params.memory_mb * _MIB, params.network)
        outcomes = run_source(params.source, jobs, limits, heartbeat=context.heartbeat)
        results = {ref: _result(items[ref], outcome, params) for ref, outcome in zip(present, outcomes, strict=True)}
        gone = Passed((), output={"ended": "the item was deleted"})
        return [results.get(token.ref, gone) for token in tokens]

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Write metadata, predictions and what the function printed; items deleted meanwhile are left out."""
        for token, result in zip(tokens, results, strict=True):
            if isinstance(result, Passed):
                _log(token, result, context)
        effects = {
            token.ref: result.effect
            for token, result in zip(tokens, results, strict=True)
            if isinstance(result, Passed) and isinstance(result.effect, _Effect)
        }
        standing = find_items(conn, list(effects))
        patches: dict[str, dict[str, ItemPatch]] = {}
        predictions: dict[str, dict[str, tuple[AnnotationRecord, ...]]] = {}
        for ref, effect in effects.items():
            if ref in standing and effect.answer.metadata:
                patches.setdefault(effect.dataset_id, {})[ref] = ItemPatch(metadata=dict(effect.answer.metadata))
            if ref in standing and effect.answer.annotations is not None:
                predictions.setdefault(effect.dataset_id, {})[ref] = effect.answer.annotations
        actor_id, now = context.actor_id, context.now()
        for dataset_id, changes in patches.items():
            dataset_actions.update_items(conn, dataset_id, changes, actor_id=actor_id, now=now, cause=context.cause)
        for dataset_id, records in predictions.items():
            annotation_actions.add_predictions(
                conn, dataset_id, records, model_id=context.pipeline_id, actor_id=actor_id, now=now
            )
        return Committed(results)


def _log(token: Token, result: Passed, context: NodeContext) -> None:
    printed, error = result.output.get("printed"), result.output.get("error")
    if isinstance(printed, str):
        context.log(f"{token.ref}: {printed.strip()}", token=token)
    if isinstance(error, str):
        context.log(f"{token.ref}: {error}", level="error", token=token)


def _job(item: Item, said: Sequence[Annotation], file: Path) -> Job:
    listed: dict[Layer, list[JsonValue]] = {layer: [] for layer in Layer}
    for one in said:
        listed[one.layer].append(one.model_dump(mode="json"))
    facts: dict[str, JsonValue] = {
        "id": item.id,
        "name": item.name,
        "media_type": item.media_type,
        "width": item.width,
        "height": item.height,
        "subset": None if item.subset is None else item.subset.value,
        "metadata": item.metadata,
        "annotations": listed[Layer.TRUTH],
        "predictions": listed[Layer.PREDICTION],
    }
    suffix = item.name.rpartition(".")[2]
    is_plain = suffix.isascii() and suffix.isalnum() and len(suffix) <= 8
    return Job(facts, file, f"image.{suffix.lower()}" if is_plain else "image")


def _result(item: Item, outcome: Outcome, params: CodeParams) -> Passed:
    output: dict[str, JsonValue] = {"printed": outcome.printed} if outcome.printed else {}
    error = outcome.error
    if error is None:
        try:
            answer = read_answer(
                outcome.value, ports=["item", *params.outputs, "failed"], width=item.width, height=item.height
            )
        except InvalidInput as refusal:
            error = refusal.message
        else:
            return _answered(item, answer, output, outcome.seconds)
    short = error.splitlines()[-1][:500] if error else ""
    return Passed(
        (Emission("failed", item.id, {"error": short}),),
        output={**output, "error": error[:_ERROR_CHARACTERS]},
        machine_seconds=outcome.seconds,
    )


def _answered(item: Item, answer: Answer, output: dict[str, JsonValue], seconds: float) -> Passed:
    if answer.metadata:
        output["metadata"] = [*sorted(answer.metadata)]
    if answer.annotations is not None:
        output["annotations"] = len(answer.annotations)
    return Passed(
        (Emission(answer.port, item.id),),
        output=output,
        effect=_Effect(item.dataset_id, answer),
        machine_seconds=seconds,
    )
