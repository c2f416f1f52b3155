"""The sampler of a device or a base: offered every image, it keeps and chooses those worth sending."""

from __future__ import annotations

import hashlib
import math
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from whorl.base.errors import InvalidInput, StorageFull
from whorl.base.log import get_logger
from whorl.selection.edge.budgets import Budget, Limit, default_window_s
from whorl.selection.edge.candidates import Candidate, Choice, Vector, make_id, priority_of
from whorl.selection.edge.clock import DeviceClock, SystemTime, TimeSource
from whorl.selection.edge.facts import check_device, check_metadata, to_time
from whorl.selection.edge.images import (
    Array,
    Decoder,
    check_array,
    check_vector,
    decode,
    describe,
    encode_png,
    find_suffix,
)
from whorl.selection.edge.mixture import NOVELTY, Mixture, Recipe, parse_recipe
from whorl.selection.edge.rows import Row
from whorl.selection.edge.samplers import BurstLimit
from whorl.selection.edge.scores import Scores, read_uncertainty
from whorl.selection.edge.spool import CANDIDATE, CHOSEN, Spool

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue

MAX_ANCHORS = 256
MAX_WINDOW_IMAGES = 2000
# Where only bytes are limited: how many images may share them.
SMALL_IMAGE = 20_000
_KEY_BLOCK = 1024
_log = get_logger("edge")
Outcome = Literal["kept", "passed", "known", "no_room"]


@dataclass(frozen=True)
class Rules:
    """How a sampler chooses.

    Args:
        budget: What may be chosen in any period.
        window_s: How long to look before choosing; from the budget when left out.
        burst_s: Frames that are nearly the same within so many seconds are one; 0 to see each on its own.
        max_image_bytes: Larger images are refused.
        seed: Another seed, another sample.
    """

    budget: tuple[Limit, ...] = (Limit(500, "count", 86_400.0),)
    recipe: Recipe = field(default_factory=lambda: parse_recipe("novelty+uniform"))
    window_s: float | None = None
    burst_s: float = 2.0
    max_image_bytes: int = 32 * 10**6
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Offered:
    """What became of an offer.

    Args:
        outcome: ``kept`` for now (the window's end decides), ``passed`` over, ``known`` from before, or ``no_room``:
            the disk took it not, and nothing was lost but this image.
    """

    id: str
    outcome: Outcome


