"""Choose on the device: sub-sample a stream of images under a budget, spool to disk, forward when the link is up.

It runs with Python and numpy alone. Key words: a *device* watches a camera; a *base* receives from devices and chooses
again; the far end is an ordinary Whorl server. A *window* is a stretch of the stream at whose end is chosen; the
*uniform share* of each window is drawn by chance and marked with its probability, so that estimates at the far end are
unbiased.

Invariants: a budget is exceeded in no stretch as long as its period, whatever the clocks do; what was chosen reaches
the far end exactly once, or is counted as evicted, through kills, cut links and full disks; the same seed, device, keys
and windows give the same sample.
"""

from whorl.selection.edge.budgets import Limit, parse_budget
from whorl.selection.edge.clock import FakeTime, SystemTime
from whorl.selection.edge.estimates import Estimate, estimate_mean, estimate_total
from whorl.selection.edge.forwarder import Forwarder
from whorl.selection.edge.images import describe, encode_png, find_decoder
from whorl.selection.edge.link import Link, read_token
from whorl.selection.edge.mixture import Recipe, parse_recipe
from whorl.selection.edge.receiving import Listening, Receiver
from whorl.selection.edge.running import Plan, default_spool, run_edge
from whorl.selection.edge.sampler import Offered, Rules, Sampler
from whorl.selection.edge.scores import box_uncertainty, entropy_uncertainty, margin_uncertainty
from whorl.selection.edge.spool import Room, Spool
from whorl.selection.edge.status import read_status
from whorl.selection.edge.targets import BaseTarget, ServerTarget
from whorl.selection.edge.watching import Watcher

__all__ = [
    "BaseTarget",
    "Estimate",
    "FakeTime",
    "Forwarder",
    "Limit",
    "Link",
    "Listening",
    "Offered",
    "Plan",
    "Receiver",
    "Recipe",
    "Room",
    "Rules",
    "Sampler",
    "ServerTarget",
    "Spool",
    "SystemTime",
    "Watcher",
    "box_uncertainty",
    "default_spool",
    "describe",
    "encode_png",
    "entropy_uncertainty",
    "estimate_mean",
    "estimate_total",
    "find_decoder",
    "margin_uncertainty",
    "parse_budget",
    "parse_recipe",
    "read_status",
    "read_token",
    "run_edge",
]
