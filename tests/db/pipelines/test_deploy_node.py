"""deploy: a model that answers is served; one that does not, leaves by `failed` and replaces nobody."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import ValidationError
from tests.api.serving_models import add_model, write_model, write_module

from whorl.pipelines.nodes.deploy import DeployNode, DeployParams
from whorl.pipelines.tokens import Passed
from whorl.schemas.serving import Endpoint, ServingRole
from whorl.serving.queries import find_endpoint, get_endpoint
from whorl.testing.nodes import NodeBench, node_bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeBench]:
    modules = tmp_path_factory.mktemp("modules")
    write_module(modules)
    with pytest.MonkeyPatch.context() as patch, node_bench() as made:
        patch.setenv("PYTHONPATH", str(modules))
        yield made


def model(bench: NodeBench, function: str, *, status: str = "trained") -> str:
    made = bench.services.db.write(lambda conn: add_model(conn, bench.project_id, function, status=status))
    write_model(bench.services.models_path, made, function)
    return made


def deploy(bench: NodeBench, model_id: str, **params: object) -> tuple[str, Passed]:
    """Run the node on one model; gives the port it left by, and its result."""
    node, wanted = DeployNode(), DeployParams.model_validate({"endpoint": "line", **params})
    context, tokens = bench.context(wanted), bench.tokens(node, [model_id])
    results = node.run(tokens, context)
    (result,) = bench.services.db.write(lambda conn: node.commit(conn, tokens, results, context)).results
    assert isinstance(result, Passed)
    return result.emissions[0].port, result


def endpoint(bench: NodeBench) -> Endpoint:
    with bench.services.db.read() as conn:
        found = find_endpoint(conn, "line")
        assert found is not None
        return get_endpoint(conn, found[0])


def test_deploy__opens_the_endpoint_and_switches_it(bench: NodeBench) -> None:
    bright, dark = model(bench, "bright"), model(bench, "dark")
    port, result = deploy(bench, bright)
    assert (port, result.output["endpoint"], endpoint(bench).model_id) == ("model", "line", bright)
    assert deploy(bench, dark, role="canary", share=0.2)[0] == "model"
    held = endpoint(bench)
    assert (held.model_id, held.canary_id, held.canary_share) == (bright, dark, 0.2)
    assert deploy(bench, dark)[0] == "model"
    assert (endpoint(bench).model_id, endpoint(bench).canary_id) == (dark, None)


def test_deploy__what_does_not_answer_leaves_by_failed(bench: NodeBench) -> None:
    good = model(bench, "bright")
    deploy(bench, good)
    said = {
        "Broken": deploy(bench, model(bench, "Broken")),
        "untrained": deploy(bench, model(bench, "dark", status="created")),
        "gone": deploy(bench, "mdl_none"),
        "none": deploy(bench, "none"),
    }
    assert {name: port for name, (port, _) in said.items()} == dict.fromkeys(said, "failed")
    assert "weights are of another model" in str(said["Broken"][1].output["error"])
    assert endpoint(bench).model_id == good


def test_params__roles_and_shares_are_checked() -> None:
    assert DeployParams(endpoint="a-b").role is ServingRole.CHAMPION
    for wrong in ({"endpoint": "A b"}, {"endpoint": "a", "share": 2}, {"endpoint": "a", "role": "king"}, {}):
        with pytest.raises(ValidationError):
            DeployParams.model_validate(wrong)
