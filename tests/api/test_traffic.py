"""Traffic from Python and the shell, on a server with its engine: asked, said, flagged, grouped, sent to people."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.serving_models import add_model, picture, write_model, write_module

import whorl
from whorl.base.errors import InvalidInput, NotFound, UnknownLabel
from whorl.base.settings import Settings
from whorl.cli.main import run
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.serving import FlagRuleUpdate
from whorl.sdk.client import Client, Project
from whorl.sdk.production import Traffic
from whorl.server.embedded import Embedded, start_embedded

WAIT_S = 90.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    """A running server with its engine."""
    modules = tmp_path_factory.mktemp("modules")
    write_module(modules)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(modules))
        home = tmp_path_factory.mktemp("home")
        started = start_embedded(Settings(home=home, web=str(home / "web"), executor="inline"))
        yield started
        started.stop()


@pytest.fixture(scope="module")
def client(server: Embedded) -> Iterator[Client]:
    """Its owner's client."""
    with whorl.connect(server.url, token=server.token) as connected:
        yield connected


@pytest.fixture(scope="module")
def project(server: Embedded, client: Client) -> Project:
    """A project whose endpoint ``lamps`` tells bright from dark, and flags what it is told is wrong."""
    made = client.projects.create("shop")
    made.set_labels(["bright", "dark"])
    services = server._running.services
    model_id = services.db.write(lambda conn: add_model(conn, made.id, "bright"))
    write_model(services.settings.models_path, model_id, "bright")
    production = made.datasets.create("production")
    made.endpoints.create("lamps", model_id=model_id, dataset_id=production.id)
    made.traffic("lamps").add_rule("report", per_day=5)
    return made


def wait_for_flags(traffic: Traffic, count: int) -> list[str]:
    """The items of the flags, once there are so many."""
    end = time.monotonic() + WAIT_S
    while len(found := list(traffic.flags())) < count:
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return [flag.item_id for flag in found if flag.item_id is not None]


def test_traffic__from_an_answer_to_a_task(project: Project) -> None:
    traffic, door = project.traffic("lamps"), project.endpoints.get("lamps")
    ids = [door.predict(picture(level=level), metadata={"camera": "a"}).prediction_id for level in (10, 20, 200)]
    one, two, three = (str(each) for each in ids)
    # Said at once: the line is written before anything is said of it.
    assert traffic.say(one, "wrong", who="ann").verdict == "wrong"
    with pytest.raises(UnknownLabel, match="unknown label 'brigt'"):
        traffic.say(two, "correction", correction=[AnnotationDraft(label="brigt", geometry=ClassTag())])
    said = traffic.say(
        two,
        "correction",
        correction=[AnnotationDraft(label="brigt", geometry=ClassTag())],
        label_map={"brigt": "bright"},
    )
    assert said.correction is not None
    assert said.correction[0].label == "bright"
    with pytest.raises(NotFound):
        traffic.say("prd_none", "ok")
    assert [line.id for line in traffic.predictions()] == [three, two, one]
    assert [line.id for line in traffic.predictions(verdict="wrong")] == [one]
    items = wait_for_flags(traffic, 2)
    assert len(items) == 2
    assert traffic.prediction(one).item_id in items
    assert [one.today for one in traffic.rules()] == [2]
    catalogue = traffic.catalogue()
    assert [(group.size, group.wrong) for group in catalogue.groups] == [(2, 2)]
    task = traffic.label_flagged("look", group=0)
    assert task.summary().counts.queued == 2
    with pytest.raises(InvalidInput, match="no flagged image"):
        traffic.label_flagged("look")
    assert traffic.prune().is_dry_run


def test_rules__are_changed_and_taken_away(project: Project) -> None:
    traffic = project.traffic("lamps")
    made = traffic.add_rule("confidence", below=0.01)
    assert traffic.change_rule(made.id, FlagRuleUpdate(is_on=False)).is_on is False
    with pytest.raises(InvalidInput, match="neither below nor above"):
        traffic.add_rule("novelty")
    traffic.remove_rule(made.id)
    assert [rule.kind for rule in traffic.rules()] == ["report"]
    with pytest.raises(NotFound, match="no endpoint 'doors'"):
        project.traffic("doors")


def test_cli__a_dataset_for_flags_is_made_and_settings_change(
    server: Embedded, project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--url", server.url, "--token", server.token, "--project", project.name]

    def fails(*arguments: str) -> str:
        assert run(["endpoints", *arguments, *where]) != 0
        return capsys.readouterr().err

    assert run(["endpoints", "create", "fresh", "--dataset", "from traffic", *where]) == 0
    made = project.endpoints.get("fresh")
    assert made.info.dataset_id == project.datasets.get("from traffic").id
    assert run(["endpoints", "create", "second", "--dataset", "from traffic", *where]) == 0
    assert project.endpoints.get("second").info.dataset_id == made.info.dataset_id
    changed = ["change", "fresh", "--set", "log_share=0.5", "--set", "log_per_day=null", "--dataset", "elsewhere"]
    assert run(["endpoints", *changed, *where]) == 0
    now = made.refresh().info
    assert (now.settings.log_share, now.settings.log_per_day, now.settings.keep_images) == (0.5, None, True)
    assert now.dataset_id == project.datasets.get("elsewhere").id
    capsys.readouterr()
    assert "nothing to change" in fails("change", "fresh")
    assert "no setting 'share'" in fails("change", "fresh", "--set", "share=1")
    assert "log_share" in fails("change", "fresh", "--set", "log_share=2")
    assert "--set log_share=0.1" in fails("change", "fresh", "--set", "log_share")
    assert run(["endpoints", "delete", "second", "--yes", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == "second"


def test_cli__shows_traffic_and_refuses_plainly(
    server: Embedded, project: Project, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    where = ["--url", server.url, "--token", server.token, "--project", project.name]

    def ask(*arguments: str) -> str:
        assert run(["endpoints", *arguments, *where]) == 0
        return capsys.readouterr().out

    prediction_id = project.endpoints.get("lamps").predict(picture(level=77)).prediction_id
    assert prediction_id is not None
    shown = json.loads(ask("feedback", "lamps", "--give", prediction_id, "--comment", "no lamp", "--json"))
    assert (shown["verdict"], shown["comment"]) == ("wrong", "no lamp")
    assert prediction_id in ask("log", "lamps", "--verdict", "wrong")
    assert "margin" in ask("rules", "lamps", "--add", "margin", "--below", "0.2")
    assert "no lamp" in ask("feedback", "lamps")
    assert ask("prune", "lamps", "--dry-run") == "0 lines and 0 images would go\n"
    assert run(["endpoints", "catalogue", "lamps", "--days", "2", "--group", "0", "--task", "again", *where]) == 0
    assert re.fullmatch(r"group 0: .+; \d images\n", capsys.readouterr().err)
    for bad in (
        ["rules", "lamps", "--add", "luck"],
        ["rules", "lamps", "--add", "confidence"],
        ["feedback", "lamps", "--give", prediction_id, "--verdict", "maybe"],
        ["catalogue", "lamps", "--group", "0"],
        ["catalogue", "lamps", "--group", "7", "--task", "again"],
        ["log", "none"],
    ):
        assert run(["endpoints", *bad, *where]) != 0
        assert capsys.readouterr().err.startswith("error: ")
