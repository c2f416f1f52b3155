"""Runs side by side and searches as people read them."""

from __future__ import annotations

import pytest

from whorl.cli.output import Output
from whorl.cli.run_tables import show_check, show_runs, sparkline
from whorl.models.builtin.params import list_architectures
from whorl.schemas.training import CheckNotice, ModelCheck, ModelCurves, ModelRow, ModelTable, SubsetCheck


def test_sparkline__from_its_least_to_its_greatest() -> None:
    assert sparkline([3.0, 2.0, 1.0]) == "█▅▁"
    assert sparkline([1.0, 1.0]) == "▁▁"
    assert sparkline([5.0]) == ""
    assert len(sparkline([float(i) for i in range(1000)])) == 16


def test_show_check__says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    check = ModelCheck(
        architecture="builtin:tinydet",
        task="detection",
        params={"preset": "speed"},
        revision=3,
        subsets=[
            SubsetCheck(subset=name, n_items=count, n_labelled=count, labels={"car": count}, missing=[])
            for name, count in (("train", 2), ("validation", 0), ("test", 1))
        ],
        n_effective=2,
        size_px=320,
        small_images=0,
        large_images=0,
        estimated_seconds=64.0,
        estimate="The budget.",
        errors=[CheckNotice(code="x", message="Torch is missing.", hint="Install it.")],
        warnings=[CheckNotice(code="y", message="One label.")],
        can_train=False,
    )
    show_check(Output(), check)
    assert capsys.readouterr().out.splitlines() == [
        "builtin:tinydet for detection on revision 3; nothing was written",
        "  parameters: preset=speed",
        "car\t2\t0\t1",
        "items with labels\t2\t0\t1",
        "items\t2\t0\t1",
        "  about 64.0 s on one core: The budget.",
        "  error: Torch is missing. Install it.",
        "  warning: One label.",
        "  it cannot be trained like this",
    ]


def test_show_runs__a_column_a_model(capsys: pytest.CaptureFixture[str]) -> None:
    row = ModelRow(
        model_id="mdl_1",
        name="a",
        architecture="builtin:tinydet",
        task="detection",
        status="trained",
        revision=1,
        params={"flip": True, "budget_s": 60.0},
        metrics={"epoch": 3.0},
        n_items=4,
        seconds=2.5,
        size_bytes=1_500_000,
        latency_ms=None,
        created_at="2026-01-01T00:00:00Z",  # type: ignore[arg-type]  # Pydantic reads it
        trained_at=None,
    )
    curves = ModelCurves(model_id="mdl_1", points=[{"loss": 2.0}, {"loss": 1.0}])
    table = ModelTable(
        rows=[row], param_names=["flip", "budget_s"], metric_names=["epoch"], series=["loss"], curves=[curves]
    )
    show_runs(Output(), table)
    lines = dict(line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert lines == {
        "id": "mdl_1",
        "status": "trained",
        "flip": "true",
        "budget_s": "60",
        "epoch": "3",
        "seconds": "2.5",
        "model size": "1.5 MB",
        "loss over time": "█▁",
    }


def test_show_architectures__parameters_as_they_are_typed(capsys: pytest.CaptureFixture[str]) -> None:
    from whorl.cli.run_tables import show_architectures

    show_architectures(Output(), list_architectures())
    said = capsys.readouterr().out
    assert "--param flip=true" in said
    assert "--param budget_s=60 " in said
    assert "--preset speed" in said
