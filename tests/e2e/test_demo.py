"""The demo as a newcomer runs it, small: the command line, the JSON at its end, and what lies in the home."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from whorl.store.db import open_database
from whorl.store.db.tables import annotation, comparison, item_state, project, run, task_item


def _demo(*arguments: str, timeout_s: float = 300) -> dict[str, object]:
    command = [sys.executable, "-m", "whorl.cli", "demo", "--headless", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert isinstance(body, dict)
    return body


@pytest.fixture(scope="module")
def digits_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, object]]]:
    """The home and the report of two small rounds on the digits."""
    home = tmp_path_factory.mktemp("demo")
    return home, _demo("--home", str(home), "--rounds", "2", "--budget", "20", "--seed", "3")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_demo__digits_end_with_one_json_object(digits_home: tuple[Path, dict[str, object]]) -> None:
    body = digits_home[1]
    assert body["scenario"] == "digits"
    assert body["seed"] == 3
    rounds = body["rounds"]
    assert isinstance(rounds, list)
    assert [one["labels"] for one in rounds] == [20, 40]
    assert all(0.5 < one["metric"] <= 1 and 0 < one["random_metric"] <= 1 for one in rounds)
    assert rounds[0]["promoted"] is True
    assert str(body["champion"]).startswith("mdl_")
    saving = body["label_saving"]
    assert isinstance(saving, dict)
    assert saving["low"] <= saving["value"] <= saving["high"]


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_demo__digits_leave_nothing_half_done(digits_home: tuple[Path, dict[str, object]]) -> None:
    with open_database(f"sqlite:///{digits_home[0] / 'whorl.db'}") as database, database.read() as conn:
        decisions = conn.execute(select(func.count()).select_from(comparison)).scalar_one()
        still_open = set(conn.execute(select(run.c.state).distinct()).scalars())
        waiting = conn.execute(
            select(func.count()).select_from(task_item).where(task_item.c.status == "queued")
        ).scalar_one()
        # Nothing that only a model said is in a training or test subset as truth.
        predicted_truth = conn.execute(
            select(func.count())
            .select_from(annotation)
            .where(annotation.c.layer == "truth", annotation.c.author_kind == "model")
        ).scalar_one()
        counted = select(item_state.c.subset, func.count()).group_by(item_state.c.subset)
        subsets = {subset: count for subset, count in conn.execute(counted)}
    assert decisions == 4
    assert still_open <= {"active", "done"}
    assert waiting == 20
    assert predicted_truth == 0
    assert subsets["test"] == 2 * 539


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_demo__scenes_play_detection(tmp_path: Path) -> None:
    body = _demo(
        "--scenario", "scenes", "--home", str(tmp_path), "--rounds", "1", "--budget", "12", "--train-seconds", "4"
    )
    assert body["metric_name"] == "ap50"
    assert body["label_saving"] is None


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_demo__a_second_play_in_the_same_home_gets_a_project_of_its_own(tmp_path: Path) -> None:
    small = ("--home", str(tmp_path), "--rounds", "1", "--budget", "12")
    first, second = _demo(*small), _demo(*small)
    assert second["champion"] != first["champion"]
    with open_database(f"sqlite:///{tmp_path / 'whorl.db'}") as database, database.read() as conn:
        names = list(conn.execute(select(project.c.name).order_by(project.c.id)).scalars())
    assert names == ["demo digits", "demo digits 2"]


def test_demo__a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "photos").mkdir()
    Image.new("RGB", (20, 20)).save(tmp_path / "photos" / "a.png")
    command = [sys.executable, "-m", "whorl.cli", "demo", "--headless", "--from", str(tmp_path / "photos")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode != 0
    assert "error: the dataset has neither boxes nor classes" in done.stderr
    assert "Traceback" not in done.stderr
