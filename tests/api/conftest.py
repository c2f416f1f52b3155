"""The application on a database of its own, with a project that everybody has a role in and one that is foreign."""

from __future__ import annotations

import io
import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy import Connection, select
from tests.conftest import fold_log

from whorl.access.actions import create_person, create_project, create_token, ensure_local_owner, set_member
from whorl.access.rules import Actor, ActorKind, Role, TokenKind
from whorl.annotations.actions import save_annotations
from whorl.base.errors import JsonValue
from whorl.base.settings import Settings
from whorl.datasets.revisions import load_dataset
from whorl.datasets.views import create_view
from whorl.engine.jobs import create_job
from whorl.models.embeddings.actions import create_space
from whorl.models.embeddings.projection import records
from whorl.models.embeddings.projection.places import encode_places
from whorl.ontology.actions import create_recipe, save_ontology
from whorl.pipelines.queries import list_runs
from whorl.schemas.annotations import AnnotationDraft, ClassTag
from whorl.schemas.explorer import SavedViewDraft
from whorl.schemas.models import ModelCreate
from whorl.schemas.ontology import Label, OntologyDraft, RecipeDraft, Tool
from whorl.schemas.pipelines import PipelineDefinition
from whorl.server.app import create_app
from whorl.server.services import Services
from whorl.store.blobs import open_blobs, put_content
from whorl.store.db import Database, open_database
from whorl.store.db.tables import comparison, item
from whorl.tasks.actions import add_task_items, create_task
from whorl.tasks.reviews import raise_issue
from whorl.tasks.rules import TaskKind
from whorl.tasks.work import lease_next, submit_item

with warnings.catch_warnings():
    # Starlette asks for another HTTP client, which is not among our dependencies.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

PIPELINE: dict[str, JsonValue] = {
    "name": "line",
    "variables": [{"name": "champion", "type": "model"}, {"name": "pool", "type": "dataset"}],
    "nodes": [
        {"id": "raw", "type": "dataset", "params": {"dataset": {"$var": "pool"}}},
        {"id": "prelabel", "type": "predict", "params": {"model": {"$var": "champion"}}},
    ],
    "edges": [{"source": "raw.item", "target": "prelabel.item"}],
    "triggers": [{"type": "event", "id": "new_item", "target": "raw.item", "event": "item.created"}],
}
"""A pipeline that pre-labels every new item."""
URL = "http://127.0.0.1:8620"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def png(width: int = 20, height: int = 10, colour: int = 90) -> bytes:
    """The bytes of a small image."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (colour, 2, 3)).save(out, "PNG")
    return out.getvalue()


@dataclass
class Api:
    """A running application: its services, a client, tokens by actor and ids by parameter name."""

    services: Services
    client: TestClient
    tokens: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def headers(self, who: str) -> dict[str, str]:
        """What somebody sends to be known."""
        return {"Authorization": f"Bearer {self.tokens[who]}"} if who in self.tokens else {}


@dataclass(frozen=True)
class Furnished:
    """What `api` finds in its database and blobs; made once, as it takes a fifth of a second."""

    path: Path
    blobs: dict[str, bytes]
    tokens: dict[str, str]
    ids: dict[str, str]


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of this test's own: migrated and empty, or with all that `api` has where that is asked for."""
    if "api" in request.fixturenames:
        source: Path = request.getfixturevalue("furnished").path
    else:
        source = request.getfixturevalue("sqlite_template")
    return f"sqlite:///{shutil.copyfile(source, tmp_path / 'whorl.db')}"


@pytest.fixture
def services(sqlite: Database, tmp_path: Path) -> Iterator[Services]:
    """Services on that database, blobs in memory, decoding in this process."""
    with _services(sqlite, tmp_path) as made:
        yield made


@contextmanager
def _services(database: Database, home: Path) -> Iterator[Services]:
    settings = Settings(home=home, web=str(home / "web"), max_upload_bytes=200_000)
    made = Services(db=database, blobs=open_blobs("memory://"), settings=settings)
    yield made
    made.serving.stop()
    made.recorder.close()


