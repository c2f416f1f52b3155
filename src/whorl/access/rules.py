"""The one policy: which role may take which action. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from whorl.base.errors import Forbidden, NotFound, Unauthenticated


class Role(StrEnum):
    """What somebody is in a project, strongest first."""

    OWNER = "owner"
    MANAGER = "manager"
    REVIEWER = "reviewer"
    ANNOTATOR = "annotator"
    VIEWER = "viewer"


class ActorKind(StrEnum):
    """Who a request comes from."""

    ANONYMOUS = "anonymous"
    PERSON = "person"
    SERVICE = "service"


class TokenKind(StrEnum):
    """What a token is for."""

    SESSION = "session"
    PERSONAL = "personal"
    SERVICE = "service"
    LAUNCH = "launch"
    ENDPOINT = "endpoint"


class Action(StrEnum):
    """Everything a route can do. The first group needs no project."""

    PUBLIC = "public"
    SELF = "self"
    PROJECT_CREATE = "project.create"
    PEOPLE_MANAGE = "people.manage"
    METRICS_READ = "metrics.read"

    PROJECT_READ = "project.read"
    PROJECT_UPDATE = "project.update"
    MEMBER_READ = "member.read"
    MEMBER_WRITE = "member.write"
    TOKEN_MANAGE = "token.manage"
    AUDIT_READ = "audit.read"
    ONTOLOGY_READ = "ontology.read"
    ONTOLOGY_WRITE = "ontology.write"
    DATASET_READ = "dataset.read"
    DATASET_WRITE = "dataset.write"
    VIEW_WRITE = "view.write"
    ITEM_READ = "item.read"
    ITEM_WRITE = "item.write"
    ANNOTATION_READ = "annotation.read"
    ANNOTATION_WRITE = "annotation.write"
    ANNOTATION_PROMOTE = "annotation.promote"
    TASK_READ = "task.read"
    TASK_WRITE = "task.write"
    TASK_WORK = "task.work"
    TASK_REVIEW = "task.review"
    MODEL_READ = "model.read"
    MODEL_WRITE = "model.write"
    MODEL_PREDICT = "model.predict"
    ENDPOINT_READ = "endpoint.read"
    ENDPOINT_WRITE = "endpoint.write"
    ENDPOINT_PREDICT = "endpoint.predict"
    ENDPOINT_FEEDBACK = "endpoint.feedback"
    PIPELINE_READ = "pipeline.read"
    PIPELINE_WRITE = "pipeline.write"
    PIPELINE_RUN = "pipeline.run"
    JOB_READ = "job.read"
    JOB_WRITE = "job.write"
    EVENT_READ = "event.read"


INSTANCE_ACTIONS = frozenset(
    {Action.PUBLIC, Action.SELF, Action.PROJECT_CREATE, Action.PEOPLE_MANAGE, Action.METRICS_READ}
)

_VIEWER = frozenset(
    {
        Action.PROJECT_READ,
        Action.MEMBER_READ,
        Action.ONTOLOGY_READ,
        Action.DATASET_READ,
        Action.ITEM_READ,
        Action.ANNOTATION_READ,
        Action.TASK_READ,
        Action.MODEL_READ,
        Action.ENDPOINT_READ,
        Action.PIPELINE_READ,
        Action.JOB_READ,
        Action.EVENT_READ,
    }
)
_ANNOTATOR = _VIEWER | {Action.TASK_WORK, Action.MODEL_PREDICT, Action.ENDPOINT_PREDICT, Action.ENDPOINT_FEEDBACK}
_REVIEWER = _ANNOTATOR | {Action.TASK_REVIEW, Action.ANNOTATION_WRITE, Action.VIEW_WRITE}
_MANAGER = _REVIEWER | {
    Action.PROJECT_UPDATE,
    Action.MEMBER_WRITE,
    Action.ONTOLOGY_WRITE,
    Action.DATASET_WRITE,
    Action.ITEM_WRITE,
    Action.ANNOTATION_PROMOTE,
    Action.TASK_WRITE,
    Action.MODEL_WRITE,
    Action.ENDPOINT_WRITE,
    Action.PIPELINE_WRITE,
    Action.PIPELINE_RUN,
    Action.JOB_WRITE,
}
_OWNER = _MANAGER | {Action.TOKEN_MANAGE, Action.AUDIT_READ}

POLICY: Mapping[Role, frozenset[Action]] = MappingProxyType(
    {
        Role.OWNER: _OWNER,
        Role.MANAGER: _MANAGER,
        Role.REVIEWER: _REVIEWER,
        Role.ANNOTATOR: _ANNOTATOR,
        Role.VIEWER: _VIEWER,
    }
)
ENDPOINT_TOKEN_ACTIONS = frozenset({Action.ENDPOINT_PREDICT, Action.ENDPOINT_FEEDBACK})
"""What a token of an endpoint may do, there and nowhere else."""
_STRENGTH = {role: len(Role) - index for index, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who a request comes from.

    Attributes:
        id: Public id of the person, or of the service token.
        roles: Role by project id; an admin is an owner everywhere and needs none.
        token_id: The token that came with the request, to revoke on logout.
        is_local: The request holds this launch's own token or a session made from it.
        endpoint_id: The one endpoint that a token of an endpoint is for; such an actor has no role anywhere.
    """

    id: str
    kind: ActorKind
    name: str = ""
    is_admin: bool = False
    roles: Mapping[str, Role] = field(default_factory=dict)
    token_id: str | None = None
    is_local: bool = False
    endpoint_id: str | None = None

    def role_in(self, project_id: str) -> Role | None:
        """The actor's role in a project, or None for a stranger."""
        return Role.OWNER if self.is_admin else self.roles.get(project_id)


