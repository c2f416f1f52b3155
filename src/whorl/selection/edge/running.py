"""A device or a base as a running program: watch, receive, choose, send, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from whorl.base.errors import InvalidInput, StorageFull
from whorl.base.log import get_logger
from whorl.selection.edge.budgets import Limit
from whorl.selection.edge.forwarder import Forwarder
from whorl.selection.edge.images import Decoder, find_decoder
from whorl.selection.edge.link import Link
from whorl.selection.edge.mixture import NOVELTY, Recipe, parse_recipe
from whorl.selection.edge.receiving import Listening, Receiver
from whorl.selection.edge.sampler import Rules, Sampler
from whorl.selection.edge.spool import Room, Spool
from whorl.selection.edge.targets import BaseTarget, ServerTarget, Target
from whorl.selection.edge.watching import After, Watcher

Role = Literal["device", "base"]
SAVE_EVERY_S = 30.0
_log = get_logger("edge")


@dataclass(frozen=True)
class Plan:
    """What ``run_edge`` runs.

    Args:
        to: Address of a server, with a dataset, or of a base, without one; None only collects.
        watch: Folder whose images are offered.
        listening: Where devices hand over their images; for a base.
        sampler: As ``parse_recipe`` takes it; None for novelty and chance where images can be decoded, else chance.
        poll_s: Between two looks at the folder.
        grace_s: How long what is chosen is still sent after the signal to stop.
    """

    spool: Path
    to: str | None = None
    dataset: str | None = None
    role: Role = "device"
    device: str | None = None
    watch: Path | None = None
    listening: Listening | None = None
    budget: tuple[Limit, ...] = Rules.budget
    sampler: str | None = None
    uniform: float | None = None
    window_s: float | None = None
    burst_s: float = 2.0
    seed: int = 0
    room: Room = field(default_factory=Room)
    max_image_bytes: int = Rules.max_image_bytes
    bandwidth: Sequence[Limit] = ()
    token: str = field(default="", repr=False)
    ca_file: Path | None = None
    after: After = "keep"
    settle_s: float = 2.0
    poll_s: float = 1.0
    grace_s: float = 10.0


def default_spool(role: str) -> Path:
    """Where a spool lies when nobody says: below ``WHORL_HOME``, else ``~/.whorl``."""
    home = os.environ.get("WHORL_HOME")
    return (Path(home) if home else Path.home() / ".whorl") / "edge" / role


def run_edge(plan: Plan, *, stop: threading.Event | None = None) -> None:
    """Run until ``stop`` is set, or SIGTERM or SIGINT comes when none is given.

    Raises:
        InvalidInput: A plan that does not fit together.
        Conflict: Another process uses the spool.
        StorageFull: The spool cannot be written to.
    """
    _check(plan)
    decoder = find_decoder()
    recipe = _recipe(plan, decoder)
    target = _target(plan)
    stop = stop or _stop_on_signals()
    spool = Spool(plan.spool, plan.room)
    try:
        rules = Rules(
            budget=plan.budget,
            recipe=recipe,
            window_s=plan.window_s,
            burst_s=plan.burst_s,
            max_image_bytes=plan.max_image_bytes,
            seed=plan.seed,
        )
        sampler = Sampler(spool, rules, device=plan.device, decoder=decoder, remembers=plan.role == "base")
        _run(plan, sampler, target, stop)
    finally:
        spool.close()


def _run(plan: Plan, sampler: Sampler, target: Target | None, stop: threading.Event) -> None:
    watcher = None
    if plan.watch is not None:
        watcher = Watcher(sampler, plan.watch, after=plan.after, settle_s=plan.settle_s)
    receiver = None if plan.listening is None else Receiver(sampler, plan.listening)
    forwarder = None if target is None else Forwarder(sampler, target, bandwidth=plan.bandwidth)
    halt = threading.Event()
    threads = [] if forwarder is None else [threading.Thread(target=forwarder.run, args=(halt,), name="forward")]
    if receiver is not None:
        threads.append(threading.Thread(target=receiver.run, name="receive"))
    for thread in threads:
        thread.start()
    _say_hello(plan, sampler, receiver)
    try:
        _loop(plan, sampler, watcher, stop)
    finally:
        halt.set()
        if receiver is not None:
            receiver.stop()
        for thread in threads:
            thread.join()
    if forwarder is not None:
        forwarder.drain(until_s=plan.grace_s)
    sampler.save()
    _log.info("stopped; %s", _summary(sampler))


def _loop(plan: Plan, sampler: Sampler, watcher: Watcher | None, stop: threading.Event) -> None:
    saved_at = sampler.clock.now()
    while not stop.is_set():
        try:
            if watcher is not None:
                watcher.scan()
            n_chosen = sampler.tick()
            if n_chosen:
                _log.info("%d chosen; %s", n_chosen, _summary(sampler))
            if sampler.clock.now() - saved_at >= SAVE_EVERY_S:
                saved_at = sampler.clock.now()
                sampler.save()
        except StorageFull as error:
            _log.warning("%s %s", error.message, error.hint)
        stop.wait(plan.poll_s)


def _summary(sampler: Sampler) -> str:
    counts = sampler.counts()
    shown = ("offered", "chosen", "sent", "evicted", "no_room", "refused")
    return ", ".join(f"{counts[name]:,} {name.replace('_', ' ')}" for name in shown if counts.get(name))


def _say_hello(plan: Plan, sampler: Sampler, receiver: Receiver | None) -> None:
    where = f"to {plan.to}" if plan.to else "nowhere: no --to"
    limits = ", ".join(map(str, plan.budget)) or "no limit"
    every = f"chooses every {sampler.window_s:g} s"
    _log.info("%s %s: %s, %s, %s, %s", plan.role, sampler.device, sampler.rules.recipe, limits, every, where)
    if receiver is not None:
        # On stdout, so that a program that started the base learns the port.
        print(f"listening at {receiver.url}", flush=True)


def _check(plan: Plan) -> None:
    if plan.role == "base" and plan.listening is None:
        raise InvalidInput("a base without an address to listen at", hint="Give --listen.")
    if plan.role == "device" and plan.watch is None:
        raise InvalidInput(
            "a device without a folder to watch", hint="Give --watch, or call Sampler.offer from your program."
        )
    if plan.dataset is not None and plan.to is None:
        raise InvalidInput("a dataset without a server", hint="Give --to with its address.")


def _recipe(plan: Plan, decoder: Decoder | None) -> Recipe:
    if plan.sampler is not None:
        recipe = parse_recipe(plan.sampler, uniform=plan.uniform)
        if NOVELTY in recipe.parts and decoder is None and plan.watch is not None:
            raise InvalidInput(
                "novelty needs to see the images, and nothing here decodes image files",
                hint="Install Pillow or OpenCV, use --sampler uncertainty+uniform, or offer arrays from Python.",
            )
        return recipe
    if decoder is None and plan.role == "device":
        _log.warning("no decoder (Pillow or OpenCV) on this device: images are chosen by chance alone")
        return parse_recipe("uniform")
    return parse_recipe("novelty+uniform", uniform=plan.uniform)


def _target(plan: Plan) -> Target | None:
    if plan.to is None:
        return None
    link = Link(plan.to, plan.token, ca_file=plan.ca_file)
    if plan.to.startswith("http://") and not plan.to.startswith(("http://127.", "http://localhost", "http://[::1]")):
        _log.warning("%s is not encrypted: the token and the images can be read on the way", plan.to)
    return BaseTarget(link) if plan.dataset is None else ServerTarget(link, plan.dataset)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return stop


def log_to_stderr(*, is_verbose: bool = False) -> None:
    """Show what ``run_edge`` says, a line each, on stderr."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("whorl.edge")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG if is_verbose else logging.INFO)
    logger.propagate = False
