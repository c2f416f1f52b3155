"""Simulations over HTTP and through the SDK."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PIL import Image

import whorl
from whorl.base.errors import InvalidInput, NotFound, QueryError
from whorl.sdk.client import Client, Project
from whorl.sdk.datasets import Dataset
from whorl.sdk.simulations import Simulation
from whorl.sdk.transport import Call


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with forty labelled pictures of two colours, and one without a label."""
    root = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for number in range(41):
        colour = np.array([(160, 100, 100), (100, 100, 160)][number % 2])
        noise = rng.integers(-60, 60, size=(16, 16, 3))
        Image.fromarray(np.clip(colour + noise, 0, 255).astype(np.uint8)).save(root / f"{number:02d}.png")
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        project = connected.projects.create("colours")
        project.set_labels(["red", "blue"])
        dataset = project.datasets.create("all")
        dataset.import_(root)
        for item in dataset.items.list():
            number = int(item.name[:2])
            if number < 40:
                builder = item.annotations.builder()
                builder.add(whorl.Classification(("red", "blue")[number % 2]))
                item.annotations.upload(builder)
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    return client.projects.get("colours")


@pytest.fixture(scope="module")
def dataset(project: Project) -> Dataset:
    return project.datasets.get("all")


@pytest.fixture(scope="module")
def made(project: Project, dataset: Dataset) -> Simulation:
    return project.simulations.create(
        dataset.id, strategies=["auto"], budgets=[6, 12], seeds=2, name="first", seconds_per_label=2.0
    )


def test_create__replays_the_labelled_items_and_tells_what_came_of_it(made: Simulation) -> None:
    info = made.info
    assert (info.name, info.task, info.metric_name) == ("first", "classification", "accuracy")
    assert (info.n_pool, info.n_test, info.n_pools) == (28, 12, 2)
    assert [one.strategy for one in info.curves] == ["auto", "random"]
    assert info.curves[0].labels == [6, 12]
    assert [len(one.runs) for one in info.curves] == [2, 2]
    assert [(one.strategy, one.at_share) for one in info.savings] == [("auto", 0.9), ("auto", 0.95)]
    assert set(info.never_below_random) == {"auto"}
    assert info.recommendation
    assert info.spec["n_items"] == 40
    assert all(one.seconds == pytest.approx(2 * one.labels) for one in info.forecasts if one.labels is not None)


def test_get_and_list__give_what_was_kept(project: Project, made: Simulation) -> None:
    assert project.simulations.get(made.id).info == made.info
    assert project.simulations.get("first").id == made.id
    assert [one.id for one in project.simulations.list()] == [made.id]
    with pytest.raises(NotFound, match="no such simulation"):
        project.simulations.get("sim_nothing")


def test_create__takes_only_the_items_of_its_query(project: Project, dataset: Dataset) -> None:
    with pytest.raises(InvalidInput, match="all items have one class"):
        project.simulations.create(dataset.id, filters="label:red", budgets=[5], seeds=1)
    with pytest.raises(InvalidInput, match="no item of all has ground truth"):
        project.simulations.create(dataset.id, filters="annotated:false", seeds=1)


@pytest.mark.parametrize(
    ("fields", "error", "message"),
    [
        ({"strategies": ["hurding"]}, NotFound, "no strategy is called hurding"),
        ({"model": "builtin:huge"}, InvalidInput, "no simulation for this model"),
        ({"filters": "label:("}, QueryError, "."),
        ({"dataset_id": "dst_none"}, NotFound, "no such dataset"),
    ],
)
def test_create__refuses_at_once_what_cannot_be_run(
    project: Project, dataset: Dataset, fields: dict[str, Any], error: type[Exception], message: str
) -> None:
    given = {"dataset_id": dataset.id, **fields}
    with pytest.raises(error, match=message):
        project.simulations.create(**given)


def test_create__a_budget_above_the_pool_fails_the_job(project: Project, dataset: Dataset) -> None:
    with pytest.raises(InvalidInput, match="the budget 29 is above the pool of 28 items"):
        project.simulations.create(dataset.id, budgets=[29], seeds=1)


def test_delete__forgets_it(client: Client, project: Project, dataset: Dataset, made: Simulation) -> None:
    other = project.simulations.create(dataset.id, strategies=["auto"], budgets=[6, 12], seeds=1)
    other.delete()
    with pytest.raises(NotFound):
        client.transport.send(Call("DELETE", f"/simulations/{other.id}"))
    assert [one.id for one in project.simulations.list()] == [made.id]
