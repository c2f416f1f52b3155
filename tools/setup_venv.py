"""Make .venv and install Whorl into it, once: ``python tools/setup_venv.py demo|test``.

A stamp named after the hash of pyproject.toml makes the second call fast; after a change to web/ only the web app is
built again. Written so that an old Python can still parse it and say what is wrong.
"""

import compileall
import hashlib
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")
# What each command needs. The test group holds everything the demo needs.
EXTRAS = {"demo": "train", "test": "test"}
OLDEST = (3, 11)
# What tools/build_web.py ends with when there is no Node to build with.
NO_NODE = 3


def main(arguments):
    """Bring .venv up to date for one group; give the exit status."""
    group = arguments[0] if arguments else ""
    if group not in EXTRAS:
        return _fail(f"unknown group: {group!r}", f"Give one of: {', '.join(sorted(EXTRAS))}.")
    if sys.version_info[:2] < OLDEST:
        found = "{}.{}".format(*sys.version_info[:2])
        return _fail(
            f"Python {found} is too old ({sys.executable})",
            "Whorl needs Python {}.{} or newer. Install one and name it: make PYTHON=python3.12 {}".format(
                *OLDEST, group
            ),
        )
    if not _is_fresh(group):
        status = _make_venv() or _install(group)
        if status:
            return status
    _build_web()
    # Start-up time depends on compiled modules, and an editable install does not compile its own.
    compileall.compile_dir(os.path.join(ROOT, "src"), quiet=2)
    return 0


def _stamp(group):
    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()[:16]
    return os.path.join(VENV, f".installed-{group}-{digest}")


def _is_fresh(group):
    groups = [group] if group == "test" else [group, "test"]
    return os.path.exists(VENV_PYTHON) and any(os.path.exists(_stamp(name)) for name in groups)


def _make_venv():
    if _runs([VENV_PYTHON, "-m", "pip", "--version"]):
        return 0
    _say("making .venv with Python {}.{}".format(*sys.version_info[:2]))
    if subprocess.call([sys.executable, "-m", "venv", "--clear", VENV]) == 0:
        return 0
    return _fail(
        f"{sys.executable} cannot make a virtual environment",
        "Some systems keep venv in a package of its own (python3-venv). Or name another Python: make PYTHON=...",
    )


def _install(group):
    _say("installing Whorl and what it needs (a few minutes the first time)")
    spec = f"{ROOT}[{EXTRAS[group]}]"
    pip = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--editable", spec]
    # The app is built afterwards, where what it prints can be seen.
    if subprocess.call(pip, env=dict(os.environ, WHORL_SKIP_WEB="1")) != 0:
        return _fail("the installation did not finish", "Read pip's message above, then run the same command again.")
    # Packages installed without their compiled form would be compiled again at each start.
    compiler = [VENV_PYTHON, "-m", "compileall", "-qq", "-j", "2", "-x", r"(/tests?/|torch/testing)"]
    subprocess.call(compiler + [_site_packages()])
    open(_stamp(group), "w").close()
    return 0


def _build_web():
    """Build the web app if it is not built. Without it everything but the browser works, so this never fails."""
    tool = os.path.join(ROOT, "tools", "build_web.py")
    if os.environ.get("WHORL_SKIP_WEB") or not os.path.exists(tool):
        return
    status = subprocess.call([VENV_PYTHON, tool])
    if status == NO_NODE:
        _say("no Node here: installing one from a wheel, to build the web app")
        wheel = subprocess.check_output([VENV_PYTHON, tool, "--wheel"]).decode().strip()
        if subprocess.call([VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", wheel]) == 0:
            status = subprocess.call([VENV_PYTHON, tool])
    if status:
        _say("going on without the web app")


def _site_packages():
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return subprocess.check_output([VENV_PYTHON, "-c", code]).decode().strip()


def _runs(command):
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def _say(text):
    sys.stderr.write(f"whorl: {text}\n")
    sys.stderr.flush()


def _fail(message, hint):
    sys.stderr.write(f"error: {message}\nhint: {hint}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
