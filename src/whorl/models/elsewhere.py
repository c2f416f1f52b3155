"""Run a body on another machine: paths below the home are names, and what they name is brought there first.

A body gets paths of items' bytes (``cache/files``), of a model's folder (``models``) and of caches, all below the home
of the machine that asks. On the machine that runs it they are mapped below that machine's own home (``WHORL_HOME``);
bytes and models it lacks come from the blob store, with that machine's credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from whorl.base.settings import Settings
from whorl.models.files import materialise
from whorl.models.packs import bring_folder, find_pack
from whorl.store.blobs import BlobStore, open_blobs

P = ParamSpec("P")
T = TypeVar("T")
MODELS, FILES = "models", ("cache", "files")


@dataclass(frozen=True)
class Luggage:
    """What another machine needs to understand a body's paths.

    Args:
        home: Of the machine that asks.
        blobs_url: Where both machines find bytes.
        packs: Name of each model folder that the arguments speak of, and its pack.
    """

    home: str
    blobs_url: str
    packs: Mapping[str, str]


def pack_luggage(home: Path, blobs_url: str, arguments: Sequence[object]) -> Luggage:
    """Look which models the arguments of a call name."""
    packs: dict[str, str] = {}
    for path in _paths_below(str(home), arguments):
        if path.parts[:1] == (MODELS,) and len(path.parts) > 1 and path.parts[1] not in packs:
            pack = find_pack(home / MODELS / path.parts[1])
            if pack is not None:
                packs[path.parts[1]] = pack
    return Luggage(str(home), blobs_url, packs)


def run_elsewhere(luggage: Luggage, body: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """Bring what the arguments name to this machine, then run the body with this machine's paths.

    Raises:
        NotFound: The blob store lacks something that was named.
        Unavailable: This machine does not reach the blob store.
        As the body.
    """
    here = Settings().home_path
    _bring(luggage, here, _paths_below(luggage.home, [args, kwargs]))
    # Any: arguments come out of `_moved` with the types they went in with.
    moved: list[Any] = [_moved(one, luggage.home, here) for one in args]
    named: dict[str, Any] = {name: _moved(one, luggage.home, here) for name, one in kwargs.items()}
    return body(*moved, **named)


def _bring(luggage: Luggage, here: Path, paths: Sequence[Path]) -> None:
    digests = {path.name for path in paths if path.parts[:2] == FILES and len(path.parts) == 4}
    names = {path.parts[1] for path in paths if path.parts[:1] == (MODELS,) and len(path.parts) > 1}
    if not digests and not names:
        return
    blobs = _blobs(luggage.blobs_url)
    materialise(blobs, sorted(digests), here.joinpath(*FILES))
    for name in sorted(names & luggage.packs.keys()):
        bring_folder(blobs, here / MODELS / name, luggage.packs[name])


def _moved(value: object, home: str, here: Path) -> object:
    """The same value with this machine's paths; only what may hold a path is looked into."""
    if isinstance(value, str | Path):
        path = _below(home, str(value))
        if path is None:
            return value
        return str(here / path) if isinstance(value, str) else here / path
    if type(value) is list:
        return [_moved(one, home, here) for one in value]
    if type(value) is tuple:
        return tuple(_moved(one, home, here) for one in value)
    if type(value) is dict:
        return {key: _moved(one, home, here) for key, one in value.items()}
    return value


def _paths_below(home: str, value: object) -> list[Path]:
    if isinstance(value, str | Path):
        found = _below(home, str(value))
        return [] if found is None else [found]
    if isinstance(value, list | tuple):
        return [path for one in value for path in _paths_below(home, one)]
    if isinstance(value, dict):
        return [path for one in value.values() for path in _paths_below(home, one)]
    return []


def _below(home: str, text: str) -> Path | None:
    if text == home:
        return Path()
    return Path(text[len(home) + 1 :]) if text.startswith(f"{home}/") else None


@lru_cache(maxsize=4)
def _blobs(url: str) -> BlobStore:
    return open_blobs(url)
