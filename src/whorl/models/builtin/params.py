"""Parameters of the built-in architectures: names, bounds, defaults and presets. Imports nothing heavy.

A model stores plain JSON. Four names are reserved in it whatever the architecture: ``sampling`` and ``missed_weight``
are applied to the samples before the adapter sees them, ``augment`` says how the built-in nets change images,
``preset`` says where the other values came from.
"""

from __future__ import annotations

import difflib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from whorl.base.errors import InvalidInput, JsonValue
from whorl.schemas.training import Architecture, ArchitecturePreset, Augment, Preset, Sampling

SAMPLING, AUGMENT, PRESET = "sampling", "augment", "preset"
RESERVED = frozenset({SAMPLING, AUGMENT, PRESET})
MISSED_WEIGHT, MOST_WEIGHT = "missed_weight", 20
"""How many times as often samples are seen on which a model missed something; 2 unless it is given."""
WARM = "warm"
FOLDERS = frozenset({"home", "cache", WARM})
"""Given by the server beside the parameters: folder of fetched weights, folder of cached features, and folder of the
net that an earlier training of the same kind left."""


class BuiltinParams(BaseModel):
    """The base of every architecture's parameters: immutable, exact, unknown names are errors."""

    # strict: "20" is no number and 1 is no truth value; a typo shall not train something else.
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


P = TypeVar("P", bound=BuiltinParams)


