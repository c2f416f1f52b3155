"""Parameters of the built-ins: bounds, names, presets, and what a model stores."""

from __future__ import annotations

import pytest

from whorl.base.errors import InvalidInput, JsonValue
from whorl.models.builtin.params import (
    BUILTINS,
    LinearParams,
    TinyDetParams,
    list_architectures,
    read_augment,
    read_params,
    resolve_params,
)
from whorl.schemas.training import Augment

TINYDET = "builtin:tinydet"


@pytest.mark.parametrize(
    ("params", "said", "hint"),
    [
        ({"strid": 8}, "builtin:tinydet has no parameter 'strid'; it has budget_s, epochs", "Did you mean stride?"),
        ({"stride": 5}, "stride must be 4 or 8, got 5", "lists every parameter"),
        ({"budget_s": "long"}, "budget_s must be a number, got 'long'", "lists every parameter"),
        ({"epochs": True}, "epochs must be an integer, got True", "lists every parameter"),
        ({"epochs": -1}, "epochs must be greater than or equal to 0, got -1", "lists every parameter"),
        ({"epochs": 1.5}, "epochs must be an integer, got 1.5", "lists every parameter"),
        ({"size": 4096}, "size must be less than or equal to 2048", "lists every parameter"),
        ({"finetune": "maybe"}, "finetune must be 'auto' or a boolean, got 'maybe'", "lists every parameter"),
        ({"budget_s": float("nan")}, "budget_s must be", "lists every parameter"),
    ],
)
def test_resolve_params__refusals(params: dict[str, JsonValue], said: str, hint: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        resolve_params(TINYDET, params)
    assert said in caught.value.message
    assert hint in caught.value.hint


def test_resolve_params__what_is_given_wins_over_the_preset() -> None:
    assert resolve_params(TINYDET, {"budget_s": 5, "preset": "speed"}, sampling="repeat_rare") == {
        "budget_s": 5,
        "finetune": False,
        "preset": "speed",
        "sampling": "repeat_rare",
    }


def test_resolve_params__again_with_what_was_stored_changes_nothing() -> None:
    stored = resolve_params(TINYDET, {}, preset="balance", sampling="as_is", augment=Augment(rotate=10.0))
    assert stored == {"budget_s": 180.0, "preset": "balance", "sampling": "as_is", "augment": {"rotate": 10.0}}
    assert resolve_params(TINYDET, stored) == stored


def test_resolve_params__unknown_preset_sampling_and_augmentation() -> None:
    with pytest.raises(InvalidInput, match="has no preset 'fast'") as preset:
        resolve_params(TINYDET, {}, preset="fast")
    assert preset.value.hint == "There are speed, balance, accuracy."
    with pytest.raises(InvalidInput, match=r"my\.pkg:Net has no preset 'speed'"):
        resolve_params("my.pkg:Net", {}, preset="speed")
    with pytest.raises(InvalidInput, match="no sampling 'most'"):
        resolve_params(TINYDET, {}, sampling="most")
    with pytest.raises(InvalidInput, match="augmentation has no 'rotat'") as name:
        resolve_params(TINYDET, {"augment": {"rotat": 3}})
    assert name.value.hint == "Did you mean rotate?"
    with pytest.raises(InvalidInput, match="rotate must be less than or equal to 180, got 181"):
        resolve_params("my.pkg:Net", {"augment": {"rotate": 181}})
    with pytest.raises(InvalidInput, match="augment must be an object"):
        resolve_params(TINYDET, {"augment": "much"})
    with pytest.raises(InvalidInput, match="builtin:linear changes no images"):
        resolve_params("builtin:linear", {}, augment=Augment())


def test_resolve_params__a_strangers_parameters_pass() -> None:
    assert resolve_params("my.pkg:Net", {"depth": 3}) == {"depth": 3}


def test_read_params__folders_and_reserved_names_pass() -> None:
    given: dict[str, JsonValue] = {"home": "/h", "cache": "/c", "preset": "speed", "sampling": "as_is", "stride": 4.0}
    assert read_params(TinyDetParams, TINYDET, given) == TinyDetParams(stride=4)
    assert read_params(LinearParams, "builtin:linear", {"home": "/h"}) == LinearParams()


def test_net_params__flip_counts_unless_augment_says_otherwise() -> None:
    assert TinyDetParams(flip=False).augmentation == Augment(flip=False)
    assert TinyDetParams(flip=False, augment={"flip": True, "blur": 1}).augmentation == Augment(flip=True, blur=1)
    assert read_augment({}) == Augment()


def test_list_architectures__every_preset_is_valid_and_says_what_it_costs() -> None:
    found = {one.name: one for one in list_architectures()}
    assert list(found) == list(BUILTINS)
    for name, one in found.items():
        assert list(one.presets) == ["speed", "balance", "accuracy"]
        for preset in one.presets.values():
            resolve_params(name, preset.params)
            assert preset.about.endswith(".")
        for field, schema in one.params_schema["properties"].items():  # type: ignore[union-attr]
            assert isinstance(schema, dict)
            assert schema.get("description"), f"{name}.{field}"
            assert "default" in schema
