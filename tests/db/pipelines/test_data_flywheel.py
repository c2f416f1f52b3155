"""The data flywheel, one whole turn: serve, log, flag, label, review, collect, train, compare, deploy."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import orjson
import pytest
from PIL import Image, ImageFilter
from sqlalchemy import Connection
from tests.db.pipelines.conftest import ANNA, RUTH, Plant
from tests.db.pipelines.digits import Person, _image, _save, add_digits, say_class, write_labels

from whorl.base.clock import to_datetime
from whorl.datasets.actions import add_items
from whorl.datasets.queries import list_items
from whorl.engine import Dispatcher, InlineExecutor
from whorl.engine.handlers import StaticHandlers
from whorl.models.folder import load_model
from whorl.models.images import read_image
from whorl.models.queries import get_model_folder, list_models
from whorl.models.types import ClassProbabilities
from whorl.pipelines.templates import load_template
from whorl.schemas.datasets import Item
from whorl.schemas.records import Subset
from whorl.schemas.serving import EndpointCreate, EndpointSettings, FlagRuleWrite, RuleKind, ServingRole
from whorl.serving.actions import create_endpoint
from whorl.serving.flag_actions import create_rule
from whorl.serving.flagging import FlagHandler
from whorl.serving.log_queries import list_flags, list_predictions
from whorl.serving.queries import get_endpoint
from whorl.serving.recording import FLAG_NODE, LogRecorder
from whorl.serving.served import Answer, Served
from whorl.store.blobs import sha256_of

DIGITS = [str(digit) for digit in range(10)]
TURN = 20
BUDGET = 60


def shifted(count: int, *, skip: int) -> list[tuple[str, Image.Image]]:
    """Digits as another camera sees them: tilted, farther away, out of focus."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    found = []
    for number in range(skip, skip + count):
        grey = np.clip(digits.images[number] / 16 * 255, 0, 255).astype(np.uint8)
        turned = Image.fromarray(grey).resize((32, 32), Image.Resampling.BICUBIC).rotate(TURN)
        canvas = Image.new("L", (32, 32))
        canvas.paste(turned.resize((23, 23), Image.Resampling.BICUBIC), (4, 4))
        found.append((str(digits.target[number]), canvas.filter(ImageFilter.GaussianBlur(1.1)).convert("RGB")))
    return found


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


class Counter:
    """The endpoint's side: answers with the champion's model, and hands each answer to the log."""

    def __init__(self, plant: Plant, endpoint_id: str) -> None:
        self.plant, self.endpoint_id = plant, endpoint_id
        self.recorder = LogRecorder(plant.db, plant.services.blobs, plant.clock, flush_s=3600)

    def serve(self, traffic: list[tuple[str, Image.Image]]) -> float:
        """Answer for all; gives the share of right answers."""
        with self.plant.db.read() as conn:
            endpoint = get_endpoint(conn, self.endpoint_id)
            assert endpoint.model_id is not None
            folder = self.plant.services.models_path / get_model_folder(conn, endpoint.model_id)
        model, right = load_model(Path(folder)), 0
        for digit, picture in traffic:
            image = png(picture)
            (said,) = model.predict_batch([read_image(image)])
            assert isinstance(said, ClassProbabilities)
            right += said.label == digit
            first, second = np.sort(said.probabilities)[::-1][:2].tolist()
            body = [{"label": said.label, "geometry": {"type": "class"}, "confidence": said.confidence}]
            self.plant.clock.advance(1)
            self.recorder.offer(
                Served(
                    endpoint_id=self.endpoint_id,
                    project_id=self.plant.project_id,
                    settings=endpoint.settings,
                    at=to_datetime(self.plant.clock.now()),
                    image=image,
                    media_type="image/png",
                    sha256=sha256_of(image),
                    width=32,
                    height=32,
                    role=ServingRole.CHAMPION,
                    answer=Answer(endpoint.model_id, orjson.dumps(body), first, first - second),
                    latency_ms=1.0,
                    metadata={"camera": "new"},
                )
            )
        self.recorder.flush()
        services = self.plant.services
        handler = FlagHandler(services.db, services.blobs, services.home, services.clock)
        engine = Dispatcher(
            self.plant.db, StaticHandlers({FLAG_NODE: handler}), executor=InlineExecutor(), clock=self.plant.clock
        )
        assert engine.run_until_idle(timeout_s=60)
        return right / len(traffic)


