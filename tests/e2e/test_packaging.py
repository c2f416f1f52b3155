"""The wheel and the source archive hold the app; a server from the wheel alone hands out every file of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "src" / "whorl" / "_web" / "index.html"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.skipif(not BUILT.is_file(), reason="the web app is not built: python tools/build_web.py"),
]


def pack(folder: Path, out: Path, kind: str, **environment: str) -> Path:
    """Build a wheel or a source archive without fetching anything; gives its path."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", str(out)]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source archive of this checkout, unpacked."""
    made = pack(ROOT, tmp_path_factory.mktemp("sdist"), "sdist", WHORL_SKIP_WEB="1")
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(made) as opened:
        opened.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    return root


@pytest.fixture(scope="module")
def wheel(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel made from that archive on a machine without Node."""
    return pack(archive, tmp_path_factory.mktemp("wheel"), "wheel", WHORL_SKIP_WEB="1")


def test_archive__holds_the_built_app_and_what_it_is_built_from(archive: Path) -> None:
    for name in ("hatch_build.py", "tools/build_web.py", "web/package-lock.json", "web/src/main.tsx"):
        assert (archive / name).is_file(), name
    assert (archive / "src/whorl/_web/index.html").read_bytes() == BUILT.read_bytes()
    assert not (archive / "web/node_modules").exists()


def test_wheel__holds_the_built_app_and_no_sources_of_it(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    files = {path.relative_to(BUILT.parent).as_posix() for path in BUILT.parent.rglob("*") if path.is_file()}
    assert {name for name in names if name.startswith("whorl/_web/")} == {f"whorl/_web/{name}" for name in files}
    assert [name for name in names if name.endswith((".ts", ".tsx")) or name.startswith("web/")] == []
    assert "whorl/_web/THIRD_PARTY_LICENSES.txt" in names


def test_wheel__alone_serves_every_file_of_the_app(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(tmp_path / "site")
        manifest = json.loads(opened.read("whorl/_web/.vite/manifest.json"))
    files = {entry["file"] for entry in manifest.values()}
    files |= {name for entry in manifest.values() for name in (*entry.get("css", ()), *entry.get("assets", ()))}
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site"), "WHORL_WEB": ""}
    command = [sys.executable, "-m", "whorl.cli", "up", "--home", str(tmp_path / "home"), "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["url"]
        page = httpx.get(f"{url}/p/any", headers={"accept": "text/html"})
        assert (page.status_code, "__CSP_NONCE__" in page.text) == (200, False)
        answers = {name: httpx.get(f"{url}/{name}") for name in sorted(files)}
        assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 200} == {}
        kinds = {Path(name).suffix: answer.headers["content-type"] for name, answer in answers.items()}
        assert (kinds[".js"], kinds[".css"]) == ("text/javascript; charset=utf-8", "text/css; charset=utf-8")
    finally:
        process.terminate()
        process.communicate(timeout=60)
