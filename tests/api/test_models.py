"""Models over HTTP: from sixty real digits to a champion and back."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from tests.api.conftest import Api, png

import whorl
from whorl.base.errors import Conflict, InvalidInput, JsonValue, ModelError, NotFound, QueryError
from whorl.schemas.models import PredictedImage
from whorl.sdk.client import Client, Project
from whorl.sdk.models import Model
from whorl.sdk.transport import Call

ARCHITECTURE = "builtin:linear"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with sixty digits, labelled and split."""
    from sklearn.datasets import load_digits

    root = tmp_path_factory.mktemp("digits")
    digits = load_digits()
    for number in range(60):
        folder = root / str(digits.target[number])
        folder.mkdir(exist_ok=True)
        Image.fromarray((digits.images[number] * 15).astype("uint8")).resize((24, 24)).save(folder / f"{number}.png")
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        dataset = connected.projects.create("digits").datasets.create("all")
        dataset.import_(root, format="folder_classes")
        dataset.split(0.6, 0.1, 0.3, seed=1)
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    """Its project."""
    return client.projects.get("digits")


@pytest.fixture(scope="module")
def one(project: Project) -> Model:
    """A model trained on all of it."""
    return _train(project, "one")


@pytest.fixture(scope="module")
def few(project: Project) -> Model:
    """A model trained on three of the ten digits."""
    return _train(project, "few", filters="label:0|1|2")


def _train(project: Project, name: str, filters: str | None = None) -> Model:
    dataset_id = project.dataset("all").id
    params: dict[str, JsonValue] = {"features": "hog"}
    made = project.models.create(name, architecture=ARCHITECTURE, dataset_id=dataset_id, filters=filters, params=params)
    made.train().wait(timeout_s=60)
    return made.refresh()


def test_train__records_what_it_came_from(project: Project, one: Model, few: Model) -> None:
    assert (one.status, one.info.task, one.info.n_items) == ("trained", "classification", 42)
    assert one.info.dataset_id == project.dataset("all").id
    assert one.info.query == {"subsets": ["train", "validation"]}
    assert one.info.metrics["samples"] == 36
    assert few.info.n_items is not None
    assert 0 < few.info.n_items < 42
    assert "filter" in few.info.query


def test_train__a_trained_model_is_not_trained_again(one: Model) -> None:
    with pytest.raises(Conflict, match="trained already"):
        one.train()


def test_train__without_items_says_why_and_may_be_tried_again(project: Project) -> None:
    dataset_id = project.dataset("all").id
    made = project.models.create("none", architecture=ARCHITECTURE, dataset_id=dataset_id, filters="name:nothing")
    with pytest.raises(ModelError, match="nothing to train on"):
        made.train().wait(timeout_s=60)
    assert (made.refresh().status, "nothing to train on" in (made.info.error or "")) == ("failed", True)
    with pytest.raises(ModelError, match="nothing to train on"):
        made.train().wait(timeout_s=60)


def test_evaluate__scores_the_test_subset_and_its_parts(one: Model) -> None:
    made = one.evaluate().wait(timeout_s=60).info.result["evaluation_id"]
    part = one.evaluate(filters="label:3").wait(timeout_s=60).info.result["evaluation_id"]
    found = {evaluation.id: evaluation for evaluation in one.evaluations()}
    whole = found[str(made)]
    assert (whole.n_items, whole.metric_name) == (18, "accuracy")
    assert whole.metric is not None
    assert whole.metric > 0.7
    assert found[str(part)].n_items < 18


def test_report__says_the_evaluation_in_full(project: Project, one: Model) -> None:
    evaluation = one.evaluations()[0]
    report = project.evaluations.report(evaluation.id, slices=["field:subset", "query:label:0|1|2"])
    assert (report.task, report.metric_name) == ("classification", "accuracy")
    assert report.metric == pytest.approx(evaluation.metric)
    assert report.interval is not None
    kept = evaluation.metrics["accuracy_interval"]
    assert isinstance(kept, dict)
    assert (report.interval.low, report.interval.high) == (kept["low"], kept["high"])
    subset, some = report.slices
    assert (subset.name, subset.n_items, subset.rest) == ("subset: test", 18, None)
    assert subset.query == {"filter": {"subset": "test"}}
    assert some.is_small
    assert 0 < some.n_items < 18
    costs = project.evaluations.thresholds(evaluation.id, missed=1, spurious=5)
    assert costs.cheapest.cost == min(row.cost for row in costs.rows if row.cost is not None)
    with pytest.raises(QueryError, match="unknown item field"):
        project.evaluations.report(evaluation.id, slices=["field:weather"])
    with pytest.raises(InvalidInput, match="no slice"):
        project.evaluations.report(evaluation.id, slices=["weather"])


