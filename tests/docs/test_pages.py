"""Pages for readers: links lead somewhere, and blocks marked as tested run.

A block is tested when the line above its fence is ``<!-- tested -->``. Shell blocks run with this environment's
commands first in the path; Python blocks run as a script. Each runs in an empty folder with an empty home.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")])
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", flags=re.MULTILINE | re.DOTALL)
_TESTED = re.compile(r"^<!-- tested -->\n```(\w+)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(page: Path) -> list[str]:
    """The links of a page to files or headings that do not exist; addresses on the web are not followed."""
    broken = []
    for link in _LINK.findall(_FENCE.sub("", page.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    return broken


def list_blocks() -> list[tuple[str, str, str]]:
    """Each tested block: the page and number, the language and the text."""
    return [
        (f"{page.relative_to(ROOT).as_posix()}#{number}", language, block)
        for page in PAGES
        for number, (language, block) in enumerate(_TESTED.findall(page.read_text(encoding="utf-8")), start=1)
    ]


def test_pages__links_lead_somewhere() -> None:
    broken = {page.relative_to(ROOT).as_posix(): broken_links(page) for page in PAGES}
    assert {page: links for page, links in broken.items() if links} == {}


@pytest.mark.parametrize(("name", "language", "block"), list_blocks(), ids=[name for name, _, _ in list_blocks()])
def test_pages__tested_blocks_run(name: str, language: str, block: str, tmp_path: Path) -> None:
    commands = {"python": [sys.executable, "-c", block], "bash": ["bash", "-euo", "pipefail", "-c", block]}
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "WHORL_HOME": str(tmp_path / "home"),
    }
    run = subprocess.run(
        commands[language], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=100, check=False
    )
    assert run.returncode == 0, f"{name}\n{run.stdout}\n{run.stderr}"
