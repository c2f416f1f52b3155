"""The node of the how-to keeps the contract, and strangers' nodes come in by the entry point."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest

from whorl.pipelines.nodes import is_node, load_nodes
from whorl.pipelines.nodes.base import Node
from whorl.plugins import PluginGroup

PAGE = Path(__file__).resolve().parents[2] / "docs/howto/write-a-node.md"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's Python as a module."""
    made = ModuleType("page_of_nodes")
    monkeypatch.setitem(sys.modules, "page_of_nodes", made)
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(compile(block, str(PAGE), "exec"), made.__dict__)
    made.NIGHT = made.NightNode()  # type: ignore[attr-defined]
    return made


def _load(*declared: tuple[str, str]) -> dict[str, Node]:
    entries = [EntryPoint(name, value, "whorl.nodes") for name, value in declared]
    return load_nodes(PluginGroup("whorl.nodes", "node", is_node, {}, lambda _: entries))


def test_page__its_test_passes(module: ModuleType) -> None:
    module.test_night()


def test_load_nodes__takes_what_a_package_offers(module: ModuleType) -> None:
    assert _load(("night", "page_of_nodes:NIGHT")) == {"night": module.NIGHT}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("dusk", "page_of_nodes:NIGHT", "its type is named night"),
        ("night", "page_of_nodes:NightParams", "is not a node"),
        ("night", "page_of_nodes:DAY", "does not exist"),
        ("night", "no_such_module:NIGHT", "cannot be imported"),
    ],
)
def test_load_nodes__leaves_out_what_cannot_be_loaded(
    name: str, value: str, told: str, module: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    assert _load((name, value)) == {}
    assert told in caplog.text
