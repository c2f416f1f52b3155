"""Comparisons over HTTP: protected slices, the lens of their evaluations, tasks where two models differ, promotion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

import whorl
from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound, QueryError
from whorl.schemas.comparing import ProtectedSlice
from whorl.schemas.findings import EvaluationFacet, Finding
from whorl.schemas.jobs import Job as JobInfo
from whorl.schemas.models import Comparison
from whorl.schemas.tasks import TaskItem
from whorl.schemas.wire import Page
from whorl.sdk.client import Client, Project
from whorl.sdk.filters import Filters
from whorl.sdk.models import Model
from whorl.sdk.transport import Call


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with sixty labelled digits and a pool of thirty without labels."""
    from sklearn.datasets import load_digits

    root, pool = tmp_path_factory.mktemp("digits"), tmp_path_factory.mktemp("pool")
    digits = load_digits()
    for number in range(90):
        folder = root / str(digits.target[number]) if number < 60 else pool
        folder.mkdir(exist_ok=True)
        Image.fromarray((digits.images[number] * 15).astype("uint8")).resize((24, 24)).save(folder / f"{number}.png")
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        project = connected.projects.create("digits")
        dataset = project.datasets.create("all")
        dataset.import_(root, format="folder_classes")
        dataset.split(0.6, 0.1, 0.3, seed=1)
        project.datasets.create("pool").items.upload(local_path=pool)
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    return client.projects.get("digits")


@pytest.fixture(scope="module")
def models(project: Project) -> tuple[Model, Model]:
    """One trained on three digits, one on all."""
    dataset_id = project.dataset("all").id
    made = []
    for name, filters in (("few", "label:0|1|2"), ("one", None)):
        params: dict[str, JsonValue] = {"features": "hog"}
        model = project.models.create(
            name, architecture="builtin:linear", dataset_id=dataset_id, filters=filters, params=params
        )
        model.train().wait(timeout_s=120)
        made.append(model.refresh())
    return made[0], made[1]


def compare(project: Project, champion: Model, challenger: Model, **more: Any) -> Comparison:
    job = project.comparisons.start(champion.id, challenger.id, **more).wait(timeout_s=120)
    return project.comparisons.get(str(job.info.result["comparison_id"]))


@pytest.fixture(scope="module")
def better(project: Project, models: tuple[Model, Model]) -> Comparison:
    return compare(project, *models, max_latency_ms=60_000, max_size_bytes=10_000_000)


@pytest.fixture(scope="module")
def worse(project: Project, models: tuple[Model, Model]) -> Comparison:
    slices = [ProtectedSlice(query="name:*1*", floor_drop=0.2), ProtectedSlice(label="3")]
    return compare(project, models[1], models[0], slices=slices)


def test_compare__costs_power_and_slices_are_kept(
    models: tuple[Model, Model], better: Comparison, worse: Comparison
) -> None:
    assert better.decision == "promote"
    assert better.numbers["cost"] == {"latency_ms": models[1].info.latency_ms, "size_bytes": models[1].info.size_bytes}
    cost, power = better.numbers["cost"], better.numbers["power"]
    assert isinstance(cost, dict)
    assert isinstance(power, dict)
    assert isinstance(cost["latency_ms"], float)
    assert 0 < cost["latency_ms"] < 60_000
    assert isinstance(cost["size_bytes"], int)
    assert isinstance(power["smallest_gain"], float)
    slices = worse.numbers["slices"]
    assert isinstance(slices, list)
    assert [one["name"] for one in slices if isinstance(one, dict)] == ["name:*1*", "3"]
    assert worse.decision == "keep"
    wear = worse.numbers["wear"]
    assert isinstance(wear, dict)
    assert wear["times_compared"] == 1


@pytest.mark.parametrize(
    ("slices", "error"),
    [
        ([{"query": "tpe:x label:"}], QueryError),
        ([{"name": "x"}], InvalidInput),
        ([{"label": "3", "floor_drop": 0}], InvalidInput),
    ],
)
def test_compare__slices_that_do_not_fit_are_refused(
    client: Client, project: Project, models: tuple[Model, Model], slices: JsonValue, error: type[Exception]
) -> None:
    body: JsonValue = {"champion_id": models[0].id, "challenger_id": models[1].id, "slices": slices}
    call = Call("POST", f"/projects/{project.id}/comparisons", body=body)
    with pytest.raises(error):
        client.transport.call(JobInfo, call)