def test_evaluate__without_items_to_score_says_why(one: Model) -> None:
    with pytest.raises(ModelError, match="no item of the test subset matches the query"):
        one.evaluate(filters="name:nothing-is-called-so").wait(timeout_s=60)


def test_list_evaluations__of_a_project_and_of_a_model(project: Project, one: Model) -> None:
    every = list(project.evaluations.list())
    assert [info.id for info in every] == sorted((info.id for info in every), reverse=True)
    assert [info.id for info in one.evaluations()] == [
        info.id for info in reversed(list(project.evaluations.list(model_id=one.id)))
    ]


def test_compare__decides_keeps_the_numbers_and_freezes_the_test(project: Project, one: Model, few: Model) -> None:
    job = project.models.compare(few.id, one.id).wait(timeout_s=60)
    decided = project.models.comparison(str(job.info.result["comparison_id"]))
    assert (decided.decision, decided.champion_id, decided.challenger_id) == ("promote", few.id, one.id)
    assert decided.numbers["n_images"] == 18
    assert decided.id in [comparison.id for comparison in project.models.comparisons()]
    item = next(project.dataset("all").items.list("subset:test"))
    with pytest.raises(whorl.WhorlError, match="frozen"):
        item.update(subset="train")


def test_compare__an_unknown_snapshot_is_named(project: Project, one: Model, few: Model) -> None:
    with pytest.raises(NotFound, match="no snapshot 'none such'"):
        project.models.compare(few.id, one.id, snapshot="none such")


def test_predict__stands_beside_the_truth(project: Project, one: Model) -> None:
    job = one.predict(filters="subset:test").wait(timeout_s=60)
    assert (job.info.result["items"], job.info.result["predictions"]) == (18, 18)
    again = one.predict(filters="subset:test").wait(timeout_s=60)
    assert again.info.result["predictions"] == 18
    item = next(project.dataset("all").items.list("subset:test"))
    assert [one.origin.value for one in item.annotations.list(layer="prediction")] == ["predicted"]
    assert len(item.annotations.list()) == 1


def test_predict__at_once_on_items_and_on_an_image(client: Client, project: Project, one: Model) -> None:
    item = next(project.dataset("all").items.list("subset:train"))
    (truth,) = item.annotations.list()
    call = Call("POST", f"/models/{one.id}/predict/items", body={"item_ids": [item.id]})
    (found,) = client.transport.call(list[PredictedImage], call)
    assert (found.item_id, found.width, [each.label for each in found.annotations]) == (item.id, 24, [truth.label])
    upload = Call(
        "POST", f"/models/{one.id}/predict/image", files=[("file", ("a.png", item.read_bytes(), "image/png"))]
    )
    sent = client.transport.call(PredictedImage, upload)
    assert (sent.item_id, [each.label for each in sent.annotations]) == (None, [truth.label])


def test_predict__what_is_no_image_is_refused(client: Client, one: Model) -> None:
    call = Call("POST", f"/models/{one.id}/predict/image", files=[("file", ("a.png", b"not an image", "image/png"))])
    with pytest.raises(whorl.WhorlError) as caught:
        client.transport.call(PredictedImage, call)
    assert caught.value.code == "unreadable_media"


def test_download__is_the_whole_folder(client: Client, one: Model, tmp_path: Path) -> None:
    data = client.transport.send(Call("GET", f"/models/{one.id}/folder")).content
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {"model.yaml", "model.onnx"} <= set(archive.namelist())
        archive.extractall(tmp_path)
    from whorl.models.folder import load_model

    assert load_model(tmp_path).labels == tuple(one.info.labels)


