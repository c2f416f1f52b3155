"""What control nodes take, and which names are kept for later."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from whorl.pipelines.graph import find_problems
from whorl.pipelines.nodes import node_types
from whorl.pipelines.nodes.notify import NotifyParams
from whorl.schemas.pipelines import PipelineDefinition

RESERVED = ["audit_sample", "auto_accept", "detect_drift", "find_errors"]


def test_reserved__names_are_known() -> None:
    assert sorted(name for name, one in node_types().items() if one.is_reserved) == RESERVED


@pytest.mark.parametrize("name", RESERVED)
def test_reserved__a_pipeline_with_one_is_refused_with_the_reason(name: str) -> None:
    body = {"name": "later", "nodes": [{"id": "one", "type": name}], "edges": []}
    problems = list(find_problems(PipelineDefinition.model_validate(body), node_types()))
    assert [one.code for one in problems if one.code != "unfed_input"] == ["reserved_type"]
    assert f"{name!r} comes with a later version" in problems[0].message
    assert node_types()[name].description.startswith("Comes with ")


@pytest.mark.parametrize("link", [None, "/", "/p/prj_1/tasks", "https://example.org/a?b=c", "http://intranet/x"])
def test_notify__takes_links(link: str | None) -> None:
    assert NotifyParams(message="look", link=link, level="warning").link == link


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "//evil.example", "/\\evil.example", "data:text/html,x", "p/x", "https://", " /p"]
)
def test_notify__refuses_links_that_lead_elsewhere(link: str) -> None:
    with pytest.raises(ValidationError):
        NotifyParams(message="look", link=link)
