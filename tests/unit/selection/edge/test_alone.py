"""The part for devices needs Python and numpy, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

import whorl

WORK = """
import sys
import numpy as np
from pathlib import Path
from whorl.selection.edge import FakeTime, Rules, Sampler, Spool, parse_budget, find_decoder
time = FakeTime()
sampler = Sampler(Spool(Path(sys.argv[1])), Rules(budget=parse_budget("20/min")), device="cam", source=time)
for number in range(30):
    sampler.offer(np.full((8, 8, 3), number * 8, np.uint8), {"n": number})
    time.advance(3)
assert sampler.counts()["chosen"] > 0
assert find_decoder() is None
loaded = {name.partition(".")[0] for name in sys.modules}
strangers = loaded - set(sys.stdlib_module_names) - {"whorl", "numpy", "__main__", "__mp_main__"}
print(sorted(name for name in strangers if not name.startswith("_")))
"""


def _alone(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python where only Whorl's sources and numpy can be imported."""
    site = tmp_path / "site"
    site.mkdir(exist_ok=True)
    packages = Path(np.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (packages / name).exists():
            (site / name).symlink_to(packages / name)
    (site / "whorl").symlink_to(Path(whorl.__file__).parent)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(site), "HOME": str(tmp_path)}
    # -S leaves out site-packages, so that everything else is missing as on a fresh device.
    command = [sys.executable, "-S", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=110)


def test_python_api__works_with_numpy_alone(tmp_path: Path) -> None:
    done = _alone(tmp_path, "-c", WORK, str(tmp_path / "spool"))
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_command__works_with_numpy_alone(tmp_path: Path) -> None:
    done = _alone(tmp_path, "-m", "whorl.selection.edge", "run", "--watch", str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert done.stderr.splitlines()[-2:] == [
        f"error: no folder {tmp_path / 'nowhere'}",
        "hint: Give --watch the folder that the camera writes to.",
    ]
