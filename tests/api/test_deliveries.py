"""Webhook calls over HTTP: who sees them, who sends them again, and who sees the secret."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.api.conftest import Api
from tests.api.test_pipelines import call

from whorl.store.db.tables import audit, pipeline


def test_deliveries__are_listed_and_sent_again(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}/deliveries"
    page = call(api, "GET", path, who="viewer")
    (row,) = page["items"]
    assert (row["id"], row["state"], row["attempts"], page["next_cursor"]) == (
        api.ids["delivery_id"],
        "waiting",
        0,
        None,
    )
    assert call(api, "GET", f"{path}?state=failed")["items"] == []
    again = call(api, "POST", f"/deliveries/{row['id']}/retry", who="manager")
    assert (again["id"], again["state"]) == (row["id"], "waiting")


@pytest.mark.parametrize("query", ["state=lost", "cursor=junk", "cursor=dlv_%00", "limit=0", "limit=1001"])
def test_deliveries__refuse_junk(api: Api, query: str) -> None:
    call(api, "GET", f"/pipelines/{api.ids['pipeline_id']}/deliveries?{query}", status=422)


def test_secret__is_for_those_who_write_pipelines_and_nowhere_else(api: Api) -> None:
    path = f"/pipelines/{api.ids['pipeline_id']}/webhook-secret"
    secret = call(api, "POST", path, {}, who="manager")["secret"]
    assert secret.startswith("whs_")
    assert call(api, "POST", path, {}, who="owner")["secret"] == secret
    for who in ("reviewer", "annotator", "viewer"):
        call(api, "POST", path, {}, who=who, status=403)
    for one in ("", "/deliveries", "/status"):
        text = api.client.get(f"/api/v1/pipelines/{api.ids['pipeline_id']}{one}", headers=api.headers("owner")).text
        assert secret not in text
    renewed = call(api, "POST", path, {"renew": True}, who="owner")["secret"]
    with api.services.db.read() as conn:
        assert conn.execute(select(pipeline.c.webhook_secret)).scalars().all() == [renewed]
        assert "webhook_secret.renew" in conn.execute(select(audit.c.action)).scalars().all()
    assert renewed != secret