def test_lens__findings_are_facets_query_fields_and_drawings(
    client: Client, project: Project, models: tuple[Model, Model], better: Comparison
) -> None:
    dataset = project.dataset("all")
    facets = client.transport.get(list[EvaluationFacet], f"/datasets/{dataset.id}/evaluation-facets")
    assert {one.model_name for one in facets} == {"few", "one"}
    facet = next(one for one in facets if one.model_name == "few")
    assert (sum(facet.counts.values()), facet.is_stale) == (18, False)
    assert len(list(dataset.items.list(facet.chip))) == 18
    confused = list(dataset.items.list(f"{facet.chip} type:confused"))
    assert len(confused) == facet.counts["confused"]
    [finding] = client.transport.get(
        list[Finding], f"/items/{confused[0].id}/findings", evaluation_id=facet.evaluation_id
    )
    assert (finding.type, finding.bounds) == ("confused", None)
    assert finding.truth != finding.predicted
    assert {item.id for item in dataset.items.list(f"eval:few type:confused truth:{finding.truth}")} >= {confused[0].id}
    with pytest.raises(QueryError, match="no evaluation 'fw'"):
        list(dataset.items.list("eval:fw"))
    with pytest.raises(NotFound):
        client.transport.get(list[Finding], f"/items/{confused[0].id}/findings", evaluation_id="evl_none")


def test_task__holds_the_test_items_on_which_they_differ(client: Client, project: Project, better: Comparison) -> None:
    made = project.comparisons.open_task(better.id, limit=5)
    assert (made.kind, made.settings["comparison_id"]) == ("review", better.id)
    items = client.transport.get(Page[TaskItem], f"/tasks/{made.id}/items").items
    assert len(items) == 5
    filters = Filters().add_evaluation("few", type="confused")
    wrong = {item.id for item in project.dataset("all").items.list(filters)}
    filters = Filters().add_evaluation("one", type="confused")
    assert {one.item_id for one in items} <= wrong | {item.id for item in project.dataset("all").items.list(filters)}


def test_disagree__lists_pool_items_and_a_task_labels_them(
    client: Client, project: Project, better: Comparison
) -> None:
    pool = project.dataset("pool")
    job = project.comparisons.disagree(better.id, dataset_id=pool.id, filters="width:24", limit=8)
    job.wait(timeout_s=120)
    listed = job.info.result["items"]
    assert isinstance(listed, list)
    scores = [float(str(one["score"])) for one in listed if isinstance(one, dict)]
    assert job.info.result["looked_at"] == 30
    assert scores == sorted(scores, reverse=True)
    assert 0 < len(scores) <= 8
    made = project.comparisons.open_task(better.id, job_id=job.id, task_name="where they differ")
    assert (made.kind, made.dataset_id, made.name) == ("label", pool.id, "where they differ")
    items = client.transport.get(Page[TaskItem], f"/tasks/{made.id}/items").items
    assert {one.item_id for one in items} == {one["item_id"] for one in listed if isinstance(one, dict)}


def test_task__refuses_what_did_not_look_at_these_models(
    project: Project, models: tuple[Model, Model], better: Comparison, worse: Comparison
) -> None:
    other = models[0].evaluate().wait(timeout_s=120).id
    for job_id, error in ((other, InvalidInput), ("job_none", NotFound)):
        with pytest.raises(error):
            project.comparisons.open_task(worse.id, job_id=job_id)
    job = project.comparisons.disagree(better.id)
    with pytest.raises(InvalidInput, match="no item without ground truth"):
        job.wait(timeout_s=120)


def test_promote__by_a_person_is_kept_with_the_comparison(
    project: Project, models: tuple[Model, Model], better: Comparison, worse: Comparison
) -> None:
    few, one = models
    promote = project.comparisons.promote
    assert promote(better.id).model_id == one.id
    with pytest.raises(Conflict, match="the comparison decided keep: Worse"):
        promote(worse.id)
    with pytest.raises(InvalidInput, match="force needs a reason"):
        promote(worse.id, force=True)
    reason = "the new camera sees three digits only"
    assert promote(worse.id, force=True, reason=reason).model_id == few.id
    kept = project.comparisons.get(worse.id).numbers["promoted"]
    assert isinstance(kept, dict)
    assert (kept["is_forced"], kept["reason"]) == (True, reason)
    assert few.rollback().model_id == one.id
    found = few.refresh().info.verdict
    assert found is not None
    assert (found.comparison_id, found.decision, found.reason[:5]) == (worse.id, "keep", "Worse")
    assert few.info.error is None
    assert [one.id for one in project.comparisons.list()] == [worse.id, better.id]