@pytest.fixture
def api(services: Services, furnished: Furnished) -> Iterator[Api]:
    """The application with people of every role, a foreigner, service tokens, and one of each thing."""
    for key, data in furnished.blobs.items():
        services.blobs.put(key, data)
    with _client(services) as client:
        made = Api(services, client, dict(furnished.tokens), dict(furnished.ids))
        made.ids["listing_id"] = services.listings.open(made.ids["dataset_id"]).id
        yield made


@pytest.fixture(scope="session")
def furnished(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Furnished:
    """The database with people and one of each thing, closed."""
    home = tmp_path_factory.mktemp("furnished")
    path = home / "whorl.db"
    shutil.copyfile(sqlite_template, path)
    with (
        open_database(f"sqlite:///{path}", synchronous="NORMAL") as database,
        _services(database, home) as services,
        _client(services) as client,
    ):
        made = Api(services, client)
        database.write(lambda conn: _people(conn, made))
        upload = client.post(
            f"/api/v1/datasets/{made.ids['dataset_id']}/items",
            files={"file": ("a.png", png())},
            headers=made.headers("owner"),
        )
        made.ids["item_id"] = upload.json()["id"]
        database.write(lambda conn: _things(conn, made))
        blobs = {blob.key: services.blobs.get(blob.key) for blob in services.blobs.list()}
    fold_log(path)
    return Furnished(path, blobs, made.tokens, made.ids)


def _client(services: Services) -> TestClient:
    app = create_app(services)
    return TestClient(app, base_url=URL, raise_server_exceptions=False, follow_redirects=False)


def _map(conn: Connection, api: Api) -> str:
    """A map of the one item."""
    keys = list(conn.execute(select(item.c.key)).scalars())
    blob = encode_places(np.asarray(keys, np.int64), np.zeros((len(keys), 2), np.int16))
    records.add_points(conn, "map_0", keys, [[0, 0]] * len(keys))
    records.add_map(
        conn,
        "map_0",
        dataset_id=api.ids["dataset_id"],
        space_id=api.ids["space_id"],
        method="pca",
        params={},
        blob_sha256=put_content(api.services.blobs, blob),
        rows=len(keys),
        revision=1,
        now=NOW,
    )
    return "map_0"


def _people(conn: Connection, api: Api) -> None:
    admin = ensure_local_owner(conn, now=NOW)
    api.tokens["admin"] = _token(conn, TokenKind.LAUNCH, admin.id)
    home = create_project(conn, "home", actor_id=admin.id, owner_id=admin.id, now=NOW)
    actor = Actor(id=admin.id, kind=ActorKind.PERSON, is_admin=True)
    api.ids["project_id"] = home.id
    for role in Role:
        who = create_person(conn, f"{role}@x.org", name=role, actor_id=admin.id, now=NOW)
        set_member(conn, home.id, who.id, role, actor=actor, now=NOW)
        api.tokens[role] = _token(conn, TokenKind.PERSONAL, who.id)
    foreign = create_person(conn, "foreign@x.org", name="foreign", actor_id=admin.id, now=NOW)
    other = create_project(conn, "other", actor_id=foreign.id, owner_id=foreign.id, now=NOW)
    api.ids["other_project_id"] = other.id
    api.tokens["foreign"] = _token(conn, TokenKind.PERSONAL, foreign.id)
    for name, project_id in (("service", home.id), ("foreign_service", other.id)):
        api.tokens[name] = create_token(
            conn, TokenKind.SERVICE, name, actor_id=admin.id, now=NOW, project_id=project_id, role=Role.ANNOTATOR
        ).secret
    from whorl.datasets.actions import create_dataset

    api.ids["dataset_id"] = create_dataset(conn, home.id, name="pets", actor_id=admin.id, now=NOW).id
    api.ids["person_id"] = foreign.id
    draft = OntologyDraft(labels=[Label(name="cat"), Label(name="dog")])
    save_ontology(conn, home.id, draft, actor_id=admin.id, now=NOW)
    recipe = RecipeDraft(name="boxes", tools=[Tool.BOX])
    api.ids["recipe_id"] = create_recipe(conn, home.id, recipe, actor_id=admin.id, now=NOW).id


def _things(conn: Connection, api: Api) -> None:
    dataset_id, item_id = api.ids["dataset_id"], api.ids["item_id"]
    cat = AnnotationDraft(label="cat", geometry=ClassTag())
    saved = save_annotations(conn, item_id, drafts=[cat], base_revision=1, actor_id="per_x", now=NOW)
    api.ids["annotation_id"] = saved.annotations[0].id
    task = create_task(conn, dataset_id, name="label", kind=TaskKind.LABEL, actor_id="per_x", now=NOW)
    api.ids["task_id"] = task.id
    add_task_items(conn, task.id, [item_id], actor_id="per_x", now=NOW)
    (lease,) = lease_next(conn, task.id, actor_id="per_x", now=NOW)
    submit_item(conn, task.id, item_id, lease_token=lease.lease_token, actor_id="per_x", now=NOW)
    api.ids["assistant_id"] = _assistant(conn, task.id)
    api.ids["issue_id"] = raise_issue(conn, task.id, item_id, "look", actor_id="per_y", now=NOW).id
    view = SavedViewDraft(name="cats", query_text="label:cat")
    api.ids["view_id"] = create_view(conn, api.ids["project_id"], view, actor_id="per_x", now=NOW).id
    api.ids["job_id"] = create_job(
        conn, "import", project_id=api.ids["project_id"], params={}, actor_id="per_x", now=NOW
    )
    api.ids["selection_id"] = _selection(conn, api)
    api.ids["simulation_id"] = _simulation(conn, api)
    api.ids["space_id"] = create_space(conn, api.ids["project_id"], source="hog32-1", is_kept=False, now=NOW).id
    api.ids["map_id"] = _map(conn, api)
    api.ids["duplicate_scan_id"] = _scan(conn, api)
    _models(conn, api)
    api.ids |= {"token_id": "tok_none", "revision": "1", "level": "0", "column": "0", "row": "0", "point": "0"}
    api.ids["frame"] = "0"


def _assistant(conn: Connection, task_id: str) -> str:
    """An assistant that waits."""
    from whorl.assistants.actions import create_assistant
    from whorl.schemas.assistants import AssistantCreate

    return create_assistant(conn, task_id, AssistantCreate(kind="class"), actor_id="per_x", now=NOW)


def _selection(conn: Connection, api: Api) -> str:
    """A selection that holds the one item."""
    from whorl.datasets.queries import find_item_keys
    from whorl.selection.actions import ChosenItem, NewSelection, save_selection

    dataset_key = load_dataset(conn, api.ids["dataset_id"]).key
    (key,) = find_item_keys(conn, [api.ids["item_id"]]).values()
    told: dict[str, JsonValue] = {"count": 1}
    made = NewSelection(
        "sel_one", api.ids["project_id"], dataset_key, 1, "first", "random", {}, told, 0.1, 0, 1, {"why": []}
    )
    save_selection(conn, made, [ChosenItem(key, 0.0, "Drawn at random.")], actor_id="per_x", now=NOW)
    return made.id


def _scan(conn: Connection, api: Api) -> str:
    """A scan for duplicates that found none."""
    from whorl.quality.actions import NewScan, save_scan

    params: dict[str, JsonValue] = {"exact": True, "near": True, "video": False, "hash_distance": 8}
    counts: dict[str, JsonValue] = {"n_items": 1, "n_groups": 0, "n_extra": 0, "extra_bytes": 0, "crossing": 0}
    made = NewScan("dup_one", api.ids["dataset_id"], 1, params, {**counts, "by_kind": {}})
    return save_scan(conn, made, [], actor_id="per_x", now=NOW).id


def _simulation(conn: Connection, api: Api) -> str:
    """A simulation that found nothing."""
    from whorl.selection.simulation.actions import NewSimulation, save_simulation

    numbers: dict[str, JsonValue] = {"n_pool": 1, "n_test": 1, "full_metric": 0.5, "seconds": 1.0}
    lists: dict[str, JsonValue] = {"curves": [], "savings": [], "forecasts": [], "never_below_random": {}}
    words: dict[str, JsonValue] = {"task": "classification", "metric_name": "accuracy", "recommendation": ""}
    made = NewSimulation("sim_one", api.ids["project_id"], "first", {}, {**numbers, **lists, **words})
    save_simulation(conn, made, actor_id="per_x", now=NOW)
    return made.id


def _models(conn: Connection, api: Api) -> None:
    """A model that says it is trained, what was made with it, and a pipeline with a run."""
    from whorl.models import actions as models
    from whorl.models.registration import register_model
    from whorl.pipelines.actions import apply_pipeline, start_run
    from whorl.pipelines.deliveries import NewDelivery, add_deliveries
    from whorl.pipelines.graph import build_graph
    from whorl.pipelines.nodes import node_types

    project_id, dataset_id = api.ids["project_id"], api.ids["dataset_id"]
    wanted = ModelCreate(name="one", architecture="builtin:linear", dataset_id=dataset_id)
    made = register_model(conn, wanted, project_id=project_id, actor_id="per_x", now=NOW)
    models.mark_trained(
        conn, made, folder=made, items_digest="0" * 64, n_items=1, metrics={}, seconds=1.0, actor_id="per_x", now=NOW
    )
    scored = models.NewEvaluation(
        made, load_dataset(conn, dataset_id).key, 1, "0" * 64, 1, "accuracy", 1.0, {}, "0" * 64
    )
    api.ids["model_id"] = made
    api.ids["evaluation_id"] = models.add_evaluation(conn, scored, actor_id="per_x", now=NOW)
    api.ids["comparison_id"] = "cmp_one"
    decided = {"champion_id": None, "challenger_id": made, "dataset_key": scored.dataset_key, "revision": 1}
    known: dict[str, object] = {
        "id": "cmp_one",
        "project_id": project_id,
        "items_digest": "0" * 64,
        "numbers": {},
        "run_id": None,
    }
    conn.execute(comparison.insert().values(**decided, **known, decision="tie", created_at=NOW))
    definition = PipelineDefinition.model_validate(PIPELINE)
    line = apply_pipeline(conn, definition, types=node_types(), project_id=project_id, actor_id="per_x", now=NOW)
    graph = build_graph(definition, node_types())
    begun = {"graph": graph, "pipeline_id": line.id, "version": 1, "target": "raw.item", "cause": "test"}
    start_run(conn, **begun, ref=api.ids["item_id"], now=NOW)  # type: ignore[arg-type]
    api.ids |= {"pipeline_id": line.id, "version": "1", "name": "champion", "node": "raw"}
    api.ids["run_id"] = list_runs(conn, pipeline_id=line.id).items[0].id
    call = NewDelivery(api.ids["item_id"], "http://127.0.0.1:1/", {"event": "item"})
    where = {"project_id": project_id, "pipeline_id": line.id, "node": "raw"}
    (api.ids["delivery_id"],) = add_deliveries(conn, [call], now=NOW, **where)
    _endpoint(conn, api)


def _endpoint(conn: Connection, api: Api) -> None:
    """An endpoint without a model, and a token that is good for it alone."""
    from whorl.base.ids import new_id
    from whorl.schemas.serving import EndpointCreate, FlagRuleWrite, RuleKind
    from whorl.serving.actions import create_endpoint
    from whorl.serving.flag_actions import create_rule
    from whorl.store.db.tables import prediction_log

    project_id = api.ids["project_id"]
    made = create_endpoint(conn, EndpointCreate(name="cats"), project_id=project_id, actor_id="per_x", now=NOW)
    api.ids |= {"endpoint_id": made.id, "endpoint": made.name}
    rule = FlagRuleWrite(kind=RuleKind.REPORT)
    api.ids["flag_rule_id"] = create_rule(conn, made.id, rule, actor_id="per_x", now=NOW).id
    api.ids["prediction_id"] = api.ids["prediction"] = new_id("prediction")
    conn.execute(
        prediction_log.insert().values(
            id=api.ids["prediction_id"],
            endpoint_id=made.id,
            model_id=api.ids["model_id"],
            role="champion",
            at=NOW,
            sha256="0" * 64,
            has_image=False,
            media_type="image/png",
            width=20,
            height=10,
            latency_ms=1.0,
            answer=[],
            metadata={},
        )
    )
    api.tokens["endpoint"] = create_token(
        conn, TokenKind.ENDPOINT, "door", actor_id="per_x", now=NOW, project_id=project_id, endpoint_id=made.id
    ).secret


def _token(conn: Connection, kind: TokenKind, person_id: str) -> str:
    return create_token(conn, kind, "test", actor_id=person_id, now=NOW, person_id=person_id).secret
