"""``whorl pipeline template``: needs no server."""

from __future__ import annotations

import pytest

from whorl.cli.main import run
from whorl.pipelines.forms import parse_yaml
from whorl.pipelines.templates import load_template


def test_template__prints_yaml_that_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pipeline", "template", "--set", "budget=40"]) == 0
    assert parse_yaml(capsys.readouterr().out) == load_template("active_learning", budget=40)


def test_template__unknown_names_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["pipeline", "template", "nope"]) == 1
    assert "no such template: nope" in capsys.readouterr().err
    assert run(["pipeline", "template", "--set", "nope=1"]) == 1
    assert "has no variable 'nope'" in capsys.readouterr().err