def test_deploy__and_roll_back_through_every_champion(project: Project, one: Model, few: Model) -> None:
    third = _train(project, "third")
    for model in (few, one, third):
        assert model.deploy().model_id == model.id
    assert third.rollback().model_id == one.id
    assert one.rollback().model_id == few.id
    assert [place.model_id for place in project.models.champions()] == [few.id]
    with pytest.raises(Conflict, match="no champion before"):
        few.rollback()
    with pytest.raises(Conflict, match="is not the champion"):
        one.rollback()


def test_create__an_unknown_architecture_names_the_known(api: Api) -> None:
    body = {"name": "x", "architecture": "builtin:lineal", "dataset_id": api.ids["dataset_id"]}
    address = f"/api/v1/projects/{api.ids['project_id']}/models"
    response = api.client.post(address, json=body, headers=api.headers("owner"))
    assert (response.status_code, "builtin:linear" in response.json()["hint"]) == (422, True)


def test_create__on_a_foreign_dataset_is_not_found(api: Api) -> None:
    body = {"name": "x", "architecture": ARCHITECTURE, "dataset_id": api.ids["dataset_id"]}
    address = f"/api/v1/projects/{api.ids['other_project_id']}/models"
    assert api.client.post(address, json=body, headers=api.headers("foreign")).status_code == 404


def test_predict__a_foreign_item_is_not_found(api: Api) -> None:
    folder = api.services.settings.home_path / "models" / api.ids["model_id"]
    folder.mkdir(parents=True)
    body = {"item_ids": ["itm_foreign"]}
    address = f"/api/v1/models/{api.ids['model_id']}/predict/items"
    assert api.client.post(address, json=body, headers=api.headers("owner")).status_code == 404


def test_predict__an_empty_upload_is_refused(api: Api) -> None:
    (api.services.settings.home_path / "models" / api.ids["model_id"]).mkdir(parents=True)
    address = f"/api/v1/models/{api.ids['model_id']}/predict/image"
    response = api.client.post(address, files={"file": ("a.png", b"")}, headers=api.headers("owner"))
    assert (response.status_code, response.json()["code"]) == (422, "unreadable_media")
    large = api.client.post(address, files={"file": ("a.png", png() + bytes(200_000))}, headers=api.headers("owner"))
    assert large.status_code == 413


def test_deploy__an_untrained_model_is_refused(api: Api) -> None:
    body = {"name": "x", "architecture": ARCHITECTURE, "dataset_id": api.ids["dataset_id"]}
    address = f"/api/v1/projects/{api.ids['project_id']}/models"
    made = api.client.post(address, json=body, headers=api.headers("owner")).json()["id"]
    response = api.client.post(f"/api/v1/models/{made}/deploy", headers=api.headers("owner"))
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_choose_task__from_the_architecture_or_the_truth() -> None:
    from whorl.models.rules import choose_task

    assert choose_task("builtin:tinydet", {"class": 9}) == "detection"
    assert choose_task("builtin:linear", {"box": 9, "class": 1}, several_classes=0.5) == "multi_label"
    assert choose_task("builtin:tinyunet", {"polygon": 9}) == "instance_masks"
    assert choose_task("builtin:tinyunet", {"mask": 9}, is_one_each=True) == "semantic_masks"
    assert choose_task("mine.models:Net", {"class": 1, "box": 9}) == "detection"
    assert choose_task("mine.models:Net", {"class": 9}) == "classification"
    assert choose_task("mine.models:Net", {"class": 9}, several_classes=0.04) == "classification"
    assert choose_task("mine.models:Net", {"polygon": 3, "rotated_box": 3, "box": 5}) == "instance_masks"
    with pytest.raises(InvalidInput, match="neither classes, boxes nor outlines"):
        choose_task("mine.models:Net", {"points": 3})


def test_check_architecture__a_task_that_it_does_not_do() -> None:
    from whorl.models.rules import check_architecture

    with pytest.raises(InvalidInput, match="tinyunet does instance_masks and semantic_masks, not detection") as refused:
        check_architecture("builtin:tinyunet", "detection")
    assert refused.value.hint == "Use builtin:tinydet or builtin:auto."
    check_architecture("mine.models:Net", "detection")