class LinearParams(BuiltinParams):
    """Parameters of ``builtin:linear``."""

    features: Literal["auto", "hog", "lite0", "hog+lite0"] = Field(
        default="auto", description="What the head reads; auto tries all that are installed and keeps the likeliest."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Of the folds of the cross-validation.")


class NetParams(BuiltinParams):
    """What the two small networks have in common."""

    budget_s: float = Field(default=60.0, ge=0, le=86_400, description="CPU seconds of one thread to train for.")
    epochs: int = Field(
        default=0, ge=0, le=100_000, description="Passes over the data, for reproducible runs; 0 trains for budget_s."
    )
    size: int = Field(
        default=0, ge=0, le=2048, description="Longest side of the input in pixels; 0 takes 320, or 160 if images are."
    )
    backbone: Literal["auto", "lite0", "none"] = Field(
        default="auto", description="EfficientNet-Lite0 when it is installed, always, or never (from scratch)."
    )
    finetune: Literal["auto"] | bool = Field(
        default="auto", description="Unfreeze the backbone after a while; auto does from a budget of 150 s on."
    )
    flip: bool = Field(default=True, description="Mirror views; off where left and right matter, as in letters.")
    validate_every: int = Field(
        default=5, ge=0, le=1000, description="Score the validation subset every so many epochs at most; 0 never."
    )
    patience: int = Field(
        default=0, ge=0, le=1000, description="Stop after so many scores without a better one; 0 never stops early."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Same seed and epochs, same model.")
    augment: dict[str, JsonValue] | None = Field(default=None, description="See the schema of augmentation.")

    @property
    def augmentation(self) -> Augment:
        """How views are drawn; ``flip`` counts unless ``augment`` says otherwise.

        Raises:
            InvalidInput: ``augment`` has an unknown name or an impossible value.
        """
        return read_augment({"flip": self.flip} | (self.augment or {}))


class TinyDetParams(NetParams):
    """Parameters of ``builtin:tinydet``."""

    stride: Literal[4, 8] = Field(default=8, description="Pixels per cell of the output: 8, or 4 for tiny objects.")


class TinyUNetParams(NetParams):
    """Parameters of ``builtin:tinyunet``."""

    size: int = Field(
        default=0,
        ge=0,
        le=2048,
        description="Longest side of the input in pixels; 0 chooses 128 to 1,024 by the sizes of images and objects.",
    )


class AutoParams(BuiltinParams):
    """Parameters of ``builtin:auto``."""

    budget_s: float = Field(default=300.0, gt=0, le=604_800, description="CPU seconds for the whole search.")
    trials: int = Field(default=8, ge=1, le=200, description="Most trainings to try.")
    epochs: int = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Passes of each trial, for reproducible searches; 0: by time.",
    )
    architectures: list[str] = Field(
        default=[], max_length=10, description="Which built-ins to try; every one that fits when empty."
    )
    holdout: float = Field(
        default=0.2, gt=0, lt=1, description="Share of the train items to score on when there is no validation subset."
    )
    seed: int = Field(default=0, ge=0, le=2**31 - 1, description="Same seed and epochs, same search.")
    augment: dict[str, JsonValue] | None = Field(default=None, description="For every trial.")


@dataclass(frozen=True)
class Builtin:
    """An architecture that comes with Whorl.

    Args:
        adapter: Where its class is, as ``module:Class``.
        packages: What its training imports.
        presets: Parameters that go together, with a sentence on what they cost.
    """

    title: str
    summary: str
    adapter: str
    tasks: tuple[str, ...]
    params: type[BuiltinParams]
    packages: tuple[str, ...]
    presets: Mapping[Preset, tuple[Mapping[str, JsonValue], str]]


PRESETS: Mapping[str, Mapping[Preset, tuple[Mapping[str, JsonValue], str]]] = {
    "builtin:linear": {
        "speed": (
            {"features": "hog"},
            "Edges and colours only: fits in well under a second, and predicts thousands of small images a second. "
            "Clearly weaker on photos.",
        ),
        "balance": (
            {"features": "auto"},
            "Tries every kind of feature that is installed and keeps the likeliest: seconds to train; predicts some "
            "250 images a second when it chooses Lite0.",
        ),
        "accuracy": (
            {"features": "hog+lite0"},
            "Both kinds of features together: the slowest to predict, and the best where the labels are many. Needs "
            "Lite0.",
        ),
    },
    "builtin:tinydet": {
        "speed": (
            {"budget_s": 60.0, "finetune": False},
            "One CPU minute, backbone frozen: enough to pre-label.",
        ),
        "balance": (
            {"budget_s": 180.0},
            "Three CPU minutes; unfreezes the backbone towards the end, worth about five points of mAP50 on photos.",
        ),
        "accuracy": (
            {"budget_s": 600.0},
            "Ten CPU minutes: some four more points of mAP50, and tighter boxes. Predicts as quickly as the others.",
        ),
    },
    "builtin:tinyunet": {
        "speed": ({"budget_s": 60.0, "finetune": False}, "One CPU minute, backbone frozen: enough to pre-label."),
        "balance": ({"budget_s": 180.0}, "Three CPU minutes: a little more of the outlines right."),
        "accuracy": ({"budget_s": 600.0}, "Ten CPU minutes: for thin shapes and touching objects."),
    },
    "builtin:auto": {
        "speed": ({"budget_s": 120.0, "trials": 4}, "Four short trainings, two CPU minutes in all."),
        "balance": (
            {"budget_s": 600.0, "trials": 10},
            "Up to ten trainings, ten CPU minutes in all.",
        ),
        "accuracy": ({"budget_s": 3600.0, "trials": 30}, "Up to thirty trainings, a CPU hour in all."),
    },
}

BUILTINS: Mapping[str, Builtin] = {
    "builtin:linear": Builtin(
        "Linear head",
        "A logistic head on fixed features, chosen by cross-validation. Trains in seconds, needs few labels.",
        "whorl.models.builtin.linear:LinearModel",
        ("classification", "multi_label"),
        LinearParams,
        (),
        PRESETS["builtin:linear"],
    ),
    "builtin:tinydet": Builtin(
        "Tiny detector",
        "A small anchor-free detector, on EfficientNet-Lite0 when it is installed. Useful boxes within a CPU minute.",
        "whorl.models.builtin.tinydet:TinyDet",
        ("detection",),
        TinyDetParams,
        ("torch", "onnx"),
        PRESETS["builtin:tinydet"],
    ),
    "builtin:tinyunet": Builtin(
        "Tiny U-Net",
        "A small network for masks, of objects or of regions, on EfficientNet-Lite0 when it is installed.",
        "whorl.models.builtin.tinyunet:TinyUNet",
        ("instance_masks", "semantic_masks"),
        TinyUNetParams,
        ("torch", "onnx"),
        PRESETS["builtin:tinyunet"],
    ),
    "builtin:auto": Builtin(
        "Automatic search",
        "Tries presets and a few parameters of the architectures that fit, within a budget, and keeps the best.",
        "whorl.models.builtin.auto:AutoModel",
        ("classification", "multi_label", "detection", "instance_masks", "semantic_masks"),
        AutoParams,
        ("optuna",),
        PRESETS["builtin:auto"],
    ),
}


def list_architectures() -> list[Architecture]:
    """Every built-in, with what is missing here to train it."""
    return [_describe(name, builtin) for name, builtin in BUILTINS.items()]


def resolve_params(
    architecture: str,
    params: Mapping[str, JsonValue],
    *,
    preset: str | None = None,
    sampling: str | None = None,
    augment: Augment | None = None,
) -> dict[str, JsonValue]:
    """The parameters that a model stores: the preset's, then those given, then the reserved names.

    Raises:
        InvalidInput: A built-in does not have such a parameter, preset or augmentation, or a value is out of bounds.
    """
    builtin = BUILTINS.get(architecture)
    preset = preset if preset is not None else _text(params, PRESET)
    sampling = sampling if sampling is not None else _text(params, SAMPLING)
    own = {name: value for name, value in params.items() if name not in RESERVED}
    stored: dict[str, JsonValue] = dict(preset_params(architecture, preset)) | own
    if preset is not None:
        stored[PRESET] = preset
    if sampling is not None:
        stored[SAMPLING] = check_sampling(sampling)
    check_missed_weight(stored.get(MISSED_WEIGHT))
    given = params.get(AUGMENT) if augment is None else augment.model_dump(exclude_defaults=True)
    if given is not None:
        checked = _checked_augment(architecture, given)
        if checked:
            stored[AUGMENT] = checked
    if builtin is not None:
        read_params(builtin.params, architecture, stored)
    return stored


def preset_params(architecture: str, preset: str | None) -> Mapping[str, JsonValue]:
    """The parameters of a preset; none for None.

    Raises:
        InvalidInput: The architecture has no such preset.
    """
    if preset is None:
        return {}
    presets = {str(name): value for name, (value, _) in PRESETS.get(architecture, {}).items()}
    if preset not in presets:
        raise InvalidInput(
            f"{architecture} has no preset {preset!r}",
            hint=f"There are {', '.join(presets)}." if presets else "Only the built-in architectures have presets.",
        )
    return presets[preset]


def read_params(kind: type[P], architecture: str, params: Mapping[str, JsonValue]) -> P:
    """Check an architecture's own parameters; the reserved names and the server's folders pass.

    Raises:
        InvalidInput: A name is unknown (the nearest is named), or a value is out of bounds.
    """
    left_out = FOLDERS | ((RESERVED | {MISSED_WEIGHT}) - set(kind.model_fields))
    own = {name: value for name, value in params.items() if name not in left_out}
    unknown = sorted(set(own) - set(kind.model_fields))
    if unknown:
        raise InvalidInput(
            f"{architecture} has no parameter {unknown[0]!r}; it has {', '.join(kind.model_fields)}",
            hint=_nearest(unknown[0], list(kind.model_fields)),
        )
    try:
        return kind.model_validate(_loosened(kind, own))
    except ValidationError as error:
        raise _refusal(error, architecture, own) from None


def read_augment(values: Mapping[str, JsonValue]) -> Augment:
    """Check how images may be changed.

    Raises:
        InvalidInput: A name is unknown (the nearest is named), or a value is out of bounds.
    """
    unknown = sorted(set(values) - set(Augment.model_fields))
    if unknown:
        raise InvalidInput(
            f"augmentation has no {unknown[0]!r}; it has {', '.join(Augment.model_fields)}",
            hint=_nearest(unknown[0], list(Augment.model_fields)),
        )
    try:
        return Augment.model_validate(dict(values))
    except ValidationError as error:
        raise _refusal(error, "augmentation", values) from None


def warm_folder(params: Mapping[str, JsonValue]) -> Path | None:
    """The folder of an earlier training's net, where the server gave one."""
    given = params.get(WARM)
    return Path(given) if isinstance(given, str) else None


def check_missed_weight(value: JsonValue) -> None:
    """Check how often samples are seen on which a model missed something; None is the default.

    Raises:
        InvalidInput: It is no number from 1 to 20.
    """
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is not None and not (is_number and isinstance(value, int | float) and 1 <= value <= MOST_WEIGHT):
        raise InvalidInput(f"{MISSED_WEIGHT}: {value!r}; allowed: 1 to {MOST_WEIGHT}", hint="1 sees all alike.")


def check_sampling(name: str) -> str:
    """Give the name of a sampling back.

    Raises:
        InvalidInput: There is none of that name.
    """
    known = get_args(Sampling)
    if name not in known:
        raise InvalidInput(f"no sampling {name!r}", hint=f"There are {', '.join(known)}.")
    return name


def _checked_augment(architecture: str, given: JsonValue) -> dict[str, JsonValue]:
    if not isinstance(given, dict):
        raise InvalidInput(f"augment must be an object, got {given!r}")
    builtin = BUILTINS.get(architecture)
    if builtin is not None and AUGMENT not in builtin.params.model_fields:
        raise InvalidInput(
            f"{architecture} changes no images: it reads each once", hint="Leave augment out, or use a network."
        )
    read_augment(given)
    return given


def _loosened(kind: type[BuiltinParams], values: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    # JSON knows one kind of number: 8.0 is the integer 8.
    return {
        name: int(value)
        if isinstance(value, float) and value.is_integer() and kind.model_fields[name].annotation is not float
        else value
        for name, value in values.items()
    }


def _refusal(error: ValidationError, owner: str, given: Mapping[str, JsonValue]) -> InvalidInput:
    found = error.errors(include_url=False)
    name = str(found[0]["loc"][0]) if found[0]["loc"] else ""
    # A union says one thing for each of its kinds.
    same = [str(one["msg"]) for one in found if one["loc"][:1] == found[0]["loc"][:1]]
    reasons = [text.removeprefix("Input should be ").replace("a valid integer", "an integer") for text in same]
    allowed = " or ".join(dict.fromkeys(reason.replace("a valid ", "a ") for reason in reasons))
    return InvalidInput(
        f"{owner}: {name} must be {allowed}, got {given.get(name)!r}",
        hint="`whorl models architectures` lists every parameter with its bounds.",
    )


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"Did you mean {near[0]}?" if near else ""


def _text(params: Mapping[str, JsonValue], name: str) -> str | None:
    value = params.get(name)
    if value is None or isinstance(value, str):
        return value
    raise InvalidInput(f"{name} must be a text, got {value!r}")


def _describe(name: str, builtin: Builtin) -> Architecture:
    missing = [package for package in builtin.packages if importlib.util.find_spec(package) is None]
    is_there = importlib.util.find_spec(builtin.adapter.partition(":")[0]) is not None
    # The three names have their own fields in the request.
    schema = builtin.params.model_json_schema()
    schema["properties"] = {key: value for key, value in schema["properties"].items() if key not in RESERVED}
    return Architecture(
        name=name,
        title=builtin.title,
        summary=builtin.summary,
        tasks=list(builtin.tasks),
        params_schema=schema,
        presets={
            str(key): ArchitecturePreset(params=dict(values), about=about)
            for key, (values, about) in builtin.presets.items()
        },
        takes_augment=AUGMENT in builtin.params.model_fields,
        needs=missing,
        is_available=is_there and not missing,
        install_hint="pip install 'whorl[train]'" if missing else "",
    )