ANONYMOUS = Actor(id="", kind=ActorKind.ANONYMOUS)
MONITOR = Actor(id="monitor", kind=ActorKind.SERVICE, name="monitor")
"""Reads the server's numbers and nothing else."""


def is_allowed(actor: Actor, action: Action, project_id: str | None = None, *, endpoint_id: str | None = None) -> bool:
    """Whether the actor may take the action, in the project when the action needs one.

    Args:
        endpoint_id: The endpoint acted upon, for tokens that are good for one endpoint alone.
    """
    if action is Action.PUBLIC:
        return True
    if actor.kind is ActorKind.ANONYMOUS:
        return False
    if actor.endpoint_id is not None:
        return action in ENDPOINT_TOKEN_ACTIONS and endpoint_id == actor.endpoint_id
    if action is Action.METRICS_READ:
        return actor.is_admin or actor is MONITOR
    if actor is MONITOR:
        return False
    if action is Action.SELF:
        return True
    if action is Action.PEOPLE_MANAGE:
        return actor.is_admin
    if action is Action.PROJECT_CREATE:
        leads = {Role.OWNER, Role.MANAGER}
        return actor.is_admin or (actor.kind is ActorKind.PERSON and not leads.isdisjoint(actor.roles.values()))
    role = actor.role_in(project_id) if project_id else None
    return role is not None and action in POLICY[role]


def require(actor: Actor, action: Action, project_id: str | None = None, *, endpoint_id: str | None = None) -> None:
    """Let the actor pass, or raise.

    Args:
        project_id: The project acted upon; None for instance actions.
        endpoint_id: The endpoint acted upon, if it is one.

    Raises:
        Unauthenticated: Nobody is signed in.
        NotFound: The actor has no role in the project.
        Forbidden: The actor's role does not allow the action.
    """
    if is_allowed(actor, action, project_id, endpoint_id=endpoint_id):
        return
    if actor.kind is ActorKind.ANONYMOUS:
        raise Unauthenticated(
            "sign in first: no valid token came with the request",
            hint="Send `Authorization: Bearer <token>`, or open the link that `whorl up` printed.",
        )
    if actor.endpoint_id is not None and (action in INSTANCE_ACTIONS or endpoint_id == actor.endpoint_id):
        raise Forbidden(
            f"not allowed: {action} (this token is for asking one endpoint)",
            hint="Use a person's or a service's token for everything else.",
        )
    if action not in INSTANCE_ACTIONS and (project_id is None or actor.role_in(project_id) is None):
        raise NotFound("no such project, or it is not yours to see")
    role = actor.role_in(project_id) if project_id else None
    raise Forbidden(
        f"not allowed: {action} (you are {role or 'no admin'})",
        hint=f"Roles that may: {', '.join(roles_for(action)) or 'the admin'}. Ask an owner of the project.",
    )


def roles_for(action: Action) -> list[Role]:
    """The roles that may take an action, strongest first."""
    return [role for role, actions in POLICY.items() if action in actions]


def may_grant(granter: Role, role: Role) -> bool:
    """Whether somebody with one role may give or take away another: never above their own."""
    return Action.MEMBER_WRITE in POLICY[granter] and _STRENGTH[granter] >= _STRENGTH[role]
