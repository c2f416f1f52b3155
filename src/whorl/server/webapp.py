"""The built web app: which files it has, and its page with a fresh nonce."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

from whorl.base.settings import Settings

INDEX = "index.html"
NONCE_MARK = "__CSP_NONCE__"
HASHED_FOLDER = "assets"
WHY = ".why"
NOT_BUILT = "it was not built when Whorl was installed"
HOW_TO_BUILD = (
    "Whorl answers programs all the same. In a checkout: pip install -e . (it needs npm's registry once, and brings "
    "Node from a wheel); or npm ci && npm run build in web/."
)
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
# The types that this machine happens to know differ from machine to machine, and nosniff makes a wrong one fatal.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True)
class Asset:
    """One file of the app.

    Attributes:
        path: Its bytes.
        encoded: Files with the same bytes compressed, by the name of the encoding, smallest first.
        is_immutable: Its name changes with its content.
    """

    path: Path
    media_type: str
    encoded: Mapping[str, Path]
    is_immutable: bool
    etag: str

    @property
    def cache_control(self) -> str:
        """How long a browser may keep it."""
        return "public, max-age=31536000, immutable" if self.is_immutable else "no-cache"

    def best(self, accepted: str) -> tuple[str | None, Path]:
        """The encoding and file to send for an ``Accept-Encoding`` header; None means as it is."""
        offered = {part.partition(";")[0].strip().lower() for part in accepted.split(",") if not _is_refused(part)}
        return next(((name, path) for name, path in self.encoded.items() if name in offered), (None, self.path))


@dataclass
class WebApp:
    """The app in one folder. It is read again after a build, so a developer need not start the server anew.

    Attributes:
        folder: Holds ``index.html``, or nothing when the app is not built.
    """

    folder: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _built_at: int | None = None
    _page: str = ""
    _assets: Mapping[str, Asset] = field(default_factory=dict)

    def page(self, nonce: str) -> str | None:
        """The app's page with this nonce, or None when the app is not built."""
        self._refresh()
        return self._page.replace(NONCE_MARK, nonce) or None

    def asset(self, path: str) -> Asset | None:
        """The file that ``path``, relative and with forward slashes, names; the page itself is none."""
        self._refresh()
        return self._assets.get(path)

    def why_not_built(self) -> str | None:
        """What the installation said when it could not build the app; None when the app is here."""
        if (self.folder / INDEX).is_file():
            return None
        try:
            return (self.folder / WHY).read_text(encoding="utf-8").strip() or NOT_BUILT
        except OSError:
            return NOT_BUILT

    def _refresh(self) -> None:
        try:
            built_at = (self.folder / INDEX).stat().st_mtime_ns
        except OSError:
            built_at = None
        with self._lock:
            if built_at == self._built_at:
                return
            self._page = "" if built_at is None else (self.folder / INDEX).read_text(encoding="utf-8")
            self._assets = {} if built_at is None else _read_assets(self.folder)
            self._built_at = built_at


def open_web(settings: Settings) -> WebApp:
    """The app of the settings' folder; of the package when they name none."""
    return WebApp(Path(settings.web) if settings.web else Path(str(files("whorl"))) / "_web")


def new_nonce() -> str:
    """A nonce for one answer."""
    return secrets.token_urlsafe(18)


def _read_assets(folder: Path) -> dict[str, Asset]:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    present = frozenset(names)
    return {name: _asset(folder, name, present) for name in names if _is_served(name, present)}


def _is_served(name: str, present: frozenset[str]) -> bool:
    stem, _, ending = name.rpartition(".")
    is_hidden = any(part.startswith(".") for part in name.split("/"))
    is_compressed = f".{ending}" in _ENCODINGS.values() and stem in present
    return name != INDEX and not is_hidden and not is_compressed


def _asset(folder: Path, name: str, present: frozenset[str]) -> Asset:
    path = folder / name
    encoded = {encoding: folder / (name + end) for encoding, end in _ENCODINGS.items() if name + end in present}
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
    return Asset(
        path=path,
        media_type=_TYPES.get(path.suffix, "application/octet-stream"),
        encoded=encoded,
        is_immutable=name.startswith(f"{HASHED_FOLDER}/"),
        etag=f'"{digest}"',
    )


def _is_refused(part: str) -> bool:
    quality = part.partition(";")[2].replace(" ", "").lower()
    return quality in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