class Sampler:
    """Chooses from a stream under a budget, into a spool. Safe to use from several threads.

    Args:
        device: Its name; the host's when left out.
        source: The machine's clocks.
        decoder: Gives the array of an image's bytes; needed for novelty unless arrays or descriptors are offered.
        remembers: Keep the id of every image offered, so that none counts twice: what a base does.

    Raises:
        InvalidInput: The device's name cannot be shown.
    """

    def __init__(
        self,
        spool: Spool,
        rules: Rules | None = None,
        *,
        device: str | None = None,
        source: TimeSource | None = None,
        decoder: Decoder | None = None,
        remembers: bool = False,
    ) -> None:
        self.spool = spool
        self.rules = rules or Rules()
        self.device = check_device(socket.gethostname() if device is None else device)
        self._decoder = decoder
        self._remembers = remembers
        self._lock = threading.RLock()
        self.clock = DeviceClock(source or SystemTime(), spool.get("clock"))
        now = self.clock.now()
        self.budget = Budget(self.rules.budget, now=now, saved=spool.get("budget"))
        if spool.was_rebuilt:
            # How much was used is lost with the records: as if it were all.
            self.budget.use_up(now)
        self.window_s = self.rules.window_s or default_window_s(self.rules.budget)
        self._bursts = BurstLimit(within_s=self.rules.burst_s)
        self._counts = _counts(spool.get("counts"))
        self._key, self._keys_until = _integer(spool.get("next_key")), 0
        self._next_try = 0.0
        self._is_full_told = False
        self._saved_thresholds: JsonValue = None
        self._mixture, self._window, self._opened_at = self._resume(now)

    # Offering.

    def offer(
        self,
        image: bytes | bytearray | memoryview | Array,
        metadata: Mapping[str, JsonValue] | None = None,
        scores: Scores | None = None,
        *,
        key: str | None = None,
        descriptor: Array | None = None,
        source: str = "",
        label: str = "",
        captured_at: float | None = None,
    ) -> Offered:
        """Offer one image; what is kept is on disk when this returns.

        A disk that is full or not writable is no error here: the outcome says so, and the next offer tries again.

        Args:
            image: Bytes of a file, or uint8 of (height, width[, 3]), which is stored as PNG when kept.
            metadata: JSON that goes along to the server.
            scores: Of the device's model: the uncertainty in [0, 1], or ``{"probabilities": [...]}`` or
                ``{"box_confidences": [...]}``.
            key: Names the image: offered again under the same key it is known. A running number when left out.
            descriptor: (d,) numbers that are near for images that are alike; computed when left out.
            source: Camera or place; bursts are looked for in each.
            label: What the device's model saw, for strata by label.
            captured_at: Seconds since 1970 UTC; now when left out.

        Raises:
            InvalidInput: Not an image, or metadata or scores that are not as above.
            UnreadableMedia: The decoder cannot read it.
        """
        facts: dict[str, JsonValue] = {
            "captured_at": to_time(self.clock.wall() if captured_at is None else captured_at),
            "source": _text(source, "source"),
            "label": _text(label, "label"),
            "metadata": dict(check_metadata(metadata)),
        }
        if isinstance(image, bytearray | memoryview):
            image = bytes(image)
        uncertainty = read_uncertainty(scores)
        suffix = self._check_image(image)
        vector = self._describe(image, descriptor)
        with self._lock:
            now = self.clock.now()
            self.tick()
            item_id = make_id(self.rules.seed, self.device, f"#{self._next_key()}" if key is None else f"={key}")
            row = Row(
                id=item_id,
                state=CANDIDATE,
                window=self._window,
                priority=priority_of(item_id),
                n_bytes=0,
                sha256="",
                suffix=suffix,
                device=self.device,
                at=now,
                facts=facts,
                stratum=self._stratum(source, label, now),
                uncertainty=uncertainty,
                descriptor=None if vector is None else vector.tobytes(),
                is_burst=self._bursts.is_burst(source, vector, now),
            )
            return self._take(row, image, may_be_known=key is not None)

    def offer_received(self, row: Row, content: bytes) -> Offered:
        """Offer an image that another sampler chose, with what that one says of it. Raises nothing of its own."""
        with self._lock:
            self.tick()
            source, label = str(row.facts.get("source", "")), str(row.facts.get("label", ""))
            here = replace(row, window=self._window, at=self.clock.now())
            return self._take(replace(here, stratum=self._stratum(source or row.device, label, here.at)), content)

    def knows(self, key: str) -> bool:
        """Whether an image with a key was offered before and is remembered."""
        return self.spool.knows(make_id(self.rules.seed, self.device, f"={key}")) is not None

    # Choosing.

    def tick(self) -> int:
        """End the window when it is time and the budget allows; gives how many images were chosen."""
        with self._lock:
            now = self.clock.now()
            if now - self._opened_at < self.window_s or now < self._next_try:
                return 0
            return self._close(now)

    def close_window(self) -> int:
        """End the window now, as far as the budget allows; gives how many images were chosen."""
        with self._lock:
            return self._close(self.clock.now())

    def save(self) -> None:
        """Put the clock and the counts on disk: what is done before a stop."""
        with self._lock:
            self.spool.put(self._meta())

    def counts(self) -> dict[str, int]:
        """How many images were offered, kept, chosen and so on, since the spool was made."""
        with self._lock:
            return dict(self._counts)

    def count(self, name: str, by: int = 1) -> None:
        """Count something for the status."""
        with self._lock:
            self._counts[name] = self._counts.get(name, 0) + by

    # Inside.

    def _check_image(self, image: bytes | Array) -> str:
        if isinstance(image, np.ndarray):
            check_array(image)
            return ".png"
        if not isinstance(image, bytes):
            raise InvalidInput(f"an image of type {type(image).__name__}", hint="Give bytes or a numpy array.")
        if len(image) > self.rules.max_image_bytes:
            raise InvalidInput(f"an image of {len(image):,} bytes; allowed: {self.rules.max_image_bytes:,}")
        suffix = find_suffix(image)
        if suffix is None:
            raise InvalidInput(
                f"not an image: {len(image):,} bytes that begin with {image[:8].hex(' ') or 'nothing'}",
                hint="Give a JPEG, PNG, WebP, BMP, GIF or TIFF, or an array.",
            )
        return suffix

    def _describe(self, image: bytes | Array, descriptor: Array | None) -> Vector | None:
        if descriptor is not None:
            return check_vector(descriptor)
        if not isinstance(image, bytes):
            return describe(image)
        if self._decoder is not None:
            return describe(decode(image, self._decoder))
        if NOVELTY in self.rules.recipe.parts:
            raise InvalidInput(
                "novelty needs to see the image, and nothing here decodes image files",
                hint="Offer arrays, or descriptors, or give Sampler a decoder; or choose without novelty.",
            )
        return None

    def _take(self, row: Row, image: bytes | Array, *, may_be_known: bool = True) -> Offered:
        self._counts["offered"] = self._counts.get("offered", 0) + 1
        if may_be_known and self.spool.knows(row.id) is not None:
            return self._counted(row.id, "known")
        candidate = _to_candidate(row)
        verdict = self._mixture.offer(candidate)
        if not verdict.is_kept:
            return self._pass_over(row, verdict.displaced)
        content = image if isinstance(image, bytes) else encode_png(image)
        row = replace(
            row,
            n_bytes=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            score=max(row.score, self._mixture.score_of(row.id)),
        )
        saved = self._saved_thresholds
        try:
            displaced = self._make_room(row, verdict.displaced)
            if displaced is not None:
                offered = self._counted(row.id, "kept")
                self.spool.add(row, content, displaced=displaced, meta=self._meta(), remember=self._remembers)
                return offered
        except StorageFull as error:
            _log.warning("%s", error.message)
            self.count("kept", -1)
        self._reload(saved)
        return self._counted(row.id, "no_room")

    def _pass_over(self, row: Row, displaced: tuple[str, ...]) -> Offered:
        """Turn an image away. The uniform share's threshold may have fallen, which must survive a crash."""
        saved = self._saved_thresholds
        try:
            if self._remembers or displaced or self._mixture.to_json() != saved:
                gone = [row.id, *displaced] if self._remembers else list(displaced)
                self.spool.drop(gone, at=row.at, remember=self._remembers, meta=self._meta())
        except StorageFull as error:
            _log.warning("%s", error.message)
            self._reload(saved)
            return self._counted(row.id, "no_room")
        return self._counted(row.id, "passed")

    def _make_room(self, row: Row, displaced: tuple[str, ...]) -> list[str] | None:
        """Make room for a row; gives all that it displaces, or None when there is no room for it."""
        uniform = self._mixture.uniform_ids()
        gone = self.spool.make_room(
            row.n_bytes, value=row.score, is_uniform=row.id in uniform, uniform_ids=uniform - {row.id}, at=row.at
        )
        if gone is None:
            if not self._is_full_told:
                room = self.spool.room
                _log.warning("no room: the spool may hold %d MB, or its disk is full", room.max_bytes // 10**6)
            self._is_full_told = True
            return None
        self._is_full_told = False
        if gone:
            self.count("evicted", len(gone))
            return [*displaced, *self._mixture.forget([one.id for one in gone])]
        return list(displaced)

    def _close(self, now: float) -> int:
        self._next_try = now + max(1.0, self.window_s / 50)
        allowed = self.budget.allowance(now)
        rows = self.spool.rows(CANDIDATE)
        if not rows:
            # Nothing came: the next window begins now, and what it may choose has grown meanwhile.
            self._mixture, self._opened_at = self._new_mixture(now), now
            return 0
        if allowed.count < 1 or allowed.n_bytes < min(row.n_bytes for row in rows):
            return 0
        sizes = {row.id: row.n_bytes for row in rows}
        saved = self._saved_thresholds
        choices = self._mixture.close(int(min(allowed.count, MAX_WINDOW_IMAGES)), allowed.n_bytes, sizes)
        if not choices:
            self._reload(saved)
            return 0
        try:
            self._commit(rows, {one.id: one for one in choices}, now)
        except StorageFull as error:
            _log.warning("%s", error.message)
            self._reload(saved)
            return 0
        return len(choices)

    def _commit(self, rows: list[Row], choices: Mapping[str, Choice], now: float) -> None:
        chosen = [_to_chosen(row, choices[row.id], self._window, now) for row in rows if row.id in choices]
        before = self.budget.to_json()
        self.budget.charge(now, count=len(chosen), n_bytes=sum(row.n_bytes for row in chosen))
        self._counts["chosen"] = self._counts.get("chosen", 0) + len(chosen)
        window, opened_at = self._window, self._opened_at
        self._window, self._opened_at = window + 1, now
        anchors = [row.descriptor for row in chosen if row.descriptor is not None]
        try:
            self.spool.choose(
                chosen,
                [row.id for row in rows if row.id not in choices],
                meta=self._meta(thresholds=None),
                anchors=anchors,
                max_anchors=MAX_ANCHORS,
                remember=self._remembers,
            )
        except StorageFull:
            self._window, self._opened_at = window, opened_at
            self._counts["chosen"] -= len(chosen)
            self.budget = Budget(self.rules.budget, now=now, saved=before)
            raise
        self._mixture = self._new_mixture(now)

    def _resume(self, now: float) -> tuple[Mixture, int, float]:
        saved = self.spool.get("window")
        state = saved if isinstance(saved, dict) else {}
        opened_at = state.get("opened_at")
        is_known = isinstance(opened_at, int | float) and opened_at <= now
        self._opened_at = float(opened_at) if is_known and isinstance(opened_at, int | float) else now
        self._window = _integer(state.get("number")) or 1
        rows = self.spool.rows(CANDIDATE)
        if rows and state.get("stratify") != self.rules.recipe.stratify:
            # Strata were changed meanwhile: what this window turned away cannot be told by the new ones.
            self.spool.drop([row.id for row in rows], at=now, remember=self._remembers)
            rows, state, self._opened_at = [], {}, now
        mixture = self._new_mixture(now, saved=state.get("thresholds"))
        kept: set[str] = set()
        for row in rows:
            verdict = mixture.offer(_to_candidate(row))
            kept = (kept | {row.id} if verdict.is_kept else kept) - set(verdict.displaced)
        dropped = [row.id for row in rows if row.id not in kept]
        if dropped:
            self.spool.drop(dropped, at=now, remember=self._remembers)
        return mixture, self._window, self._opened_at

    def _reload(self, saved: JsonValue) -> None:
        """Begin again from what is on disk, because the samplers hold what could not be stored."""
        window, opened_at = self._window, self._opened_at
        mixture = self._new_mixture(self.clock.now(), saved=saved)
        for row in self.spool.rows(CANDIDATE):
            mixture.offer(_to_candidate(row))
        self._mixture, self._window, self._opened_at = mixture, window, opened_at

    def _new_mixture(self, now: float, *, saved: JsonValue = None) -> Mixture:
        """The samplers of a window: as many images as the budget can allow by its end."""
        at_end = self.budget.promise(max(now, self._opened_at + self.window_s if saved else now + self.window_s))
        capacity = int(min(MAX_WINDOW_IMAGES, max(1, at_end.count), max(1, at_end.n_bytes / SMALL_IMAGE)))
        self._saved_thresholds = saved
        anchors = [np.frombuffer(one, np.float32) for one in self.spool.anchors()]
        return Mixture(self.rules.recipe, capacity, anchors=anchors, saved=saved)

    def _meta(self, **changes: JsonValue) -> dict[str, JsonValue]:
        thresholds = changes.get("thresholds", self._mixture.to_json()) if changes else self._mixture.to_json()
        self._saved_thresholds = thresholds
        window: dict[str, JsonValue] = {
            "number": self._window,
            "opened_at": self._opened_at,
            "recipe": str(self.rules.recipe),
            "stratify": self.rules.recipe.stratify,
            "thresholds": thresholds,
        }
        counts: dict[str, JsonValue] = dict(self._counts)
        return {"clock": self.clock.to_json(), "budget": self.budget.to_json(), "window": window, "counts": counts}

    def _counted(self, item_id: str, outcome: Outcome) -> Offered:
        self._counts[outcome] = self._counts.get(outcome, 0) + 1
        return Offered(item_id, outcome)

    def _next_key(self) -> int:
        # Numbers are reserved in blocks, so that none is given twice after a crash.
        if self._key >= self._keys_until:
            self.spool.put({"next_key": self._key + _KEY_BLOCK})
            self._keys_until = self._key + _KEY_BLOCK
        self._key += 1
        return self._key - 1

    def _stratum(self, source: str, label: str, now: float) -> str:
        by = self.rules.recipe.stratify
        if by is None:
            return ""
        return {"source": source, "label": label, "hour": f"{int(now // 3600) % 24}"}[by]


def _to_candidate(row: Row) -> Candidate:
    return Candidate(
        id=row.id,
        priority=row.priority,
        stratum=row.stratum,
        uncertainty=row.uncertainty,
        descriptor=None if row.descriptor is None else np.frombuffer(row.descriptor, np.float32),
        probability=1.0 if row.probability is None else row.probability,
        is_uniform=row.is_uniform,
        is_burst=row.is_burst,
    )


def _to_chosen(row: Row, choice: Choice, window: int, now: float) -> Row:
    return replace(
        row,
        state=CHOSEN,
        window=window,
        reason=choice.reason,
        score=max(choice.score, row.score) if choice.is_uniform else choice.score,
        is_uniform=choice.is_uniform,
        probability=choice.probability,
        chosen_at=now,
    )


def _text(value: str, what: str) -> str:
    if not isinstance(value, str) or len(value) > 200 or (value and not value.isprintable()):
        raise InvalidInput(f"{what} {value!a:.60}", hint="Give up to 200 printable characters.")
    return value


def _integer(value: JsonValue) -> int:
    return int(value) if isinstance(value, int | float) and math.isfinite(value) else 0


def _counts(saved: JsonValue) -> dict[str, int]:
    return {name: _integer(value) for name, value in saved.items()} if isinstance(saved, dict) else {}
