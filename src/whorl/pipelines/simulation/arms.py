"""Two arms over the same images: one chooses with a strategy, the other at random, with equal budgets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from whorl.base.errors import InvalidInput, JsonValue
from whorl.datasets import actions as dataset_actions
from whorl.datasets.queries import iter_item_batches
from whorl.datasets.splits import assign_subsets
from whorl.models.records import object_box
from whorl.ontology.actions import create_recipe
from whorl.ontology.queries import list_recipes
from whorl.pipelines import actions, queries
from whorl.pipelines.graph import build_graph
from whorl.pipelines.nodes import node_types
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import ClassTag
from whorl.schemas.datasets import NewItem
from whorl.schemas.ontology import RecipeDraft, Tool
from whorl.schemas.pipelines import Pipeline
from whorl.schemas.records import ItemRecord, Subset

ACTOR = "simulation"


@dataclass(frozen=True)
class Plan:
    """What is simulated.

    Args:
        budget: Items labelled per round and arm.
        test_share: Share of the items that is the frozen test subset, labelled beforehand and not counted as labels.
    """

    task: str
    architecture: str
    strategy: str
    rounds: int
    budget: int
    seed: int
    test_share: float = 0.3
    validation_share: float = 0.1
    error_rate: float = 0.03
    training: dict[str, JsonValue] | None = None


@dataclass(frozen=True)
class Arm:
    """One pipeline with its own pool and ground truth."""

    name: str
    pipeline: Pipeline
    pool_id: str
    ground_truth_id: str
    label_task: str
    review_task: str


def divide_records(
    records: Sequence[ItemRecord], *, test_share: float, seed: int
) -> tuple[list[ItemRecord], list[ItemRecord]]:
    """The pool and the test set: stratified, group-safe, the same for the same seed.

    Test records keep their annotations; pool records lose them, since nobody has labelled them yet. An item that
    comes with a test subset stays in it when the set brings a whole one.

    Raises:
        InvalidInput: Too few labelled images.
    """
    labelled = [record for record in records if record.annotations and record.file is not None]
    if len(labelled) < 20:
        raise InvalidInput(
            f"only {len(labelled)} labelled images: a simulation needs 20 or more",
            hint="Choose a labelled dataset, and name its --format if it was not recognised.",
        )
    subsets = assign_subsets(
        [record.name for record in labelled],
        labels=[{one.label for one in record.annotations} for record in labelled],
        fractions={Subset.TRAIN: 1 - test_share, Subset.TEST: test_share},
        seed=seed,
    )
    pool = [
        replace(r, annotations=(), subset=None) for r, s in zip(labelled, subsets, strict=True) if s is Subset.TRAIN
    ]
    test = [replace(r, subset=Subset.TEST) for r, s in zip(labelled, subsets, strict=True) if s is Subset.TEST]
    return pool, test


def guess_task(records: Sequence[ItemRecord]) -> str:
    """Detection when there are objects (boxes, polygons or masks), classification when there are only classes.

    Raises:
        InvalidInput: Neither is there.
    """
    every = [one for record in records for one in record.annotations]
    if any(object_box(one) is not None for one in every):
        return "detection"
    if any(isinstance(one.geometry, ClassTag) for one in every):
        return "classification"
    raise InvalidInput("the dataset has neither boxes nor classes", hint="Import it with labels.")


def fit_to_task(records: Sequence[ItemRecord], task: str) -> list[ItemRecord]:
    """Keep of each record's annotations what the task is about; polygons and masks become the boxes around them."""
    if task == "classification":
        return [
            replace(record, annotations=tuple(one for one in record.annotations if isinstance(one.geometry, ClassTag)))
            for record in records
        ]
    return [
        replace(
            record,
            annotations=tuple(
                replace(one, geometry=box) for one in record.annotations if (box := object_box(one)) is not None
            ),
        )
        for record in records
    ]


