"""Selections over HTTP and through the SDK, from a pool of digits to a task."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

import whorl
from whorl.base.clock import SystemClock
from whorl.base.errors import InvalidInput, NotFound, QueryError
from whorl.schemas.selecting import SelectionDraft, SelectionQuota
from whorl.sdk.client import Client, Project
from whorl.sdk.datasets import Dataset
from whorl.sdk.transport import Call

N = 60


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with sixty digits of three cameras, twelve of them labelled."""
    from sklearn.datasets import load_digits

    root = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    for number in range(N):
        picture = Image.fromarray((digits.images[number] * 15).astype("uint8")).resize((24, 24))
        picture.save(root / f"{number:02d}.png")
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        project = connected.projects.create("digits")
        project.set_labels([str(one) for one in range(10)])
        dataset = project.datasets.create("all")
        dataset.import_(root)
        for item in dataset.items.list():
            number = int(item.name[:2])
            item.update(metadata={"camera": "abc"[number % 3]})
            if number < 12:
                builder = item.annotations.builder()
                builder.add(whorl.Classification(str(digits.target[number])))
                item.annotations.upload(builder)
                item.update(subset="train")
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    return client.projects.get("digits")


@pytest.fixture(scope="module")
def dataset(project: Project) -> Dataset:
    return project.datasets.get("all")


def draft(count: int = 10, **fields: object) -> SelectionDraft:
    """A draft with a budget of items."""
    return SelectionDraft.model_validate({"budget": {"count": count}, **fields})


def test_plan__says_what_would_be_done(dataset: Dataset) -> None:
    plan = dataset.selections.plan(10)
    assert (plan.strategy, plan.n_pool, plan.n_labelled, plan.budget) == ("herding", N - 12, 12, 10)
    assert plan.left_out == {"labelled": 12}
    assert plan.why[0].startswith("12 labelled images: weighs how unsure the model is")
    assert plan.why[1].startswith("The model is a linear one")
    assert list(dataset.selections.list()) == []


def test_create__chooses_and_says_why(dataset: Dataset) -> None:
    made = dataset.selections.create(draft(10, name="first ten"))
    items = list(made.items())
    assert (made.info.n_items, made.info.n_random, made.info.n_pool) == (10, 1, N - 12)
    assert [one.rank for one in items] == list(range(1, 11))
    assert len({one.item_id for one in items}) == 10
    assert all(one.reason for one in items)
    assert [one.is_random for one in items].count(True) == 1
    assert not any(one.is_labelled for one in items)
    assert made.info.summary["left_out"] == {"labelled": 12}
    coverage = made.info.summary["coverage"]
    assert isinstance(coverage, dict)
    assert float(str(coverage["after"])) > float(str(coverage["before"]))
    assert dataset.selections.get("first ten").id == made.id


def test_create__the_same_draft_gives_the_same_items(dataset: Dataset) -> None:
    first, second, other = (dataset.selections.create(draft(8, seed=seed)) for seed in (3, 3, 4))
    ids = [[one.item_id for one in made.items()] for made in (first, second, other)]
    assert ids[0] == ids[1]
    assert ids[0] != ids[2]


