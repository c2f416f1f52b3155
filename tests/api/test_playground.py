"""The playground over HTTP: architectures, dry runs, pinned data, clones, cancel and resume, runs side by side."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator

import pytest
from PIL import Image
from tests.api.conftest import Api

import whorl
from whorl.base.errors import Conflict, InvalidInput, JsonValue, NotFound
from whorl.schemas.training import AugmentationPreview
from whorl.sdk.client import Client, Project
from whorl.sdk.models import Model
from whorl.sdk.transport import Call

LINEAR, TINYDET = "builtin:linear", "builtin:tinydet"
HOG: dict[str, JsonValue] = {"features": "hog"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server with forty digits of four classes; the test subset lacks the last one."""
    from sklearn.datasets import load_digits

    root = tmp_path_factory.mktemp("digits")
    digits = load_digits(n_class=4)
    for number in range(40):
        folder = root / str(digits.target[number])
        folder.mkdir(exist_ok=True)
        Image.fromarray((digits.images[number] * 15).astype("uint8")).resize((24, 24)).save(folder / f"{number}.png")
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        dataset = connected.projects.create("digits").datasets.create("all")
        dataset.import_(root, format="folder_classes")
        for place, item in enumerate(dataset.items.list()):
            is_three = item.name.startswith("3/")
            item.update(
                subset="validation" if place % 4 == 1 else "test" if place % 4 == 2 and not is_three else "train"
            )
        yield connected


@pytest.fixture(scope="module")
def project(client: Client) -> Project:
    """Its project."""
    return client.projects.get("digits")


@pytest.fixture(scope="module")
def dataset_id(project: Project) -> str:
    """Its dataset."""
    return project.dataset("all").id


@pytest.fixture(scope="module")
def hog(project: Project, dataset_id: str) -> Model:
    """A trained model."""
    return project.models.train("hog", architecture=LINEAR, dataset_id=dataset_id, params=HOG).wait(timeout_s=120)


def test_architectures__say_what_they_take(project: Project) -> None:
    found = {one.name: one for one in project.models.architectures()}
    assert found[LINEAR].tasks == ["classification", "multi_label"]
    assert (found[LINEAR].is_available, found[LINEAR].takes_augment, found[TINYDET].takes_augment) == (
        True,
        False,
        True,
    )
    properties = found[TINYDET].params_schema["properties"]
    assert isinstance(properties, dict)
    assert {"budget_s", "stride", "size"} <= properties.keys()
    assert not {"augment", "sampling", "preset"} & properties.keys()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"params": {"colour": 1}}, "builtin:linear has no parameter 'colour'"),
        ({"params": {"seed": -1}}, "seed must be greater than or equal to 0, got -1"),
        ({"params": {"preset": "fast"}}, "has no preset 'fast'"),
        ({"params": {"sampling": "fair"}}, "no sampling 'fair'"),
        ({"augment": {"rotate": 9}}, "builtin:linear changes no images"),
        ({"snapshot": "none such"}, "no snapshot 'none such'"),
        ({"train_filters": "subset:trian"}, "unknown subset: .trian."),
        ({"task": "detection"}, "does classification and multi_label, not detection"),
    ],
)
def test_create__what_is_wrong_is_said_at_once(
    project: Project, dataset_id: str, options: dict[str, object], said: str
) -> None:
    for call in (project.models.check, lambda **more: project.models.create("x", **more)):
        with pytest.raises((InvalidInput, NotFound), match=said):
            call(architecture=LINEAR, dataset_id=dataset_id, **options)
    assert "x" not in [model.name for model in project.models.list()]


def test_check__counts_warns_and_writes_nothing(project: Project, dataset_id: str) -> None:
    before = [model.id for model in project.models.list()]
    found = project.models.check(architecture=LINEAR, dataset_id=dataset_id, params=HOG, sampling="class_balanced")
    assert (found.task, found.can_train, found.errors) == ("classification", True, [])
    train, validation, test = found.subsets
    assert (train.n_items + validation.n_items + test.n_items, train.missing, test.missing) == (40, [], ["3"])
    assert sum(train.labels.values()) == train.n_labelled == train.n_items
    assert found.n_effective >= train.n_labelled
    assert found.params == {"features": "hog", "sampling": "class_balanced"}
    assert found.estimated_seconds is not None
    assert "No test example of 3: they go unjudged." in [one.message for one in found.warnings]
    assert [model.id for model in project.models.list()] == before


def test_check__one_class_few_items_and_nothing_at_all(project: Project, dataset_id: str) -> None:
    one = project.models.check(architecture=LINEAR, dataset_id=dataset_id, train_filters="label:0")
    assert one.can_train
    assert {"one_label", "few_items", "label_without_example"} <= {each.code for each in one.warnings}
    assert one.subsets[1].n_items > 0
    none = project.models.check(architecture=LINEAR, dataset_id=dataset_id, filters="name:nothing")
    assert (none.can_train, [each.code for each in none.errors]) == (False, ["no_train_items"])
    boxes = project.models.check(architecture=TINYDET, dataset_id=dataset_id, params={"size": 640})
    assert [each.code for each in boxes.errors] == ["no_labels"]
    assert boxes.size_px == 640


