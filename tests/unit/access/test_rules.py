"""The policy table."""

from __future__ import annotations

import pytest

from whorl.access.rules import (
    ANONYMOUS,
    ENDPOINT_TOKEN_ACTIONS,
    INSTANCE_ACTIONS,
    POLICY,
    Action,
    Actor,
    ActorKind,
    Role,
    is_allowed,
    may_grant,
    require,
    roles_for,
)
from whorl.base.errors import Forbidden, NotFound, Unauthenticated

PROJECT = "prj_a"


def _member(role: Role) -> Actor:
    return Actor(id="per_a", kind=ActorKind.PERSON, roles={PROJECT: role})


def test_policy__each_role_has_all_that_the_weaker_one_has() -> None:
    sets = [POLICY[role] for role in Role]
    assert all(weaker < stronger for stronger, weaker in zip(sets, sets[1:], strict=False))


def test_policy__owner_has_every_project_action() -> None:
    assert set(Action) - INSTANCE_ACTIONS == POLICY[Role.OWNER]


def test_policy__a_viewer_only_reads() -> None:
    assert {action for action in POLICY[Role.VIEWER] if not action.endswith(".read")} == set()


@pytest.mark.parametrize("action", sorted(set(Action) - {Action.PUBLIC}))
def test_require__nobody_signed_in(action: Action) -> None:
    with pytest.raises(Unauthenticated, match="sign in first"):
        require(ANONYMOUS, action, PROJECT)


@pytest.mark.parametrize("action", sorted(set(Action) - INSTANCE_ACTIONS))
def test_require__stranger_is_told_that_there_is_nothing(action: Action) -> None:
    with pytest.raises(NotFound, match="no such project"):
        require(_member(Role.OWNER), action, "prj_b")


def test_require__too_weak_names_the_roles_that_may() -> None:
    with pytest.raises(Forbidden, match=r"not allowed: task.write \(you are annotator\)") as raised:
        require(_member(Role.ANNOTATOR), Action.TASK_WRITE, PROJECT)
    assert raised.value.hint == "Roles that may: owner, manager. Ask an owner of the project."


def test_require__a_project_action_without_a_project_is_refused_even_for_an_admin() -> None:
    admin = Actor(id="per_a", kind=ActorKind.PERSON, is_admin=True)
    with pytest.raises(NotFound):
        require(admin, Action.TASK_READ, None)


def test_is_allowed__admin_is_owner_everywhere() -> None:
    admin = Actor(id="per_a", kind=ActorKind.PERSON, is_admin=True)
    assert all(is_allowed(admin, action, "prj_any") for action in Action)


def test_is_allowed__projects_are_made_by_people_who_lead_one() -> None:
    allowed = [role for role in Role if is_allowed(_member(role), Action.PROJECT_CREATE)]
    assert allowed == [Role.OWNER, Role.MANAGER]
    service = Actor(id="tok_a", kind=ActorKind.SERVICE, roles={PROJECT: Role.OWNER})
    assert not is_allowed(service, Action.PROJECT_CREATE)


def test_is_allowed__a_token_of_an_endpoint_asks_that_endpoint_and_does_nothing_else() -> None:
    door = Actor(id="tok_a", kind=ActorKind.SERVICE, endpoint_id="end_a")
    allowed = {action for action in Action if is_allowed(door, action, PROJECT, endpoint_id="end_a")}
    assert allowed == ENDPOINT_TOKEN_ACTIONS | {Action.PUBLIC}
    assert {action for action in Action if is_allowed(door, action, PROJECT, endpoint_id="end_b")} == {Action.PUBLIC}
    with pytest.raises(Forbidden, match="this token is for asking one endpoint"):
        require(door, Action.ENDPOINT_READ, PROJECT, endpoint_id="end_a")
    with pytest.raises(NotFound):
        require(door, Action.ENDPOINT_PREDICT, PROJECT, endpoint_id="end_b")


def test_roles_for() -> None:
    assert roles_for(Action.TASK_REVIEW) == [Role.OWNER, Role.MANAGER, Role.REVIEWER]


@pytest.mark.parametrize(
    ("granter", "role", "expected"),
    [
        (Role.OWNER, Role.OWNER, True),
        (Role.MANAGER, Role.OWNER, False),
        (Role.MANAGER, Role.MANAGER, True),
        (Role.MANAGER, Role.VIEWER, True),
        (Role.REVIEWER, Role.VIEWER, False),
    ],
)
def test_may_grant(granter: Role, role: Role, expected: bool) -> None:
    assert may_grant(granter, role) is expected
