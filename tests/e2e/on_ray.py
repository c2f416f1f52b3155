"""A two-node Ray cluster: bodies run there, and the whole active_learning loop with them.

``test_ray.py`` runs this file, in a network of its own.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select
from tests.e2e.marking import mark
from tests.e2e.replicas import CREDENTIALS, bucket, replicas

from whorl.base.errors import JsonValue, LeaseLost, Unavailable, WorkerLost
from whorl.engine.executors.ray import RayExecutor, open_ray
from whorl.pipelines.simulation.sources import write_digits
from whorl.pipelines.templates import load_template
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.datasets import Item, ItemAnnotations
from whorl.schemas.pipelines import Pipeline, RunsStarted
from whorl.schemas.tasks import Lease, TaskItem
from whorl.sdk.client import Client
from whorl.sdk.transport import Call, Transport
from whorl.store.db.tables import comparison, dead_letter, inbox, model, run_step, task
from whorl.testing.raylets import Raylets, ray_cluster

pytestmark = pytest.mark.timeout(300)

BUDGET, POOL, TEST, CLASSES = 12, 30, 12, ("0", "1", "7")
_PATIENCE_S = 200.0
N_CALLS, N_NODES = 60, 2


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket that the nodes reach."""
    with bucket() as url:
        yield url


@pytest.fixture(scope="module")
def cluster() -> Iterator[Raylets]:
    """Two nodes of one core; their actors have the bucket's credentials, as every machine of a cluster must."""
    with ray_cluster() as made, pytest.MonkeyPatch.context() as patch:
        for name, value in {**made.environment, **CREDENTIALS}.items():
            patch.setenv(name, value)
        made.add_node(**CREDENTIALS)
        made.add_node(**CREDENTIALS)
        yield made


@pytest.fixture
def executor(cluster: Raylets) -> Iterator[RayExecutor]:
    """Connected to the cluster."""
    opened = open_ray(cluster.address)
    opened.start()
    yield opened
    opened.stop()


def test_submit__gives_values_and_errors(executor: RayExecutor) -> None:
    assert [executor.wait(executor.submit(pow, n, 2), timeout_s=120) for n in range(5)] == [0, 1, 4, 9, 16]
    with pytest.raises(ValueError, match="math domain"):
        executor.wait(executor.submit(math.sqrt, -1.0), timeout_s=120)
    assert executor.wait(executor.submit(os.getenv, "OMP_NUM_THREADS"), timeout_s=120) == "1"


def test_wait__a_body_that_ends_its_process_is_lost_and_the_next_is_well(executor: RayExecutor) -> None:
    with pytest.raises(WorkerLost):
        executor.wait(executor.submit(os._exit, 1), timeout_s=120)
    assert executor.wait(executor.submit(pow, 2, 3), timeout_s=120) == 8


def test_submit__what_no_machine_has_waits_without_holding_up_others(executor: RayExecutor) -> None:
    waiting = executor.with_resources({"gpu": 1.0}).submit(pow, 2, 2)
    assert executor.wait(executor.submit(pow, 2, 3), timeout_s=120) == 8
    assert not waiting.done()