def test_create__a_snapshot_pins_the_revision_and_subsets_have_their_queries(project: Project, dataset_id: str) -> None:
    made = project.dataset("all").snapshots.create("before")
    item = next(project.dataset("all").items.list("subset:train"))
    item.update(metadata={"seen": True})
    options = {"architecture": LINEAR, "dataset_id": dataset_id, "params": HOG}
    pinned = project.models.create("pinned", snapshot="before", train_filters="label:0|1", **options)
    assert (pinned.info.revision, pinned.info.query["snapshot"]) == (made.revision, made.id)
    assert project.models.create("now", **options).info.revision > made.revision
    pinned.train().wait(timeout_s=120)
    counts = project.models.check(
        architecture=LINEAR, dataset_id=dataset_id, snapshot="before", train_filters="label:0|1"
    )
    assert counts.subsets[0].n_items < counts.subsets[0].n_items + counts.subsets[1].n_items
    assert pinned.refresh().info.n_items == counts.subsets[0].n_items + counts.subsets[1].n_items
    assert pinned.info.metrics["samples"] == counts.subsets[0].n_labelled


def test_clone__the_same_but_for_the_changes(project: Project, hog: Model) -> None:
    made = hog.clone("again", params={"seed": 3}, sampling="repeat_rare")
    assert (made.info.revision, made.info.dataset_id, made.info.parent_id) == (
        hog.info.revision,
        hog.info.dataset_id,
        hog.id,
    )
    assert made.info.params == {"features": "hog", "seed": 3, "sampling": "repeat_rare"}
    assert made.clone(params={"seed": None}).info.params == {"features": "hog", "sampling": "repeat_rare"}
    assert made.clone(preset="accuracy").info.params["features"] == "hog+lite0"
    assert (made.clone().name, made.status) == ("again (clone)", "created")
    with pytest.raises(InvalidInput, match="no parameter 'sead'") as typo:
        hog.clone(params={"sead": 3})
    assert typo.value.hint == "Did you mean seed?"
    with pytest.raises(NotFound, match="no snapshot 'none'"):
        hog.clone(snapshot="none")


def test_train__curves_are_rows_and_the_state_is_told(project: Project, hog: Model) -> None:
    points = hog.curves()
    assert points[0]["cv_accuracy_hog"] > 0.5
    state = hog.training()
    assert (state.status, state.can_resume, state.progress) == ("trained", False, None)
    assert state.job_id is not None
    assert hog.info.size_bytes is not None
    assert hog.info.size_bytes > 1000


def test_cancel_and_resume__what_cannot_be(project: Project, dataset_id: str, hog: Model) -> None:
    with pytest.raises(Conflict, match="'hog' is not in training: trained"):
        hog.cancel()
    with pytest.raises(Conflict, match="'hog' is trained already"):
        hog.resume()
    fresh = project.models.create("fresh", architecture=LINEAR, dataset_id=dataset_id)
    with pytest.raises(Conflict, match="'fresh' has no checkpoint to go on from"):
        fresh.resume()
    with pytest.raises(Conflict, match="'fresh' is not in training: created"):
        fresh.cancel()
    assert fresh.training().job_id is None


def test_table__what_differs_side_by_side(client: Client, project: Project, hog: Model) -> None:
    other = hog.clone("other", params={"seed": 5})
    other.train()
    other.wait(timeout_s=120)
    table = project.models.table([hog, other.id])
    assert [row.model_id for row in table.rows] == [hog.id, other.id]
    assert table.param_names == ["seed"]
    assert [row.params for row in table.rows] == [{"seed": 0}, {"seed": 5}]
    assert "cv_accuracy" in table.metric_names
    assert "cv_accuracy_hog" in table.series
    assert [len(one.points) for one in table.curves] == [1, 1]
    with pytest.raises(NotFound):
        project.models.table([hog, "mdl_none"])
    with pytest.raises(InvalidInput, match="0 models to compare"):
        project.models.table([])
    elsewhere = client.projects.create("elsewhere")
    with pytest.raises(NotFound, match="no such model in this project"):
        elsewhere.models.table([hog])


def test_preview__real_images_and_their_shapes(client: Client, project: Project, dataset_id: str) -> None:
    def ask(**more: JsonValue) -> AugmentationPreview:
        body: dict[str, JsonValue] = {"dataset_id": dataset_id, "count": 3, "size": 64} | more
        call = Call("POST", f"/projects/{project.id}/augmentation-preview", body=body)
        return client.transport.call(AugmentationPreview, call)

    first = ask(augment={"rotate": 20, "noise": 10})
    assert (len(first.images), first.skipped) == (3, [])
    picture = Image.open(io.BytesIO(base64.b64decode(first.images[0].image.partition(",")[2])))
    assert (picture.format, picture.size) == ("WEBP", (64, 64))
    assert ask(augment={"rotate": 20, "noise": 10}) == first
    assert ask(augment={"rotate": 20, "noise": 10}, seed=1) != first
    with pytest.raises(InvalidInput, match="no item to show"):
        ask(query="name:nothing")
    with pytest.raises(whorl.WhorlError, match="rotate"):
        ask(augment={"rotate": 999})


def test_clone__a_foreign_projects_model_is_not_there(api: Api) -> None:
    url = f"/api/v1/models/{api.ids['model_id']}"
    for verb in ("clone", "cancel", "train"):
        assert api.client.post(f"{url}/{verb}", headers=api.headers("foreign")).status_code == 404
        assert api.client.post(f"{url}/{verb}", headers=api.headers("viewer")).status_code == 403
