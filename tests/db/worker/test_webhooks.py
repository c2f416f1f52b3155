"""The engine as it is put together for a server or worker sends webhooks, under the settings' rules."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from whorl.access.actions import create_project
from whorl.base.errors import InvalidInput
from whorl.base.settings import Settings
from whorl.engine import InlineExecutor
from whorl.pipelines.actions import apply_pipeline
from whorl.pipelines.deliveries import NewDelivery, add_deliveries, get_delivery
from whorl.pipelines.nodes import node_types
from whorl.schemas.pipelines import PipelineDefinition
from whorl.store.blobs import open_blobs
from whorl.store.db import Database
from whorl.testing.receivers import run_receiver
from whorl.worker.engine import build_engine

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _add_call(conn: Connection, url: str) -> str:
    project = create_project(conn, "one", actor_id="per_x", now=NOW)
    node = {"id": "hook", "type": "webhook", "params": {"url": url}}
    definition = PipelineDefinition.model_validate({"name": "line", "nodes": [node], "edges": []})
    line = apply_pipeline(conn, definition, types=node_types(), project_id=project.id, actor_id="per_x", now=NOW)
    new = [NewDelivery("itm_1", url, {"event": "item"})]
    (made,) = add_deliveries(conn, new, project_id=project.id, pipeline_id=line.id, node="hook", now=NOW)
    return made


@pytest.mark.parametrize(("allowed", "state"), [("127.0.0.1", "delivered"), ("", "failed")])
def test_build_engine__sends_where_the_settings_allow(
    sqlite: Database, tmp_path: Path, allowed: str, state: str
) -> None:
    settings = Settings(home=tmp_path, egress_allow=allowed)
    engine = build_engine(sqlite, open_blobs("memory://"), settings, executor=InlineExecutor())
    with run_receiver() as receiver:
        made = sqlite.write(lambda conn: _add_call(conn, receiver.url()))
        assert engine.dispatcher.run_until_idle(timeout_s=60)
        with sqlite.read() as conn:
            assert get_delivery(conn, made).state == state
        assert len(receiver.received) == (state == "delivered")


def test_build_engine__refuses_rules_that_are_none_at_the_start(sqlite: Database, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, egress_allow="10.0.0.0/99")
    with pytest.raises(InvalidInput, match="WHORL_EGRESS_ALLOW: '10.0.0.0/99'"):
        build_engine(sqlite, open_blobs("memory://"), settings, executor=InlineExecutor())
