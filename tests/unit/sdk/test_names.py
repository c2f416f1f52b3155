"""The public names, and what using them costs."""

from __future__ import annotations

import subprocess
import sys

import whorl


def loaded_after(code: str, *packages: str) -> list[str]:
    """Which of some packages a fresh interpreter has loaded after running the code."""
    program = f"{code}\nimport sys\nprint(*[name for name in {packages!r} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return run.stdout.split()


def test_names__a_change_here_needs_a_changelog_line() -> None:
    assert whorl.__all__ == [
        "__version__",
        "AnnotationBuilder",
        "BaseModelAdapter",
        "Box",
        "Classification",
        "Client",
        "Filters",
        "FiltersOperations",
        "Mask",
        "PipelineBuilder",
        "Point",
        "Polygon",
        "Polyline",
        "RotatedBox",
        "Track",
        "WhorlError",
        "connect",
    ]
    assert [name for name in whorl.__all__ if not hasattr(whorl, name)] == []


def test_names__an_unknown_one_is_an_attribute_error() -> None:
    assert not hasattr(whorl, "Cube3d")
    assert set(whorl.__all__) <= set(dir(whorl))


def test_import__whorl_alone_loads_no_client() -> None:
    assert loaded_after("import whorl", "httpx", "pydantic", "numpy") == []


def test_import__the_client_loads_no_database_server_or_arrays() -> None:
    code = "import whorl; whorl.Filters, whorl.Box, whorl.connect"
    assert loaded_after(code, "sqlalchemy", "fastapi", "numpy", "torch", "sklearn", "cv2", "onnxruntime") == []


def test_import__the_command_line_loads_nothing_heavy() -> None:
    heavy = ("torch", "sklearn", "scipy", "cv2", "onnxruntime", "numpy", "fastapi", "sqlalchemy", "httpx")
    assert loaded_after("from whorl.cli.main import make_app; make_app()", *heavy) == []


def test_base_model_adapter__defines_no_capability_of_its_own() -> None:
    methods = ("load", "predict", "embed", "train", "save")
    assert [name for name in methods if hasattr(whorl.BaseModelAdapter(), name)] == []
