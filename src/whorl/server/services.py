"""What a request may use."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from whorl.access.queries import find_actor
from whorl.access.rules import Actor
from whorl.access.secrets import token_digest
from whorl.annotations.crops import Ranking
from whorl.annotations.progress import ProgressCounts
from whorl.base.clock import Clock, SystemClock, to_datetime
from whorl.base.settings import Settings
from whorl.datasets.facet_reads import CountedFacets
from whorl.datasets.listings import Listings
from whorl.engine import Executor
from whorl.engine.dispatcher import Dispatcher
from whorl.models.embeddings.near import answer_near
from whorl.models.embeddings.store import EmbeddingStore, open_store
from whorl.schemas.serving import FlagCatalogue
from whorl.server.metering import RequestMeter
from whorl.server.remembered import KeyedLocks, Remembered
from whorl.server.savings import Savings
from whorl.server.stock import Stock
from whorl.server.videos import Videos
from whorl.server.webapp import WebApp, open_web
from whorl.serving.asking import Serving
from whorl.serving.recording import LogRecorder
from whorl.store.blobs import BlobStore
from whorl.store.db import Database

VERSION = "0.1.0"
ACTOR_CACHE_S = 5.0
_CACHE_SIZE = 10_000

if TYPE_CHECKING:
    from whorl.models.embeddings.seeking import Seeker
    from whorl.server.magic import Magic


class ActorCache:
    """Remembers for a few seconds whom a token speaks for; forgets all when this process changes anything about people.

    Args:
        db: Holds the tokens.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._lock = threading.Lock()
        self._found: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    def peek(self, secret: str) -> Actor | None:
        """The remembered actor, without asking the database."""
        entry = self._found.get(token_digest(secret))
        return entry[1] if entry is not None and entry[0] > self._clock.now() else None

    def find(self, secret: str) -> Actor | None:
        """Whom a token speaks for, or None. Unknown tokens are not remembered."""
        remembered = self.peek(secret)
        if remembered is not None:
            return remembered
        now = self._clock.now()
        with self._db.read() as conn:
            actor = find_actor(conn, secret, now=to_datetime(now))
        if actor is not None:
            with self._lock:
                self._found[token_digest(secret)] = (now + ACTOR_CACHE_S, actor)
                while len(self._found) > _CACHE_SIZE:
                    self._found.popitem(last=False)
        return actor

    def forget(self) -> None:
        """Ask the database again from now on: after changes to people, tokens and membership."""
        with self._lock:
            self._found.clear()


class FailureLimit:
    """Counts failures by key and says when it is too many: ``allowed`` in ``window_s`` seconds.

    Args:
        clock: Tells the time.
    """

    def __init__(self, clock: Clock, *, allowed: int = 5, window_s: float = 60.0) -> None:
        self._clock = clock
        self._allowed = allowed
        self._window_s = window_s
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, list[float]] = OrderedDict()

    def wait_s(self, key: str) -> float:
        """How long the key must wait; 0 when it may try."""
        with self._lock:
            recent = self._recent(key)
            if len(recent) < self._allowed:
                return 0.0
            return max(0.0, recent[-self._allowed] + self._window_s - self._clock.now())

    def fail(self, key: str) -> None:
        """Count a failure."""
        with self._lock:
            self._failures[key] = [*self._recent(key), self._clock.now()]
            self._failures.move_to_end(key)
            while len(self._failures) > _CACHE_SIZE:
                self._failures.popitem(last=False)

    def forgive(self, key: str) -> None:
        """Forget a key's failures."""
        with self._lock:
            self._failures.pop(key, None)

    def _recent(self, key: str) -> list[float]:
        since = self._clock.now() - self._window_s
        return [at for at in self._failures.get(key, []) if at > since]


@dataclass
class Services:
    """What a request may use, made once per server.

    Attributes:
        dispatcher: The engine in this process; None when it runs elsewhere.
        executor: Where uploads are decoded; None decodes in this process (tests).
        is_public: It listens on more than the loopback interface.
        web: The built app's files.
        launch_name: Name of this start's launch token and of the sessions opened with it.
    """

    db: Database
    blobs: BlobStore
    settings: Settings
    clock: Clock = field(default_factory=SystemClock)
    dispatcher: Dispatcher | None = None
    executor: Executor | None = None
    is_public: bool = False
    launch_name: str = "launch:here"
    stopping: threading.Event = field(default_factory=threading.Event)
    web: WebApp = field(init=False)
    actors: ActorCache = field(init=False)
    listings: Listings = field(init=False)
    rankings: Remembered[Ranking] = field(default_factory=lambda: Remembered(entries=16))
    facets: Remembered[CountedFacets] = field(default_factory=lambda: Remembered(entries=64))
    locks: KeyedLocks = field(default_factory=KeyedLocks)
    login_failures: FailureLimit = field(init=False)
    progress: ProgressCounts = field(default_factory=ProgressCounts)
    savings: Savings = field(init=False)
    serving: Serving = field(init=False)
    recorder: LogRecorder = field(init=False)
    embeddings: EmbeddingStore = field(init=False)
    videos: Videos = field(init=False)
    seeker: Seeker | None = None
    magic: Magic | None = None
    catalogues: Remembered[FlagCatalogue] = field(default_factory=lambda: Remembered(entries=16))
    project_by_id: OrderedDict[str, str] = field(default_factory=OrderedDict)
    requests: RequestMeter = field(default_factory=RequestMeter)
    stock: Remembered[Stock] = field(default_factory=lambda: Remembered(entries=1))
    version: str = VERSION

    def __post_init__(self) -> None:
        self.web = open_web(self.settings)
        self.actors = ActorCache(self.db, self.clock)
        self.listings = Listings(self.db)
        self.login_failures = FailureLimit(self.clock)
        self.savings = Savings(self.db, self.blobs, self.executor, self.settings.home_path)
        self.videos = Videos(self.db, self.blobs, self.executor, self.settings.home_path, self.clock)
        self.embeddings = open_store(self.db, self.blobs, self.settings.home_path)
        answer_near(self.db, self._seeker)
        self.recorder = LogRecorder(self.db, self.blobs, self.clock)
        self.serving = Serving(self.db, self.blobs, self.settings, self.clock, self.recorder)

    def now(self) -> datetime:
        """The time, aware UTC."""
        return to_datetime(self.clock.now())

    def _seeker(self) -> Seeker:
        # Late: vectors bring numpy, which the server does not need at its start.
        from whorl.server.seeking import seeker_of

        return seeker_of(self)
