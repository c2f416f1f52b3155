"""The checks of web/: ``python tools/check_web.py``; with ``--fix`` what can be mended is mended.

Types, lint, format, unit tests, the generated API types, and the size of what a browser loads first.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from build_web import NODE_WHEEL, ROOT, SKIP, Node, Place, WebBuildFailed, build, find_node, install_packages

CHECKS = (
    ("generated API types", "scripts/write-types.mjs", ("--check",)),
    ("types", "node_modules/typescript/bin/tsc", ("--noEmit", "-p", ".")),
    ("lint", "node_modules/eslint/bin/eslint.js", ("--max-warnings", "0", ".")),
    ("format", "node_modules/prettier/bin/prettier.cjs", ("--check", "--log-level", "warn", ".")),
    ("unit tests", "node_modules/vitest/vitest.mjs", ("run", "--reporter=dot")),
)
FIXES = (
    ("generated API types", "scripts/write-types.mjs", ()),
    ("lint", "node_modules/eslint/bin/eslint.js", ("--fix", ".")),
    ("format", "node_modules/prettier/bin/prettier.cjs", ("--write", "--log-level", "warn", ".")),
)


def main(arguments: list[str]) -> int:
    """Run the checks for the command line; gives the exit status."""
    if os.environ.get(SKIP):
        sys.stderr.write(f"whorl: web/ is not looked at: {SKIP} is set\n")
        return 0
    node, place = find_node(), Place(ROOT)
    if node is None:
        sys.stderr.write(f"error: there is no Node to check web/ with\nhint: {sys.executable} -m pip install")
        sys.stderr.write(f" '{NODE_WHEEL}', or set {SKIP}=1.\n")
        return 1
    try:
        install_packages(place, node)
        is_fix = "--fix" in arguments
        failed = [
            name for name, script, options in (FIXES if is_fix else CHECKS) if not _run(node, name, script, options)
        ]
        if not is_fix:
            build(place)
            failed += [] if _run(node, "first load", "scripts/check-budget.mjs", ()) else ["first load"]
    except WebBuildFailed as error:
        sys.stderr.write(f"error: {error.message}\nhint: {error.hint}\n")
        return 1
    if failed:
        sys.stderr.write(f"error: web: {', '.join(failed)}\nhint: `make fix` mends format and generated types.\n")
    return 1 if failed else 0


def _run(node: Node, name: str, script: str, options: tuple[str, ...]) -> bool:
    place = Place(ROOT)
    started = time.monotonic()
    done = subprocess.run(
        (*node.command, str(place.web / script), *options),
        cwd=place.web,
        env=node.environment() | {"NO_COLOR": "1"},
        check=False,
    )
    sys.stdout.write(f"web: {name}: {'ok' if done.returncode == 0 else 'failed'}, {time.monotonic() - started:.0f} s\n")
    sys.stdout.flush()
    return done.returncode == 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