def teach(plant: Plant, truth: str) -> None:
    """What the first model learns from (clean digits), and a labelled test of both kinds."""
    items = add_digits(plant, truth, 200, subset=Subset.TRAIN)
    tests = [
        _image(plant, f"{digit}-t{number}.png", picture, Subset.TEST)
        for number, (digit, picture) in enumerate(shifted(80, skip=400))
    ]
    items += plant.db.write(lambda conn: add_items(conn, truth, tests, actor_id=ANNA, now=plant.now()))

    def save(conn: Connection) -> None:
        for item in items:
            _save(plant, conn, item)

    plant.db.write(save)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_data_flywheel__what_the_model_gets_wrong_makes_the_next_one_better(sqlite_plant: Plant) -> None:
    plant = sqlite_plant
    write_labels(plant, DIGITS)
    production, truth = plant.dataset("production"), plant.dataset("truth")
    teach(plant, truth)
    definition = load_template(
        "data_flywheel",
        production=production,
        ground_truth=truth,
        endpoint="digits",
        retrain_every=BUDGET,
        training={"features": "hog"},
        validation_share=0,
    )
    pipeline = plant.apply(definition)
    draft = EndpointCreate(
        name="digits",
        pipeline_id=pipeline.id,
        variable="champion",
        dataset_id=production,
        settings=EndpointSettings(),
    )
    endpoint_id = plant.db.write(
        lambda conn: create_endpoint(conn, draft, project_id=plant.project_id, actor_id=ANNA, now=plant.now()).id
    )
    rule = FlagRuleWrite.model_validate({"kind": "margin", "below": 0.9, "per_day": BUDGET})
    plant.db.write(lambda conn: create_rule(conn, endpoint_id, rule, actor_id=ANNA, now=plant.now()))

    # The first champion: trained by the same pipeline, there being none to beat.
    plant.start(pipeline, "challenger.start")
    plant.settle()
    first = plant.variables(pipeline)["champion"]
    assert first is not None

    counter = Counter(plant, endpoint_id)
    traffic = shifted(150, skip=500)
    digits = {sha256_of(png(picture)): digit for digit, picture in traffic}
    before = counter.serve(traffic)
    with plant.db.read() as conn:
        flags = list_flags(conn, endpoint_id, limit=1000).items
        items = list_items(conn, production, limit=1000).items
        assert len(list_predictions(conn, endpoint_id, limit=500).items) == 150
    assert len(flags) == len(items) == BUDGET
    assert {item.metadata["camera"] for item in items} == {"new"}

    def digit_of(item: Item) -> str:
        return digits[item.sha256]

    plant.settle()
    assert len(Person(plant, ANNA).label("label", lambda item: say_class(digit_of(item)))) == BUDGET
    plant.settle()
    assert len(Person(plant, RUTH).check("review", lambda item, said: said == [digit_of(item)])) == BUDGET
    plant.settle()

    # Labels of the last hour and all old ones made a challenger; it won, and the endpoint serves it.
    second = plant.variables(pipeline)["champion"]
    assert second != first
    with plant.db.read() as conn:
        assert get_endpoint(conn, endpoint_id).model_id == second
        models = {model.id: model for model in list_models(conn, project_id=plant.project_id).items}
    assert (models[str(first)].n_items, models[str(second)].n_items) == (200, 200 + BUDGET)
    # What the new champion has seen is learned once, of its own training images, and kept beside the models.
    novelty = FlagRuleWrite.model_validate({"kind": "novelty", "above": 0.5, "per_day": 5})
    plant.db.write(lambda conn: create_rule(conn, endpoint_id, novelty, actor_id=ANNA, now=plant.now()))
    after = counter.serve(shifted(150, skip=700))
    with plant.db.read() as conn:
        lines = list_predictions(conn, endpoint_id, limit=150).items
        assert len(list_flags(conn, endpoint_id, kind=RuleKind.NOVELTY).items) == 5
    assert all(line.novelty is not None and 0 <= line.novelty <= 260 / 261 for line in lines)
    kept = plant.services.models_path / ".novelty"
    assert [path.name for path in kept.iterdir()] == [f"{second}.npz"]
    assert before < 0.75
    assert after > before + 0.1
    assert plant.states(pipeline).get("failed", 0) == 0
