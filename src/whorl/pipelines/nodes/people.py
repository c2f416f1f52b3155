"""What every node for people shares: the token waits in a task until a person is done with its item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import Field
from sqlalchemy import Connection

from whorl.base.errors import Conflict, JsonValue
from whorl.pipelines.graph import NodeType
from whorl.pipelines.nodes.base import Committed, NodeContext, Params, PlainNode, park_all
from whorl.pipelines.nodes.fields import Skills
from whorl.pipelines.tokens import Emission, Merged, Parked, Passed, Result, Token
from whorl.schemas.tasks import TaskWork
from whorl.tasks import actions as task_actions
from whorl.tasks import queries as task_queries
from whorl.tasks.rules import ItemStatus, TaskKind, wanted_answers


class PeopleParams(Params):
    """What people are asked to do."""

    dataset: str = Field(
        pattern="^dst_",
        description="Id of the dataset that the items are in.",
        json_schema_extra={"x-whorl": "dataset"},
    )
    task: str = Field(
        min_length=1,
        max_length=200,
        description="Name of the task; made when it does not exist.",
        json_schema_extra={"x-whorl": "task"},
    )
    recipe: str | None = Field(
        default=None,
        pattern="^rcp_",
        description="Id of the recipe that says which tools people have and how to work; without one, every tool.",
        json_schema_extra={"x-whorl": "recipe"},
    )
    lease_seconds: int = Field(
        default=300, ge=10, le=86_400, description="How long a person holds an item without a sign of life."
    )
    skills: Skills = Field(default=(), description="Only people with all of these get the items.")


class PeopleNode(PlainNode):
    """Puts items in a task and keeps their tokens; the event of a finished item lets its token go on."""

    type: NodeType
    kind: TaskKind

    def settings(self, params: PeopleParams) -> Mapping[str, JsonValue]:
        """What the task is to know beside its recipe; nothing unless a node says so."""
        del params
        return {}

    def work(self, params: PeopleParams) -> TaskWork:
        """What people are asked, and who is; everything, unless a node says otherwise."""
        return TaskWork(skills=list(params.skills))

    def reviewed_task(self, params: PeopleParams) -> str | None:
        """Name of the task whose work this one reviews, when it is a review."""
        del params
        return None

    def port_of(self, held: task_actions.StandingItem) -> str:
        """The port for an item that the task is done with already."""
        return "discarded" if held.status == ItemStatus.DISCARDED else next(iter(self.type.outputs))

    def run(self, tokens: Sequence[Token], context: NodeContext) -> Sequence[Result]:
        """People take their time: park."""
        del context
        return park_all(tokens)

    def commit(
        self, conn: Connection, tokens: Sequence[Token], results: Sequence[Result], context: NodeContext
    ) -> Committed:
        """Put the items in the task, each with the way back to its token.

        An item that the task has already keeps the way back of the token that came first: a later one of the same
        journey is merged with it, one of another journey ends here. An item that the task is done with passes on.
        """
        task_id = self._find_or_create_task(conn, context)
        first: dict[str, Token] = {}
        for token in tokens:
            first.setdefault(token.ref, token)
        standing = task_actions.attach_task_items(
            conn, task_id, {ref: _way_back(token, context) for ref, token in first.items()}
        )
        fresh = [token for ref, token in first.items() if ref not in standing]
        task_actions.add_task_items(
            conn,
            task_id,
            [token.ref for token in fresh],
            actor_id=context.actor_id,
            now=context.now(),
            return_to={token.ref: _way_back(token, context) for token in fresh},
        )
        return Committed(
            [
                result
                if token is first[token.ref] and token.ref not in standing
                else self._meet(token, first, standing)
                for token, result in zip(tokens, results, strict=True)
            ]
        )

    def _meet(
        self, token: Token, first: Mapping[str, Token], standing: Mapping[str, task_actions.StandingItem]
    ) -> Result:
        """What becomes of a token whose item the task has already."""
        other = first[token.ref]
        held = standing.get(token.ref)
        if held is not None and held.is_attached and token is other:
            return Parked()
        if held is not None and held.is_finished:
            output: dict[str, JsonValue] = {"was_there": held.status}
            if held.answer is not None:
                output["answer"] = held.answer
            return Passed((Emission(self.port_of(held), token.ref),), output=output)
        if held is None or held.is_attached:
            holder: tuple[JsonValue, JsonValue] = (other.run_key, other.epoch)
        else:
            holder = (held.return_to.get("run_key"), held.return_to.get("epoch"))
        if holder == (token.run_key, token.epoch):
            return Merged()
        return Passed((), output={"ended": "another journey waits for this item"})

    def _find_or_create_task(self, conn: Connection, context: NodeContext) -> str:
        """The id of the node's task, which is made when the first item arrives and follows the node's parameters."""
        params = context.params
        assert isinstance(params, PeopleParams)
        settings = self.settings(params)
        found = task_queries.find_task(conn, context.project_id, params.task)
        if found is not None:
            if found.kind != self.kind.value:
                raise Conflict(
                    f"the task {params.task!r} is a {found.kind} task; "
                    f"node {context.node!r} needs a {self.kind.value} task",
                    hint="Name another task in the node's parameters.",
                )
            if wanted_answers(found.settings) > 1 and "answers" not in settings:
                raise Conflict(
                    f"the task {params.task!r} wants several answers for each item; node {context.node!r} takes one",
                    hint="Use a consensus node, or name another task.",
                )
            task_actions.set_work(
                conn,
                found,
                recipe_id=params.recipe,
                settings=settings,
                work=self.work(params),
                actor_id=context.actor_id,
                now=context.now(),
            )
            return found.id
        name = self.reviewed_task(params)
        reviewed = None if name is None else task_queries.find_task(conn, context.project_id, name)
        return task_actions.create_task(
            conn,
            params.dataset,
            name=params.task,
            kind=self.kind,
            actor_id=context.actor_id,
            now=context.now(),
            recipe_id=params.recipe,
            reviews_task_id=None if reviewed is None else reviewed.id,
            lease_seconds=params.lease_seconds,
            settings=settings,
            work=self.work(params),
        ).id


def _way_back(token: Token, context: NodeContext) -> dict[str, JsonValue]:
    return {
        "pipeline": context.pipeline_id,
        "version": context.version,
        "node": context.node,
        "run_key": token.run_key,
        "ref": token.ref,
        "epoch": token.epoch,
        "port": token.port,
        "values": dict(token.values),
    }
