"""Starting: what is imported, who may listen where, and a server inside a program."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from whorl.base.errors import DatabaseBusy, Forbidden, Unavailable
from whorl.base.settings import Settings
from whorl.server.embedded import start_embedded
from whorl.server.run import open_server

HEAVY = ("scipy", "sklearn", "cv2", "torch", "onnxruntime", "pandas", "hotcoco", "numpy", "PIL", "argon2")


def _run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_server__answers_without_anything_heavy(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from whorl.base.settings import Settings
from whorl.server.run import open_server
import whorl.server.app
with open_server(Settings(home=Path(sys.argv[1]), port=0)) as running:
    pass
print([name for name in {HEAVY!r} if name in sys.modules])
"""
    assert _run(script, str(tmp_path)).strip() == "[]"


def test_embedded__answers_says_where_it_is_and_lets_go(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, executor="inline")
    embedded = start_embedded(settings)
    try:
        told = json.loads((tmp_path / "server.json").read_text(encoding="utf-8"))
        assert (told["url"], told["token"]) == (embedded.url, embedded.token)
        assert stat.S_IMODE((tmp_path / "server.json").stat().st_mode) == 0o600
        assert httpx.get(f"{embedded.url}/healthz").json()["status"] == "ok"
        headers = {"Authorization": f"Bearer {embedded.token}"}
        assert httpx.get(f"{embedded.url}/api/v1/me", headers=headers).json()["is_admin"] is True
        with pytest.raises(DatabaseBusy):
            start_embedded(settings)
        old = embedded.token
    finally:
        embedded.stop()
    assert not (tmp_path / "server.json").exists()
    again = start_embedded(settings)
    try:
        headers = {"Authorization": f"Bearer {old}"}
        assert httpx.get(f"{again.url}/api/v1/me", headers=headers).status_code == 401
    finally:
        again.close()


def test_open_server__public_needs_a_password(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, host="0.0.0.0", port=0)
    with pytest.raises(Forbidden, match="no admin has a password"), open_server(settings):
        pass


def test_open_server__small_answers_are_sent_at_once(tmp_path: Path) -> None:
    with open_server(Settings(home=tmp_path, port=0)) as running:
        # asyncio sets TCP_NODELAY on connections of a listener that names its protocol, and on no others.
        assert running.listener.proto == socket.IPPROTO_TCP


def test_open_server__who_is_told_the_address_is_not_turned_away(tmp_path: Path) -> None:
    with open_server(Settings(home=tmp_path, port=0)) as running:
        socket.create_connection(running.listener.getsockname(), timeout=5).close()


def test_open_server__port_is_taken(tmp_path: Path) -> None:
    with open_server(Settings(home=tmp_path / "a", port=0)) as first:
        port = first.listener.getsockname()[1]
        with (
            pytest.raises(Unavailable, match=f"cannot listen on 127.0.0.1:{port}"),
            open_server(Settings(home=tmp_path / "b", port=port)),
        ):
            pass


@pytest.mark.slow
def test_embedded__in_a_script_without_a_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        """
import io, sys
from pathlib import Path
from PIL import Image
import whorl
print("begun")
client = whorl.connect(home=Path(sys.argv[1]))
dataset = client.projects.create("a").datasets.create("d")
out = io.BytesIO()
Image.new("RGB", (20, 10)).save(out, "PNG")
print(dataset.items.upload_bytes(out.getvalue(), "a.png").width)
client.close()
""",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "home")], capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.returncode, done.stdout) == (0, "begun\n20\n"), done.stderr
