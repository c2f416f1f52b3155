"""``whorl doctor --model``: what was understood of a prediction, or a plain error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from whorl.cli.main import run

pytest.importorskip("onnx", reason="needs whorl[train]")

from whorl.testing.onnx_files import write_constant_onnx


@pytest.fixture
def street(tmp_path: Path) -> Path:
    Image.new("RGB", (128, 64), (90, 90, 90)).save(tmp_path / "street.png")
    return tmp_path / "street.png"


def test_doctor_model__shows_and_draws_a_prediction(
    street: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {"names": "{0: 'person', 1: 'car'}", "stride": "32"}
    rows = [[[16, 24, 32, 40, 0.9, 0], [0] * 6]]
    model = write_constant_onnx(tmp_path / "best.onnx", {"output0": rows}, metadata=names)
    seen = tmp_path / "seen.png"
    assert run(["doctor", str(street), "--model", str(model), "--save", str(seen), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["task"], said["decode"], said["labels"]) == ("detection", "rows", ["person", "car"])
    assert [(one["label"], one["geometry"]["x0"]) for one in said["annotations"]] == [("person", 32)]
    with Image.open(seen) as drawn:
        assert drawn.size == (128, 64)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("yolo11n.pt", "weights in a pickle are not loaded"),
        ("street.png.onnx", "no file"),
        ("builtin:linear", "says nothing before it is trained"),
        ("no_such_module:Model", "no_such_module"),
    ],
)
def test_doctor_model__plain_errors(street: Path, name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", str(street), "--model", name]) != 0
    assert said in capsys.readouterr().err
    assert run(["doctor", "--model", name]) != 0
    assert "which image?" in capsys.readouterr().err
