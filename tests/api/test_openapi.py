"""The published description of the API.

After a change that is meant: `WHORL_UPDATE_GOLDEN=1 pytest tests/api/test_openapi.py`.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from tests.api.conftest import Api

from whorl.server.app import openapi_document

GOLDEN = Path(__file__).parents[1] / "golden" / "openapi.json"


def test_openapi__is_as_published() -> None:
    text = json.dumps(openapi_document(), indent=1, sort_keys=True) + "\n"
    if os.environ.get("WHORL_UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8"), "the API changed; see the first lines of this file"


def test_openapi__served_is_the_same_and_needs_no_token(api: Api) -> None:
    served = api.client.get("/api/v1/openapi.json").json()
    assert served["openapi"].startswith("3.1")
    assert served == json.loads(json.dumps(openapi_document()))


def test_openapi__every_operation_has_an_action_a_summary_and_problems() -> None:
    for path, operations in openapi_document()["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation.get("x-whorl-action"), where
            assert operation.get("description"), where
            assert "default" in operation["responses"], where