def test_create__a_budget_above_the_pool_takes_all_and_says_so(dataset: Dataset) -> None:
    made = dataset.selections.create(draft(500, filter="metadata.camera:a", without_duplicates=False))
    assert made.info.n_items == made.info.n_pool == 16
    why = made.info.summary["why"]
    assert isinstance(why, list)
    assert "The budget of 500 is above the pool: all 16 are chosen." in why


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({"strategy": "hearding"}, NotFound, "no strategy is called hearding"),
        ({"strategy": "herding", "params": {"raduis": 1}}, InvalidInput, "raduis"),
        ({"params": {"radius": 1}}, InvalidInput, "auto takes no params"),
        ({"model": "mdl_none"}, NotFound, "no such model in this project"),
        ({"labelled_dataset_id": "dst_none"}, NotFound, "no such dataset in this project"),
        ({"filter": "subset:nowhere"}, QueryError, "unknown subset"),
        ({"filter": {"$and": 3}}, QueryError, "needs a list"),
        ({"quotas": [{"field": "colour", "most": 1}]}, InvalidInput, "a quota on 'colour'"),
        ({"quotas": [{"field": "group"}]}, InvalidInput, "without a limit"),
        ({"budget": {}}, InvalidInput, "a budget without a limit"),
        ({"examples": ["itm_gone"]}, NotFound, "are no items of this dataset"),
        ({"filter": "name:nothing*"}, InvalidInput, "the pool is empty"),
        ({"quotas": [{"field": "metadata.colour", "most": 1}]}, InvalidInput, "none of 48 items has"),
        ({"strategy": "margin", "labelled": "subset:validation"}, InvalidInput, "needs class probabilities"),
    ],
)
def test_create__bad_drafts_are_told(
    dataset: Dataset, asked: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        dataset.selections.create(SelectionDraft.model_validate({"budget": {"count": 5}, **asked}))


def test_query__finds_the_items_and_a_task_is_made_of_them(project: Project, dataset: Dataset) -> None:
    made = dataset.selections.create(draft(6, name="to label", filter="metadata.camera:b"))
    chosen = {one.item_id for one in made.items()}
    assert {one.id for one in dataset.items.list(filters='selection:"to label"')} == chosen
    task = made.create_task("six")
    assert {one.item_id for one in task.items()} == chosen
    plan = dataset.selections.plan(draft(6, filter="metadata.camera:b"))
    assert plan.left_out["in_task"] == 6
    again = dataset.selections.create(draft(6, filter="metadata.camera:b"))
    assert chosen.isdisjoint(one.item_id for one in again.items())


def test_delete__forgets_the_choice_and_keeps_the_items(dataset: Dataset) -> None:
    made = dataset.selections.create(draft(3))
    ids = [one.item_id for one in made.items()]
    made.delete()
    with pytest.raises(NotFound, match="no such selection"):
        made.refresh()
    assert [dataset.items.get(item_id=one).id for one in ids] == ids


def test_quota__keeps_a_source_small(dataset: Dataset) -> None:
    wanted = draft(12, quotas=[SelectionQuota(field="metadata.camera", most=2)])
    made = dataset.selections.create(wanted)
    cameras = [dataset.items.get(item_id=one.item_id).metadata["camera"] for one in made.items()]
    assert sorted(cameras) == ["a", "a", "b", "b", "c", "c"]


def test_budget__in_bytes_and_seconds_ends_the_choice(dataset: Dataset) -> None:
    sizes = {item.id: item.info.bytes for item in dataset.items.list()}
    made = dataset.selections.create(SelectionDraft.model_validate({"budget": {"bytes": 3000}}))
    chosen = sum(sizes[one.item_id] for one in made.items())
    assert 0 < chosen <= 3000
    assert made.info.summary["bytes"] == chosen
    timed = {"seconds": 60, "seconds_per_item": 20}
    assert dataset.selections.create(SelectionDraft.model_validate({"budget": timed})).info.n_items == 3


def label(dataset: Dataset, item_ids: list[str]) -> None:
    """Say what the digits of some items are."""
    from sklearn.datasets import load_digits

    targets = load_digits().target
    for one in item_ids:
        item = dataset.items.get(item_id=one)
        builder = item.annotations.builder()
        builder.add(whorl.Classification(str(targets[int(item.name[:2])])))
        item.annotations.upload(builder)


def test_proof__waits_for_labels_then_measures_and_the_overview_tells_it(client: Client, project: Project) -> None:
    dataset = project.datasets.create("proven")
    for item in project.datasets.get("all").items.list():
        dataset.items.upload_bytes(item.read_bytes(), item.name)
    few = dataset.selections.create(draft(20, name="few", without_duplicates=False))
    assert few.proof().status == "impossible"
    assert "2 items were drawn at random: the proof needs at least 20" in few.proof().message
    made = dataset.selections.create(draft(56, random_share=0.5, without_duplicates=False))
    waiting = made.proof()
    assert (waiting.status, waiting.n_chosen, waiting.n_random, waiting.is_pending) == ("waiting", 0, 0, False)
    label(dataset, [one.item_id for one in made.items()])
    assert made.refresh().info.n_labelled == 56
    proof = made.wait_for_proof()
    assert (proof.status, proof.metric_name) == ("ready", "accuracy")
    assert proof.chosen[-1][0] == proof.random[-1][0] <= 28
    assert proof.low is not None
    assert proof.saving is not None
    assert proof.high is not None
    assert proof.low <= proof.saving <= proof.high
    assert made.proof() == proof
    overview = wait_for_saving(client, project.id)
    assert overview["label_saving"]["value"] == pytest.approx(proof.saving)
    assert overview["label_saving"]["basis"] == proof.message


def test_model__its_doubts_guide_the_choice_among_images_it_never_saw(project: Project) -> None:
    model = project.models.create(
        "one",
        architecture="builtin:linear",
        dataset_id=project.datasets.get("all").id,
        params={"features": "hog"},
        filters="annotated:true",
    )
    model.train().wait(timeout_s=300)
    model.deploy()
    fresh = project.datasets.create("fresh")
    for item in list(project.datasets.get("all").items.list())[20:40]:
        fresh.items.upload_bytes(item.read_bytes(), item.name)
    made = fresh.selections.create(draft(6, space=None))
    assert (made.info.strategy, made.info.model_id) == ("margin", model.id)
    details = [one.details for one in made.items() if not one.is_random]
    assert all("predicted_class" in one for one in details)
    balanced = fresh.selections.create(draft(6, strategy="class_balance", target={"3": 0.5}))
    assert balanced.info.params == {"target": {"3": 0.5}}
    with pytest.raises(NotFound, match="no space 'none' in this project"):
        fresh.selections.create(draft(6, space="none"))
    alike = [next(fresh.items.list()).id]
    assert fresh.selections.create(draft(4, examples=alike)).info.strategy == "similarity"


def wait_for_saving(client: Client, project_id: str) -> Any:
    """The project's overview once its saving has been measured."""
    for _ in range(600):
        found = client.transport.send(Call("GET", f"/projects/{project_id}/overview")).json()
        if found["label_saving"] is not None:
            return found
        SystemClock().sleep(0.1)
    raise AssertionError(found)
