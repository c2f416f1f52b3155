"""What a monitoring system reads: numbers of this server and of the database behind it."""

from __future__ import annotations

import platform
import resource
import time

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from whorl.access.rules import Action
from whorl.server.exposition import MEDIA_TYPE, Page
from whorl.server.metering import BUCKETS_S
from whorl.server.permits import CallerDep, needs
from whorl.server.services import Services
from whorl.server.stock import Stock, take_stock
from whorl.serving.rules import BUCKETS_MS
from whorl.store.db import Priority

router = APIRouter(tags=["system"])
Samples = list[tuple[dict[str, str], float]]
_KEPT_S = 5.0
_STARTED_AT = time.time()


@router.get("/metrics", include_in_schema=False, response_class=PlainTextResponse, **needs(Action.METRICS_READ))
def get_metrics(caller: CallerDep) -> Response:
    """Numbers in the Prometheus text format; at most five seconds old.

    For the server's own machine, for an admin, and for who sends the token of WHORL_METRICS_TOKEN.
    """
    services = caller.services
    page = Page()
    _add_requests(page, services)
    _add_process(page, services)
    stock = services.stock.get(int(services.clock.now() // _KEPT_S), lambda: caller.read(take_stock))
    _add_stock(page, stock)
    _add_endpoints(page, services)
    return Response(page.text(), media_type=MEDIA_TYPE)


def _add_requests(page: Page, services: Services) -> None:
    answered, latency = services.requests.snapshot()
    page.add(
        "whorl_requests_total",
        "counter",
        "Requests answered by this server, by the noun of their route.",
        [
            ({"kind": kind, "method": method, "status": str(status)}, count)
            for (kind, method, status), count in sorted(answered.items())
        ],
    )
    page.add_histogram(
        "whorl_request_seconds",
        "Seconds until an answer began.",
        BUCKETS_S,
        {kind: (one.counts, one.seconds) for kind, one in latency.items()},
    )


def _add_process(page: Page, services: Services) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    database = "sqlite" if services.db.is_sqlite else "postgresql"
    build = {"version": services.version, "python": platform.python_version(), "database": database}
    page.add("whorl_build_info", "gauge", "Always 1; the labels say what runs.", [(build, 1)])
    page.add(
        "process_start_time_seconds", "gauge", "When this process was started, in Unix seconds.", [({}, _STARTED_AT)]
    )
    page.add("process_cpu_seconds_total", "counter", "Processor seconds used.", [({}, used.ru_utime + used.ru_stime)])
    page.add("whorl_peak_memory_bytes", "gauge", "Largest resident memory so far.", [({}, used.ru_maxrss * 1024)])
    engine = services.dispatcher
    page.add(
        "whorl_engine_running",
        "gauge",
        "1 while this process works on pipelines and jobs.",
        [({}, int(engine is not None))],
    )
    if engine is not None:
        page.add("whorl_engine_batches_total", "counter", "Batches this process ran.", [({}, engine.batches_run)])
        page.add("whorl_engine_flying", "gauge", "Batches that run now in this process.", [({}, engine.batches_flying)])
        page.add(
            "whorl_engine_stranded_nodes",
            "gauge",
            "Nodes with waiting items that nothing here can run.",
            [({}, len(engine.stranded_nodes))],
        )
    waits = services.db.write_waits()
    for name, what in (("writes", "Writes begun by the writer of SQLite"), ("wait_seconds", "Seconds they waited")):
        samples = [
            ({"who": who.name.lower()}, float(waits[who][0] if name == "writes" else waits[who][1]))
            for who in Priority
            if who in waits
        ]
        page.add(f"whorl_writer_{name}_total", "counter", f"{what}.", samples)
    page.add("whorl_writer_queue", "gauge", "Writes that wait now.", [({}, services.db.pending_writes())])


def _name_of(services: Services, endpoint_id: str) -> str:
    live = services.serving.book.find(endpoint_id)
    return endpoint_id if live is None else live.target.name


def _add_endpoints(page: Page, services: Services) -> None:
    counted = sorted(services.serving.tallies.snapshot().items())
    labels = [{"endpoint": name, "role": role.value} for (name, role), _ in counted]
    for name, what, values in (
        ("requests", "Images that an endpoint of this server was asked about", [one.requests for _, one in counted]),
        ("errors", "Those without an answer, by no fault of the sender's", [one.errors for _, one in counted]),
        ("dropped", "Images that a shadow was not asked about, for want of time", [one.dropped for _, one in counted]),
    ):
        page.add(f"whorl_endpoint_{name}_total", "counter", f"{what}.", list(zip(labels, values, strict=True)))
    page.add_histogram(
        "whorl_endpoint_milliseconds",
        "Milliseconds from a request's last byte to its answer, by endpoint and role.",
        BUCKETS_MS,
        {f"{name}:{role.value}": (one.histogram, one.latency_ms) for (name, role), one in counted},
    )
    logged = sorted(services.recorder.outcomes().items())
    page.add(
        "whorl_prediction_log_total",
        "counter",
        "What became of answers offered to the prediction log since this server started.",
        [({"endpoint": _name_of(services, one), "outcome": outcome.value}, n) for (one, outcome), n in logged],
    )
    hosts = services.serving.health()
    page.add(
        "whorl_model_host_up",
        "gauge",
        "1 while a model host runs.",
        [({"host": one.name}, int(one.pid is not None)) for one in hosts],
    )
    page.add(
        "whorl_model_host_restarts_total",
        "counter",
        "How often a model host died.",
        [({"host": one.name}, one.restarts) for one in hosts],
    )
    page.add(
        "whorl_model_host_queue",
        "gauge",
        "Requests that wait there.",
        [({"host": one.name}, one.waiting) for one in hosts],
    )


def _add_stock(page: Page, stock: Stock) -> None:
    page.add(
        "whorl_inbox_items",
        "gauge",
        "Items on their way: waiting, or leased by a worker.",
        [({"node": node, "state": state}, count) for (node, state), count in sorted(stock.inbox.items())],
    )
    page.add(
        "whorl_dead_letters",
        "gauge",
        "Items that were given up.",
        [({"node": node}, count) for node, count in sorted(stock.dead.items())],
    )
    nodes = sorted(stock.nodes.items())
    page.add("whorl_node_items_total", "counter", "Items through nodes.", [({"node": n}, t.done) for n, t in nodes])
    page.add("whorl_node_failures_total", "counter", "Items given up.", [({"node": n}, t.failed) for n, t in nodes])
    machine: Samples = [({"node": node}, totals.machine_s) for node, totals in nodes]
    page.add("whorl_node_machine_seconds_total", "counter", "Seconds that bodies took.", machine)
    human: Samples = [({"node": node}, totals.human_s) for node, totals in nodes]
    page.add("whorl_node_human_seconds_total", "counter", "Seconds that people took.", human)
    page.add("whorl_parked_items", "gauge", "Items that wait for people or a choice.", [({}, stock.parked)])
    page.add("whorl_runs", "gauge", "Runs of pipelines.", [({"state": s}, n) for s, n in sorted(stock.runs.items())])
    page.add(
        "whorl_jobs",
        "gauge",
        "Jobs.",
        [({"kind": kind, "state": state}, count) for (kind, state), count in sorted(stock.jobs.items())],
    )
