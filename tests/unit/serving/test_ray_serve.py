"""An endpoint's models in a replica of Ray Serve answer as Whorl's own host does."""

from __future__ import annotations

import importlib.util
import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from tests.api.serving_models import picture, write_model, write_module

from whorl.base.errors import MissingDependency
from whorl.schemas.serving import EndpointAnswer
from whorl.serving.ray_serve import Replica, ServedFolders, build_app

HAS_SERVE = all(importlib.util.find_spec(name) is not None for name in ("ray", "grpc_reflection", "aiohttp"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedFolders]:
    root = tmp_path_factory.mktemp("models")
    write_module(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(root))
        for name in ("bright", "dark"):
            write_model(root, name, name)
        yield ServedFolders(("bright", str(root / "bright")), ("dark", str(root / "dark")), canary_share=0.5)


def test_replica__answers_each_image_by_itself(served: ServedFolders) -> None:
    images = [picture(level=level, kind="PNG") for level in range(1, 250, 20)]
    found = Replica(served).answer([*images, b"junk", b""])
    assert [one.status for one in found] == [200] * len(images) + [422, 422]
    answers = [EndpointAnswer.model_validate_json(one.body) for one in found[: len(images)]]
    assert {(one.model_id, one.role.value) for one in answers} == {("bright", "champion"), ("dark", "canary")}
    assert json.loads(found[-2].body)["code"] == "unreadable_media"


@pytest.mark.skipif(HAS_SERVE, reason="Ray Serve is installed")
@pytest.mark.filterwarnings("ignore")  # of Ray's own import
def test_build_app__without_ray_serve_says_what_to_install(served: ServedFolders) -> None:
    with pytest.raises(MissingDependency, match="needs Ray Serve"):
        build_app("cells", served)


@pytest.mark.slow
@pytest.mark.skipif(not HAS_SERVE, reason="needs whorl[ray-serve]")
@pytest.mark.filterwarnings("ignore")
def test_build_app__answers_over_http_on_one_node(served: ServedFolders) -> None:
    import ray
    from ray import serve

    ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False)
    try:
        serve.start(http_options={"host": "127.0.0.1", "port": 8643})
        serve.run(build_app("cells", served, cpus=0.5), name="cells", route_prefix="/cells")
        request = urllib.request.Request("http://127.0.0.1:8643/cells", data=picture(), method="POST")
        with urllib.request.urlopen(request, timeout=60) as response:
            answer = EndpointAnswer.model_validate_json(response.read())
        assert (answer.width, answer.height) == (32, 32)
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(request.full_url, data=b"junk", method="POST"), timeout=60)
        assert refused.value.code == 422
    finally:
        serve.shutdown()
        ray.shutdown()
