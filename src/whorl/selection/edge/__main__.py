"""``python -m whorl.selection.edge``: the command for devices that have Python and numpy alone."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import fields
from pathlib import Path

from whorl.base.errors import WhorlError
from whorl.selection.edge.options import DEFAULT_BUDGET, Options
from whorl.selection.edge.running import default_spool, log_to_stderr, run_edge
from whorl.selection.edge.status import read_status

EXAMPLES = """examples:
  WHORL_TOKEN=... python -m whorl.selection.edge run --watch /var/camera --to https://whorl.example.org \\
      --dataset street/cameras --budget 500/day,200MB/day
  python -m whorl.selection.edge run --role base --listen 0.0.0.0:8630 --accept-file tokens.txt \\
      --to https://whorl.example.org --dataset cameras --token-file token.txt --budget 5000/day
  python -m whorl.selection.edge status
"""


def main(arguments: list[str] | None = None) -> int:
    """Run one command line; gives the exit code."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "status":
            print(json.dumps(read_status(given.spool or default_spool(given.role)), indent=2))
            return 0
        log_to_stderr(is_verbose=given.verbose)
        run_edge(Options(**{field.name: getattr(given, field.name) for field in fields(Options)}).to_plan())
    except WhorlError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m whorl.selection.edge",
        description="Choose images on a device, and forward them.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="Watch, choose and forward until SIGTERM.")
    add = run.add_argument
    add("--watch", type=Path, help="folder that the camera writes to")
    add("--to", help="address of a server (with --dataset) or of a base (without)")
    add("--dataset", help="name, PROJECT/NAME or id, on the server")
    add("--role", default="device", help="device or base (default: device)")
    add("--device", help="name of this device (default: the host's)")
    add("--budget", default=DEFAULT_BUDGET, help="such as 500/day,200MB/day (default: 500/day)")
    add("--sampler", help="such as novelty+uniform, novelty+uncertainty+uniform, stratified:label")
    add("--uniform", type=float, help="share of chance (default: 0.1)")
    add("--window", help="how long to look before choosing, such as 10min (default: by the budget)")
    add("--spool", type=Path, help="folder of the spool (default: ~/.whorl/edge/ROLE)")
    add("--spool-size", default="512MB", help="what the spool may hold (default: 512MB)")
    add("--bandwidth", default="", help="bytes that may be sent, such as 10MB/hour")
    add("--burst", type=float, default=2.0, help="seconds within which frames alike are one (default: 2)")
    add("--after", default="keep", help="keep or delete files that were offered (default: keep)")
    add("--settle", type=float, default=2.0, help="seconds a file must rest before it is read (default: 2)")
    add("--seed", type=int, default=0, help="another seed, another sample")
    add("--max-image", default="32MB", help="larger files are passed by (default: 32MB)")
    add("--token-file", type=Path, help="file with the far end's token (default: WHORL_TOKEN)")
    add("--ca-file", type=Path, help="certificates to trust besides the machine's own")
    add("--listen", help="HOST:PORT of a base (default: 127.0.0.1:8630)")
    add("--accept-file", type=Path, help="file with the tokens of a base's devices (default: WHORL_EDGE_ACCEPT)")
    add("--certificate", type=Path, help="PEM file with which a base listens by TLS")
    add("--key", type=Path, help="PEM file of the certificate's key")
    add("--verbose", action="store_true", help="say more")
    status = commands.add_parser("status", help="Show the spool, budgets and link as JSON.")
    status.add_argument("--spool", type=Path)
    status.add_argument("--role", default="device")
    return parser


if __name__ == "__main__":
    sys.exit(main())
