"""The champion: which model a project uses now, who came before, deploying one and going back.

It is written in a pipeline's variable of type model, or, in a project without one, in the project's own settings.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from whorl.access.actions import update_project
from whorl.access.queries import get_project
from whorl.base.errors import Conflict, InvalidInput, JsonValue
from whorl.models.queries import check_may_serve, get_model
from whorl.pipelines import queries
from whorl.pipelines.actions import set_variable
from whorl.schemas.models import Champion
from whorl.schemas.pipelines import VariableType
from whorl.serving.actions import follow_champion
from whorl.store.events import emit

CHAMPION = "champion"
ROLLBACK = "rollback"
"""The cause of a change that goes back: it is not itself something to go back to."""


def list_champions(conn: Connection, project_id: str) -> list[Champion]:
    """Every place where the project's champion is written: pipelines' model variables, else the project's setting."""
    places = [
        Champion(
            pipeline_id=pipeline.id,
            pipeline_name=pipeline.name,
            variable=variable.name,
            model_id=_as_model(pipeline.variables.get(variable.name)),
        )
        for pipeline in queries.list_pipelines(conn, project_id=project_id)
        for variable in pipeline.definition.variables
        if variable.type is VariableType.MODEL
    ]
    if places:
        return places
    held = get_project(conn, project_id).settings.get(CHAMPION)
    return [Champion(pipeline_id=None, pipeline_name=None, variable=CHAMPION, model_id=_as_model(held))]


def deploy_model(
    conn: Connection,
    model_id: str,
    *,
    actor_id: str,
    now: datetime,
    pipeline_id: str | None = None,
    variable: str | None = None,
    cause: str | None = None,
) -> Champion:
    """Make a trained model the champion.

    Args:
        pipeline_id: Where, when several pipelines have a champion.
        variable: Which variable, when the pipeline has several.
        cause: What led to it, such as a comparison's id.

    Raises:
        Conflict: The model is not trained.
        InvalidInput: Several places fit.
        ModelError: It is a variant that was never evaluated.
    """
    model = get_model(conn, model_id)
    if model.status != "trained":
        raise Conflict(f"model {model.name!r} is not trained: {model.status}", hint="Train it first.")
    check_may_serve(conn, model_id)
    place = _choose(list_champions(conn, model.project_id), pipeline_id, variable)
    if place.model_id != model_id:
        write_champion(conn, place, model_id, project_id=model.project_id, actor_id=actor_id, now=now, cause=cause)
    return place.model_copy(update={"model_id": model_id})


def roll_back(
    conn: Connection,
    model_id: str,
    *,
    actor_id: str,
    now: datetime,
    pipeline_id: str | None = None,
    variable: str | None = None,
) -> Champion:
    """Make the champion before this one the champion again.

    Raises:
        Conflict: The model is not the champion, or there was none before it.
        InvalidInput: It is the champion in several places.
    """
    model = get_model(conn, model_id)
    places = [one for one in list_champions(conn, model.project_id) if one.model_id == model_id]
    if not places:
        raise Conflict(f"model {model.name!r} is not the champion", hint="Only the champion can be rolled back.")
    place = _choose(places, pipeline_id, variable)
    before = _predecessors(conn, model.project_id, place)
    if not before:
        raise Conflict(f"there was no champion before {model.name!r}", hint="Deploy another model instead.")
    write_champion(conn, place, before[-1], project_id=model.project_id, actor_id=actor_id, now=now, cause=ROLLBACK)
    return place.model_copy(update={"model_id": before[-1]})


def write_champion(
    conn: Connection,
    place: Champion,
    model_id: str,
    *,
    project_id: str,
    actor_id: str,
    now: datetime,
    cause: str | None = None,
) -> None:
    """Write a model down as the champion; endpoints that follow the place serve it."""
    if place.pipeline_id is not None:
        set_variable(
            conn, place.pipeline_id, name=place.variable, value=model_id, actor_id=actor_id, now=now, cause=cause
        )
        return
    settings = get_project(conn, project_id).settings
    update_project(conn, project_id, settings={**settings, CHAMPION: model_id}, actor_id=actor_id, now=now)
    emit(
        conn,
        "variable.changed",
        project_id=project_id,
        subject_id=project_id,
        actor_id=actor_id,
        now=now,
        payload={"name": CHAMPION, "value": model_id, "previous": place.model_id},
        cause=cause,
    )
    follow_champion(
        conn,
        project_id=project_id,
        pipeline_id=None,
        variable=CHAMPION,
        model_id=model_id,
        actor_id=actor_id,
        now=now,
        cause=cause,
    )


def _predecessors(conn: Connection, project_id: str, place: Champion) -> list[str]:
    """The champions that going back leads through, the next last."""
    before: list[str] = []
    changes = queries.list_variable_changes(conn, project_id=project_id, subject_id=place.pipeline_id or project_id)
    for change in changes:
        if change.name != place.variable:
            continue
        if change.cause == ROLLBACK:
            before = before[:-1]
        elif (previous := _as_model(change.previous)) is not None and change.previous != change.value:
            before.append(previous)
    return before


def _choose(places: list[Champion], pipeline_id: str | None, variable: str | None) -> Champion:
    fitting = [one for one in places if pipeline_id in (None, one.pipeline_id) and variable in (None, one.variable)]
    named = [one for one in fitting if one.variable == CHAMPION]
    if len(fitting) != 1 and len(named) == 1:
        fitting = named
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f"{one.pipeline_name or 'the project'} ({one.variable})" for one in places)
    if not fitting:
        raise InvalidInput("no such place for a champion", hint=f"There is: {known}.")
    raise InvalidInput("which champion? There are several", hint=f"Name the pipeline and variable: {known}.")


def _as_model(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
