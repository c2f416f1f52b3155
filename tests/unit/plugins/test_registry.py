"""Plugins by name: found, checked, and never two under one name."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from typing_extensions import TypeIs

from whorl.base.errors import Conflict, InvalidInput, MissingDependency
from whorl.plugins import PluginGroup


def is_class(found: object) -> TypeIs[type]:
    return isinstance(found, type)


def group_of(*declared: tuple[str, str], built_in: dict[str, type] | None = None) -> PluginGroup[type]:
    entries = [EntryPoint(name, value, "whorl.things") for name, value in declared]
    return PluginGroup("whorl.things", "thing", is_class, built_in or {}, lambda _: entries)


def test_get__loads_what_a_package_declares() -> None:
    assert group_of(("path", "pathlib:Path")).get("path").__name__ == "Path"


def test_names__lists_built_in_and_declared_in_order() -> None:
    assert group_of(("b", "pathlib:Path"), built_in={"a": int, "c": str}).names() == ["a", "b", "c"]


def test_get__unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(InvalidInput) as caught:
        group_of(("coco", "pathlib:Path"), ("yolo", "pathlib:Path")).get("cocoo")
    assert (caught.value.message, caught.value.hint) == (
        "no thing is called 'cocoo'",
        "Did you mean 'coco'? Known: coco, yolo.",
    )


def test_get__two_packages_with_one_name_are_an_error() -> None:
    with pytest.raises(Conflict, match="two things are called 'path': one of pathlib, one of os"):
        group_of(("path", "pathlib:Path"), ("path", "os:PathLike")).names()


def test_names__a_package_cannot_take_a_built_in_name() -> None:
    with pytest.raises(Conflict, match="one of Whorl, one of pathlib"):
        group_of(("path", "pathlib:Path"), built_in={"path": int}).get("path")


def test_get__the_same_declaration_twice_is_one_plugin() -> None:
    assert group_of(("path", "pathlib:Path"), ("path", "pathlib:Path")).names() == ["path"]


def test_get__what_is_not_such_a_plugin_is_refused() -> None:
    with pytest.raises(InvalidInput, match="os:getcwd .* is not a thing"):
        group_of(("cwd", "os:getcwd")).get("cwd")


def test_get__a_missing_import_names_the_package() -> None:
    with pytest.raises(MissingDependency, match="cannot be imported: No module named 'not_installed_anywhere'"):
        group_of(("x", "not_installed_anywhere:X")).get("x")


def test_get__a_wrong_object_name_says_so() -> None:
    with pytest.raises(InvalidInput, match="names an object that does not exist: pathlib:Nothing"):
        group_of(("x", "pathlib:Nothing")).get("x")


def test_get__the_embedded_server_is_declared_by_whorl_itself() -> None:
    from whorl.plugins.registry import installed_entry_points

    assert [entry.name for entry in installed_entry_points("whorl.embedded")] == ["server"]