def test_wait__a_killed_node_loses_and_doubles_nothing(cluster: Raylets, executor: RayExecutor, tmp_path: Path) -> None:
    for number in range(N_NODES):
        # Both nodes have an actor before the count begins.
        executor.wait(executor.submit(pow, 2, number), timeout_s=120)
    futures = [executor.submit(mark, str(tmp_path), number, 0.2) for number in range(N_CALLS)]
    executor.wait(futures[N_CALLS // 4], timeout_s=120)
    _replace_node(cluster)
    assert [executor.wait(future, timeout_s=120) for future in futures] == list(range(N_CALLS))
    ran = Counter(int(file.name.split("-")[0]) for file in tmp_path.iterdir())
    assert set(ran) == set(range(N_CALLS)), "a body was lost"
    # What the node had in hand ran once more, and nothing else did: one call, as it has one core.
    assert ran.total() - N_CALLS <= 1, ran


def _replace_node(cluster: Raylets) -> None:
    """Kill a node that runs and let another one join."""
    cluster.kill_node(next(number for number, node in enumerate(cluster.nodes) if node.poll() is None))
    cluster.add_node(**CREDENTIALS)


def test_open__another_token_is_refused(cluster: Raylets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("ab" * 32)
    code = (
        "from whorl.engine.executors import ray, ray_pool\n"
        "ray_pool._FIRST_S = 0\n"  # one attempt, which takes Ray half a minute, will do
        f"ray.open_ray({cluster.address!r}).start()"
    )
    environment = {**os.environ, "RAY_AUTH_TOKEN_PATH": str(tmp_path / "token")}
    asked = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert asked.returncode != 0
    assert "the Ray cluster at ray:" in asked.stderr


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _pictures(root: Path) -> tuple[Path, Path]:
    """Real digits: a test set in folders by class, and a pool whose names tell the class to the test alone."""
    write_digits(root / "all")
    pool, test = root / "pool", root / "test"
    pool.mkdir()
    for name in CLASSES:
        files = sorted((root / "all" / name).iterdir())
        (test / name).mkdir(parents=True)
        for file in files[: TEST // len(CLASSES)]:
            file.rename(test / name / file.name)
        for file in files[50 : 50 + POOL // len(CLASSES)]:
            file.rename(pool / f"{name}-{file.name}")
    return pool, test


def _label(transport: Transport, task_id: str, *, is_review: bool) -> int:
    leases = transport.call(list[Lease], Call("POST", f"/tasks/{task_id}/leases", body={"n": 4}))
    for lease in leases:
        path = f"/tasks/{task_id}/items/{lease.item_id}"
        body: dict[str, JsonValue] = {"lease_token": lease.lease_token}
        if is_review:
            transport.call(TaskItem, Call("POST", f"{path}/approve", body=body))
            continue
        held = transport.get(ItemAnnotations, f"/items/{lease.item_id}/annotations")
        name = transport.get(Item, f"/items/{lease.item_id}").name
        draft = AnnotationDraft(label=name.split("-")[0], geometry=ClassTag())
        body |= {"annotations": [draft.model_dump(mode="json")], "base_revision": held.revision}
        transport.call(TaskItem, Call("POST", f"{path}/submit", body=body))
    return len(leases)


def _number(engine: Engine, table: str) -> int:
    counted = {"comparison": comparison, "inbox": inbox, "dead": dead_letter}[table]
    with engine.connect() as conn:
        return int(conn.execute(select(func.count()).select_from(counted)).scalar_one())


def _play(transport: Transport, engine: Engine, *, rounds: int, cluster: Raylets) -> None:
    """Be the people; a node is killed when the first model predicts, and another one joins."""
    deadline = time.monotonic() + _PATIENCE_S
    is_killed = False
    while _number(engine, "comparison") < rounds or _number(engine, "inbox"):
        assert time.monotonic() < deadline, "the loop does not come to its end"
        with engine.connect() as conn:
            tasks = [(str(row.id), row.kind == "review") for row in conn.execute(select(task.c.id, task.c.kind))]
        try:
            if not sum(_label(transport, one, is_review=is_review) for one, is_review in tasks):
                time.sleep(0.05)
        except (LeaseLost, Unavailable):
            continue
        if _number(engine, "comparison") and not is_killed:
            _replace_node(cluster)
            is_killed = True
    assert is_killed


def test_active_learning__runs_unchanged_on_postgresql_s3_and_two_nodes(
    cluster: Raylets, postgres_url: str, s3: str, tmp_path: Path
) -> None:
    engine = create_engine(postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    pool_folder, test_folder = _pictures(tmp_path)
    with replicas(tmp_path, postgres_url, s3, cluster.environment) as made:
        transport = made.start_server("server")
        made.start_worker("worker", executor=cluster.address)
        project = Client(transport).projects.create("digits")
        project.set_labels(list(CLASSES))
        pool, truth = project.datasets.create("pool"), project.datasets.create("truth")
        truth.import_(test_folder, format="folder_classes")
        truth.split(0, 0, 1)
        settings: dict[str, JsonValue] = {
            "pool": pool.id,
            "ground_truth": truth.id,
            "training": {"features": "hog"},
            "budget": BUDGET,
            "retrain_every": BUDGET,
            "more_rounds": 1,
        }
        pipeline = project.pipelines.apply(load_template("active_learning", **settings).model_dump(mode="json"))
        pool.import_(pool_folder, format="folder")

        def is_parked() -> bool:
            parked = pipeline.status().nodes.get("choose")
            return parked is not None and parked.parked == POOL

        _wait_until(is_parked)
        path = f"/pipelines/{pipeline.id}/runs"
        assert transport.call(RunsStarted, Call("POST", path, body={"node": "choose.start"})).started == 1
        _play(transport, engine, rounds=2, cluster=cluster)
        champion = transport.get(Pipeline, f"/pipelines/{pipeline.id}").variables["champion"]
        said = made.log("worker")
        _check_labels(transport, [item.id for item in truth.items.list()])
    _check(engine, said, champion)
    engine.dispose()
    # The bodies ran on the nodes: what they read was brought to the nodes' homes.
    homes = [cluster.folder / f"home{number}" / "cache" for number in range(len(cluster.nodes))]
    assert any(list(home.glob("files/*/*")) for home in homes)


def _check_labels(transport: Transport, items: list[str]) -> None:
    """The test set and two rounds, each item with the one label that a person gave."""
    assert len(items) == TEST + 2 * BUDGET
    for item_id in items:
        held = transport.get(ItemAnnotations, f"/items/{item_id}/annotations")
        name = transport.get(Item, f"/items/{item_id}").name
        assert [one.label for one in held.annotations] == [name[0]], name


def _check(engine: Engine, said: str, champion: JsonValue) -> None:
    with engine.connect() as conn:
        counted = select(run_step.c.node, func.count()).group_by(run_step.c.node)
        nodes = {str(node): int(count) for node, count in conn.execute(counted)}
        models = {str(row.id): str(row.status) for row in conn.execute(select(model.c.id, model.c.status))}
    assert _number(engine, "dead") == 0, said
    people = ("prelabel", "label", "review", "divide", "gather")
    assert {node: nodes[node] for node in people} == dict.fromkeys(people, 2 * BUDGET)
    stations = ("challenger", "train", "meet", "compare")
    assert {node: nodes[node] for node in stations} == dict.fromkeys(stations, 2)
    assert list(models.values()) == ["trained", "trained"]
    assert champion in models
