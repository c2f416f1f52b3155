"""The playground: from a description in the browser to the images on which the model is wrong."""

from __future__ import annotations

import io
import re
import secrets
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from tests.e2e.web.app import App
from tests.e2e.web.serving import Server

from whorl.schemas.ontology import Label, OntologyDraft
from whorl.schemas.records import Subset
from whorl.sdk.client import Project
from whorl.sdk.drawing import Classification

SIDE = 32
PATIENCE_MS = 200_000
"""Trainings and evaluations are processes of their own, on a machine that does other things too."""


def stripes(label: str, seed: int) -> bytes:
    """Noisy stripes that go up or across."""
    rng = np.random.default_rng(seed)
    along = np.where(np.arange(SIDE) // 4 % 2 == 0, 60, 200)[None, :].repeat(SIDE, axis=0)
    pixels = (along if label == "up" else along.T) + rng.integers(-20, 20, (SIDE, SIDE))
    out = io.BytesIO()
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def striped(server: Server, request: pytest.FixtureRequest) -> Project:
    """Two easy classes, and one test image whose truth is wrong: the model will confuse exactly that one."""
    project = server.client.projects.create(f"{request.node.name[:60]} {secrets.token_hex(4)}")
    project.set_ontology(OntologyDraft(labels=[Label(name="up"), Label(name="across")]))
    dataset = project.datasets.create("stripes")
    wanted = [(label, label, subset) for label in ("up", "across") for subset in [Subset.TRAIN] * 6 + [Subset.TEST] * 2]
    for number, (shown, said, subset) in enumerate([*wanted, ("up", "across", Subset.TEST)]):
        item = dataset.items.upload_bytes(stripes(shown, number), f"{number:02d}.png")
        item.annotations.upload(item.annotations.builder().add(Classification(label=said)))
        item.update(subset=subset)
    return project


def test_playground__train_evaluate_and_see_what_was_confused(app: App, striped: Project) -> None:
    page = app.go(f"/p/{striped.id}/models/new")
    page.get_by_role("textbox", name="Name").fill("first try")
    page.get_by_role("radio", name=re.compile("^Speed: ")).click()
    found = page.get_by_role("group", name="Labels of the train subset")
    found.get_by_text("across").wait_for()
    assert found.inner_text().split() == ["up", "6", "across", "6"]
    page.get_by_role("button", name="Train", exact=True).click()

    page.get_by_role("heading", name="first try").wait_for()
    page.get_by_role("link", name="Clone with changes").wait_for(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Evaluate").click(timeout=PATIENCE_MS)
    page.get_by_text("Accuracy with hog").wait_for()
    page.get_by_role("dialog").get_by_role("button", name="Evaluate").click()
    page.get_by_role("link", name="5 of stripes").click(timeout=PATIENCE_MS)

    page.get_by_role("heading", name="What is taken for what").wait_for()
    app.settle()
    assert app.serious_barriers() == []
    page.get_by_role("button", name=re.compile("^across taken for up: 1, ")).click()
    page.get_by_text("1 item", exact=True).wait_for()
    assert re.fullmatch(
        r"eval:evl_\w+ type:confused truth:across predicted:up", parse_qs(urlsplit(page.url).query)["q"][0]
    )
    page.get_by_role("button", name="across correct: 2").click()
    page.get_by_text("2 items", exact=True).wait_for()
