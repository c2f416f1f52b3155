"""``whorl edge``: its options, its status, and what it says of mistakes."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from whorl.cli.edge import _OPTIONS, DEFAULTS
from whorl.cli.main import run
from whorl.selection.edge import Plan, Sampler, Spool
from whorl.selection.edge.__main__ import _parser
from whorl.selection.edge.options import Options


def test_options__are_the_same_in_both_commands_and_in_the_plan() -> None:
    told = {one.name: one.default for one in fields(Options)}
    assert set(_OPTIONS) == {*told, "verbose"}
    assert {name: DEFAULTS.get(name) for name in told} == told
    alone = _parser().parse_args(["run"])
    assert {name: getattr(alone, name) for name in told} == told


def test_options__become_a_plan_that_hides_its_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHORL_TOKEN", "whl_secret")
    monkeypatch.setenv("WHORL_HOME", str(tmp_path))
    plan = Options(watch=tmp_path, to="http://127.0.0.1:1", budget="20/min", bandwidth="1MB/hour").to_plan()
    assert (plan.spool, plan.token, plan.role) == (tmp_path / "edge" / "device", "whl_secret", "device")
    assert "whl_secret" not in repr(plan)
    assert isinstance(plan, Plan)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--role", "hub"], "--role 'hub'; allowed: device, base"),
        (["--after", "burn"], "--after 'burn'; allowed: keep, delete"),
        (["--budget", "lots"], "not a budget: 'lots'"),
        (["--sampler", "magic", "--watch", "."], "no sampler 'magic'"),
        (["--window", "soon"], "not a time: 'soon'"),
        (["--spool-size", "0MB"], "not a size: '0MB'"),
        (["--bandwidth", "5/min"], "--bandwidth '5/min' counts images"),
        (["--burst", "-1"], "--burst -1"),
        (["--token-file", "nowhere"], "the token's file cannot be read"),
        (["--listen", "1:2"], "a device does not listen"),
        (["--role", "base", "--listen", "here"], "--listen 'here'"),
        (["--role", "base", "--listen", "127.0.0.1:0"], "a base needs a token of 16 characters"),
        ([], "a device without a folder to watch"),
        (["--watch", "nowhere"], "no folder nowhere"),
        (["--watch", ".", "--dataset", "d"], "a dataset without a server"),
        (["--watch", ".", "--to", "ftp://x"], "not an address"),
        (["--watch", ".", "--device", "\t"], "not a device's name"),
    ],
)
def test_run__mistakes_are_told(
    options: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WHORL_EDGE_ACCEPT", raising=False)
    assert run(["edge", "run", "--spool", str(tmp_path / "spool"), *options]) != 0
    assert said in capsys.readouterr().err


def test_status__for_people_and_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spool = Spool(tmp_path / "spool")
    Sampler(spool, device="cam").offer(np.zeros((8, 8, 3), np.uint8))
    assert run(["edge", "status", "--spool", str(tmp_path / "spool")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("candidate  1 images, ")
    assert lines[2:] == ["budget     0 of 500 images in the last day", "counts     1 offered, 1 kept"]
    assert run(["edge", "status", "--spool", str(tmp_path / "spool"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["counts"] == {"offered": 1, "kept": 1}
    spool.close()
    assert run(["edge", "status", "--spool", str(tmp_path / "nowhere")]) == 1