def plan_for(task: str, n_items: int) -> Plan:
    """Sensible rounds for a task and a number of labelled images.

    Four rounds spend at most half of the pool, and no more than 50 images (detection: 40) each.
    """
    most = 50 if task == "classification" else 40
    budget = max(2, min(most, n_items // 12))
    is_classes = task == "classification"
    return Plan(
        task=task,
        architecture="builtin:linear" if is_classes else "builtin:tinydet",
        strategy="herding" if is_classes else "detection",
        rounds=4,
        budget=budget,
        seed=0,
        # The linear model cross-validates on its own; a detector watches a few images.
        validation_share=0.0 if is_classes else 0.1,
        training={} if is_classes else {"budget_s": 40.0},
    )


def make_arm(conn: Connection, name: str, plan: Plan, *, project_id: str, now: datetime) -> Arm:
    """Make an arm's datasets and apply its pipeline; the arm called ``random`` chooses uniformly."""
    pool = dataset_actions.create_dataset(conn, project_id, name=f"pool-{name}", actor_id=ACTOR, now=now)
    truth = dataset_actions.create_dataset(conn, project_id, name=f"ground-truth-{name}", actor_id=ACTOR, now=now)
    is_control = name == "random"
    definition = load_template(
        "active_learning",
        rename=f"active_learning {name}",
        pool=pool.id,
        ground_truth=truth.id,
        architecture=plan.architecture,
        task=plan.task,
        training={"seed": plan.seed, **(plan.training or {})},
        strategy="random" if is_control else plan.strategy,
        random_share=0.0 if is_control else 0.1,
        budget=plan.budget,
        retrain_every=plan.budget,
        more_rounds=plan.rounds - 1,
        label_task=f"label {name}",
        review_task=f"review {name}",
        recipe=find_or_create_recipe(conn, project_id, plan.task, now=now),
        validation_share=plan.validation_share,
        seed=plan.seed,
    )
    pipeline = actions.apply_pipeline(
        conn, definition, types=node_types(), project_id=project_id, actor_id=ACTOR, now=now
    )
    return Arm(name, pipeline, pool.id, truth.id, f"label {name}", f"review {name}")


_RECIPES = {
    "classification": RecipeDraft(name="one class per image", tools=[Tool.CLASS], instructions="Choose one class."),
    "detection": RecipeDraft(
        name="boxes", tools=[Tool.BOX], instructions="Draw a box around each object, as tight as you can."
    ),
}


def find_or_create_recipe(conn: Connection, project_id: str, task: str, *, now: datetime) -> str:
    """The id of the recipe for classification or detection: class buttons, or boxes; both arms share it."""
    draft = _RECIPES[task]
    held = next((one for one in list_recipes(conn, project_id) if one.name == draft.name), None)
    return held.id if held is not None else create_recipe(conn, project_id, draft, actor_id=ACTOR, now=now).id


def copy_items(conn: Connection, source_id: str, target_id: str, *, now: datetime) -> int:
    """Put the items of one dataset into another, sharing bytes; without annotations."""
    made = 0
    for batch in _batches(conn, source_id):
        dataset_actions.add_items(conn, target_id, batch, actor_id=ACTOR, now=now)
        made += len(batch)
    return made


def open_round(conn: Connection, arm: Arm, *, number: int, now: datetime) -> None:
    """Let the arm choose its next items."""
    actions.start_run(
        conn,
        graph=build_graph(arm.pipeline.definition, node_types()),
        pipeline_id=arm.pipeline.id,
        version=arm.pipeline.version,
        target="choose.start",
        cause=f"round:{number}",
        ref="",
        now=now,
    )


def count_pool(conn: Connection, arm: Arm) -> int:
    """How many items wait to be chosen."""
    return queries.count_parked(conn, pipeline_id=arm.pipeline.id).get("choose", 0)


def _batches(conn: Connection, source_id: str) -> Iterator[list[NewItem]]:
    for batch in list(iter_item_batches(conn, source_id)):
        yield [
            NewItem(
                name=item.name,
                sha256=item.sha256,
                media_type=item.media_type,
                width=item.width,
                height=item.height,
                bytes=item.bytes,
                subset=item.subset,
                group_key=item.group_key,
                metadata=item.metadata,
                health=item.health,
            )
            for _, item in batch
        ]
