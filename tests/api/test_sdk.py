"""The SDK against the real server, in process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

import whorl
from whorl.base.errors import (
    Conflict,
    FormatError,
    InvalidInput,
    NotFound,
    StaleWrite,
    Unauthenticated,
    Unavailable,
    UnknownLabel,
)
from whorl.sdk.client import Client, Project
from whorl.sdk.datasets import Dataset


def png(shade: int = 0, size: tuple[int, int] = (20, 10)) -> bytes:
    """A small picture of one grey."""
    out = BytesIO()
    Image.new("L", size, shade).save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server of this module's own."""
    with whorl.connect(home=tmp_path_factory.mktemp("home")) as connected:
        yield connected


@pytest.fixture
def project(client: Client, request: pytest.FixtureRequest) -> Project:
    """A project of this test's own, with labels car and truck."""
    made = client.projects.create(request.node.name[:100])
    made.set_labels(["car", "truck"])
    return made


@pytest.fixture
def dataset(project: Project) -> Dataset:
    """An empty dataset."""
    return project.datasets.create("photos")


def test_projects__are_made_found_and_listed(client: Client) -> None:
    made = client.projects.create(project_name="a project")
    assert client.projects.get(project_name="a project").id == made.id
    assert client.projects.get(project_id=made.id).name == "a project"
    assert made.id in [project.id for project in client.projects.list()]


def test_projects__a_name_taken_twice_is_a_conflict(client: Client) -> None:
    client.projects.create("twice")
    with pytest.raises(Conflict):
        client.projects.create("twice")


def test_projects__an_unknown_name_lists_the_known(client: Client) -> None:
    client.projects.create("known")
    with pytest.raises(NotFound, match="no project 'unknown'") as caught:
        client.projects.get("unknown")
    assert "known" in caught.value.hint


def test_upload__a_folder_keeps_its_paths_and_lists_what_it_cannot_read(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "a.png").write_bytes(png(1))
    (tmp_path / "in" / "deep" / "b.png").write_bytes(png(2))
    (tmp_path / "in" / "notes.png").write_text("not an image")
    steps: list[tuple[int, int | None]] = []
    result = dataset.items.upload(tmp_path / "in", "/from", progress=lambda done, total: steps.append((done, total)))
    assert sorted(item.name for item in result.items) == ["from/a.png", "from/deep/b.png"]
    assert [(name, error.code) for name, error in result.failures] == [("from/notes.png", "unreadable_media")]
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_upload__a_list_of_files_and_a_file(dataset: Dataset, tmp_path: Path) -> None:
    for name in ("a.png", "b.png", "c.png"):
        (tmp_path / name).write_bytes(png(ord(name[0])))
    dataset.items.upload([tmp_path / "a.png", str(tmp_path / "b.png")])
    dataset.items.upload(local_path=str(tmp_path / "c.png"), remote_path="/x/y")
    assert sorted(item.name for item in dataset.items.list()) == ["a.png", "b.png", "x/y/c.png"]


def test_upload__a_missing_path_is_named(dataset: Dataset) -> None:
    with pytest.raises(NotFound, match="no file or folder /nowhere"):
        dataset.items.upload("/nowhere")


def test_item__size_metadata_subset_and_bytes(dataset: Dataset, tmp_path: Path) -> None:
    item = dataset.items.upload_bytes(png(7), "a/b.png", item_metadata={"camera": "c3"})
    assert (item.width, item.height, item.metadata, item.filename) == (20, 10, {"camera": "c3"}, "/a/b.png")
    changed = item.update(subset="train", metadata={"hour": 5})
    assert (changed.subset, changed.metadata) == ("train", {"camera": "c3", "hour": 5})
    assert dataset.items.get(filepath="/a/b.png").id == dataset.items.get(item_id=item.id).id == item.id
    assert item.read_bytes() == png(7)
    assert item.download(tmp_path).read_bytes() == png(7)
    assert [path.name for path in tmp_path.iterdir()] == ["b.png"]


def test_item__a_deleted_one_is_gone(dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")
    item.delete()
    assert list(dataset.items.list()) == []
    with pytest.raises(NotFound):
        dataset.items.get("a.png")


def test_annotations__are_added_to_those_there(dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")
    for label in ("car", "truck"):
        builder = item.annotations.builder()
        builder.add(annotation_definition=whorl.Box(left=1, top=2, right=11, bottom=9, label=label))
        item.annotations.upload(builder)
    found = item.annotations.list()
    assert sorted((annotation.label, annotation.origin.value) for annotation in found) == [
        ("car", "drawn"),
        ("truck", "drawn"),
    ]


def test_annotations__an_unknown_label_is_refused(dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")
    with pytest.raises(UnknownLabel, match="kat"):
        item.annotations.upload(item.annotations.builder().add(whorl.Classification("kat")))
    assert item.annotations.list() == []


def test_annotations__a_stale_save_carries_both_versions(dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")
    before = item.annotations.read()
    item.annotations.upload(item.annotations.builder().add(whorl.Classification("car")))
    with pytest.raises(StaleWrite) as caught:
        item.annotations.save([], base_revision=before.revision)
    assert caught.value.details
    assert len(item.annotations.list()) == 1


def test_annotations__uploads_at_the_same_time_all_arrive(dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")

    def add() -> None:
        item.annotations.upload(item.annotations.builder().add(whorl.Box(1, 1, 5, 5, "car")))

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(item.annotations.list()) == 3


def test_list__filters_and_text_ask_the_same(dataset: Dataset) -> None:
    for number in range(4):
        item = dataset.items.upload_bytes(png(number), f"{number}.png")
        if number % 2:
            item.annotations.upload(item.annotations.builder().add(whorl.Classification("car")))
    filters = whorl.Filters().add_join("label", "car")
    assert sorted(item.name for item in dataset.items.list(filters=filters)) == ["1.png", "3.png"]
    assert sorted(item.name for item in dataset.items.list("label:car")) == ["1.png", "3.png"]
    assert sorted(item.name for item in dataset.items.list("-label:car")) == ["0.png", "2.png"]
    assert dataset.items.count("label:car") == 2


def test_list__an_unknown_field_is_an_error_with_the_nearest(dataset: Dataset) -> None:
    with pytest.raises(InvalidInput) as caught:
        list(dataset.items.list(whorl.Filters("subsett", "train")))
    assert "subset" in caught.value.hint + caught.value.message


def test_snapshot__reads_as_of_a_revision_and_diffs(dataset: Dataset) -> None:
    dataset.items.upload_bytes(png(1), "a.png")
    snapshot = dataset.snapshots.create("first")
    dataset.items.upload_bytes(png(2), "b.png")
    assert [item.name for item in dataset.items.list(as_of=snapshot.revision)] == ["a.png"]
    assert dataset.snapshots.get("first") == snapshot
    diff = dataset.diff(snapshot.revision, dataset.refresh().revision)
    assert (diff.items.added, diff.items.removed) == (1, 0)


def test_split__gives_every_item_a_subset(dataset: Dataset) -> None:
    for number in range(10):
        dataset.items.upload_bytes(png(number), f"{number}.png")
    report = dataset.split(train=0.6, validation=0.2, test=0.2, seed=1)
    assert (report.train, report.validation, report.test) == (6, 2, 2)


def test_tasks__lease_submit_and_count(project: Project, dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")
    task = project.tasks.create("label them", dataset_id=dataset.id)
    assert task.add_items([item.id]) == 1
    (lease,) = task.lease()
    drafts = list(item.annotations.builder().add(whorl.Classification("car")))
    task.submit(lease, drafts, base_revision=item.annotations.read().revision)
    assert task.summary().counts.submitted + task.summary().counts.approved == 1
    assert [annotation.label for annotation in item.annotations.list()] == ["car"]
    assert task.lease() == []


def test_import_export__there_and_back(project: Project, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(png(1))
    (tmp_path / "in" / "broken.png").write_bytes(png(1)[:40])
    dataset = project.datasets.create("imported")
    report = dataset.import_(tmp_path / "in", format="folder")
    assert (report.added, [Path(issue.where).name for issue in report.issues]) == (1, ["broken.png"])
    again = dataset.import_(tmp_path / "in", format="folder")
    assert (again.added, again.unchanged) == (0, 1)
    written = dataset.export(tmp_path / "out", format="coco")
    assert written.items == 1


def test_import__a_path_that_does_not_exist_is_named(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nowhere"):
        dataset.import_(tmp_path / "nowhere", format="coco")


def test_people_and_tokens__are_made_listed_and_revoked(client: Client, project: Project) -> None:
    person = client.people.create("ann@example.org", "Ann", password="a long password")
    assert client.people.get("ann@example.org") == person
    assert project.members.set("ann@example.org", "annotator").role == "annotator"
    made = project.tokens.create("camera", role="viewer", expires_in_days=1)
    with whorl.connect(client.url, made.secret) as camera:
        assert camera.me().kind == "service"
    assert [token.name for token in project.tokens.list()] == ["camera"]
    project.tokens.revoke(made.token.id)
    with whorl.connect(client.url, made.secret) as camera, pytest.raises(Unauthenticated):
        camera.me()


def test_connect__finds_the_server_that_runs_on_the_home(tmp_path: Path) -> None:
    with whorl.connect(home=tmp_path) as first, whorl.connect(home=tmp_path) as second:
        first.projects.create("shared")
        assert (second.url, second.projects.get("shared").name) == (first.url, "shared")


def test_connect__a_home_can_be_opened_again(tmp_path: Path) -> None:
    with whorl.connect(home=tmp_path) as client:
        client.projects.create("kept")
    with whorl.connect(home=tmp_path) as client:
        assert [project.name for project in client.projects.list()] == ["kept"]


def test_connect__what_a_killed_server_left_behind_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text('{"url": "http://127.0.0.1:9", "token": "x"}')
    with whorl.connect(home=tmp_path) as client:
        assert list(client.projects.list()) == []


def test_connect__nobody_at_the_address_is_unavailable() -> None:
    with whorl.connect("http://127.0.0.1:9", "x") as client, pytest.raises(Unavailable, match="no server answers"):
        client.me()


def test_connect__the_address_of_the_environment_gives_way_to_a_home(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WHORL_URL", client.url)
    with whorl.connect() as from_environment:
        assert from_environment.url == client.url
    with whorl.connect(home=tmp_path) as own:
        assert own.url != client.url


def test_connect__an_address_and_a_home_are_one_too_many(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        whorl.connect("http://127.0.0.1:9", home=tmp_path)


def test_dataset__facets_of_a_query_in_either_form(dataset: Dataset) -> None:
    for number in range(3):
        dataset.items.upload_bytes(png(number, size=(20 + 10 * (number == 2), 10)), f"{number}.png")
    counted = dataset.facets("width:20", fields=["width"])
    assert (counted.count, [(one.value, one.count) for one in counted.facets[0].buckets]) == (2, [(20, 2)])
    assert dataset.facets(whorl.Filters("width", 20), fields=["width"]) == counted
    assert dataset.facets().count == 3


@pytest.mark.parametrize("end", ["", "raise SystemExit(3)", "raise ValueError"])
def test_connect__a_script_that_does_not_close_ends_all_the_same(tmp_path: Path, end: str) -> None:
    script = f"import whorl\nwhorl.connect(home={str(tmp_path)!r}).projects.create('x')\n{end}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=90, check=False)
    assert done.returncode == (3 if "3" in end else 1 if end else 0), done.stderr
    assert not (tmp_path / "server.json").exists()


def test_video__frames_tracks_and_propagation(dataset: Dataset, tmp_path: Path) -> None:
    from whorl.testing.clips import make_clip
    from whorl.testing.videos import write_video

    clip = make_clip("turning", seed=4, count=40)
    path = write_video(tmp_path / "a.mp4", [frame[:, :, ::-1] for frame in clip.frames], codec="libx264")
    (item,) = dataset.items.upload(path).items
    video = item.video()
    assert (len(video), video.info.width, video.info.height) == (40, 480, 360)
    assert [(one.number, one.jpeg[:2]) for one in video.frames(5, 38, width=100)] == [
        (at, b"\xff\xd8") for at in range(5, 38)
    ]
    assert video.frame(39)[:2] == b"\xff\xd8"
    with pytest.raises(NotFound, match="frames 0 to 39"):
        video.frame(40)
    followed = video.propagate({"it": clip.boxes[0]}, frame=0, to_frame=8)["it"]
    assert ([one.frame for one in followed.keyframes], followed.stopped_at) == (list(range(1, 9)), None)
    builder = item.annotations.builder()
    builder.add(whorl.Track({0: whorl.Box(1, 2, 30, 40, "car"), 20: None, 30: clip.boxes[30]}, "car"))
    item.annotations.upload(builder)
    (kept,) = item.annotations.list()
    assert [(one.frame, one.is_outside) for one in kept.geometry.keyframes] == [(0, False), (20, True), (30, False)]
    with pytest.raises(InvalidInput, match="one kind"):
        whorl.Track({0: None}, "car")


def test_video__an_image_is_none(dataset: Dataset) -> None:
    item = dataset.items.upload_bytes(png(), "a.png")
    with pytest.raises(InvalidInput, match="not a video"):
        item.video()
