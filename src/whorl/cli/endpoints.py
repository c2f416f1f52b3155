"""``whorl endpoints``: open endpoints, say who serves, ask them, read their numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.cli import production
from whorl.cli.connected import ProjectOption, Session, connected
from whorl.cli.params import parse_params
from whorl.schemas.serving import EndpointSettings, ServingRole

if TYPE_CHECKING:
    from whorl.sdk.client import Project
    from whorl.sdk.endpoints import Endpoint

PANEL = "Production"
COLUMNS = ("name", "model_id", "canary_id", "canary_share", "shadow_id", "is_on", "problem")
POINT_COLUMNS = ("role", "model_id", "requests", "errors", "dropped", "mean_ms", "p50_ms", "p99_ms")
TOKEN_COLUMNS = ("id", "name", "created_at", "expires_at")
EndpointArgument = Annotated[str, typer.Argument(help="Its name or id.")]
FlaggedOption = Annotated[
    str | None,
    typer.Option("--dataset", "-d", help="Where flagged traffic becomes items; made when there is none."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    endpoints = typer.Typer(help="Serve models under an address, and ask them.", no_args_is_help=True)
    for name, command in (
        ("create", create),
        ("list", list_endpoints),
        ("show", show),
        ("change", change),
        ("serve", serve),
        ("rollback", roll_back),
        ("predict", predict),
        ("metrics", metrics),
        ("tokens", tokens),
        ("on", switch_on),
        ("off", switch_off),
        ("delete", delete),
    ):
        endpoints.command(name)(connected(command))
    production.add_commands(endpoints)
    app.add_typer(endpoints, name="endpoints", rich_help_panel=PANEL)


def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="Small letters, digits and dashes: part of its address.")],
    project: ProjectOption = None,
    model: Annotated[str | None, typer.Option("--model", help="Name or id of the model that answers.")] = None,
    follow: Annotated[
        str | None, typer.Option("--follow", help="Variable whose champion is served, now and after each change.")
    ] = None,
    pipeline: Annotated[str | None, typer.Option("--pipeline", help="Name or id of the variable's pipeline.")] = None,
    dataset: FlaggedOption = None,
) -> None:
    """Open an endpoint.

    Example: `whorl endpoints create cells --model tinydet`
    """
    owner = session.project(project)
    made = owner.endpoints.create(
        name,
        model_id=None if model is None else owner.models.get(model).id,
        pipeline_id=None if pipeline is None else owner.pipelines.get(pipeline).id,
        variable=follow,
        dataset_id=_dataset_for(owner, dataset),
    )
    _show(session, made)


def list_endpoints(session: Session, project: ProjectOption = None) -> None:
    """List the endpoints of a project, newest first.

    Example: `whorl endpoints list`
    """
    found = [one.info for one in session.project(project).endpoints.list()]
    session.out.rows(COLUMNS, found, empty="no endpoint yet: `whorl endpoints create NAME --model MODEL`")


def show(session: Session, endpoint: EndpointArgument, project: ProjectOption = None) -> None:
    """Show an endpoint, its settings, and how to ask it.

    Example: `whorl endpoints show cells`
    """
    _show(session, _find(session, project, endpoint))


def change(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    dataset: FlaggedOption = None,
    setting: Annotated[
        list[str] | None, typer.Option("--set", help="A setting, such as log_share=0.1; null for none; repeatable.")
    ] = None,
) -> None:
    """Change how an endpoint answers, what it remembers, and where flagged images go.

    Example: `whorl endpoints change cells --dataset production --set log_share=0.1 --set keep_images=false`
    """
    given = parse_params(setting or [], option="--set log_share=0.1")
    if not given and dataset is None:
        raise InvalidInput("nothing to change", hint="Give --dataset NAME or --set NAME=VALUE.")
    found = _find(session, project, endpoint)
    settings = _settings(found.info.settings, given)
    dataset_id = _dataset_for(session.project(project), dataset)
    _show(session, found.update(dataset_id=dataset_id, settings=settings if given else None))


def serve(
    session: Session,
    endpoint: EndpointArgument,
    model: Annotated[str, typer.Argument(help="Name or id; `none` takes the role away.")],
    project: ProjectOption = None,
    role: Annotated[ServingRole, typer.Option("--role", help="What it does there.")] = ServingRole.CHAMPION,
    share: Annotated[float, typer.Option("--share", min=0, max=1, help="Of the images, for a canary.")] = 0.1,
) -> None:
    """Give a model a role at an endpoint. It is loaded and warmed before it answers; no request is dropped.

    Example: `whorl endpoints serve cells tinydet --role canary --share 0.1`
    """
    owner = session.project(project)
    model_id = None if model == "none" else owner.models.get(model).id
    _show(session, owner.endpoints.get(endpoint).serve(model_id, role=role, share=share))


def roll_back(session: Session, endpoint: EndpointArgument, project: ProjectOption = None) -> None:
    """Serve the champion before this one again.

    Example: `whorl endpoints rollback cells`
    """
    _show(session, _find(session, project, endpoint).roll_back())


def predict(
    session: Session,
    endpoint: EndpointArgument,
    images: Annotated[list[Path], typer.Argument(help="Image files.")],
    metadata: Annotated[
        list[str] | None, typer.Option("--metadata", "-m", help="What is known, such as camera=a; repeatable.")
    ] = None,
) -> None:
    """Ask an endpoint about images; a token of the endpoint is enough.

    Example: `whorl endpoints predict cells image.jpg --metadata camera=a`
    """
    door = session.client.endpoint(endpoint)
    known = dict(_pair(one) for one in metadata or [])
    answers = [(path, door.predict(path, metadata=known)) for path in images]
    if session.out.as_json:
        print(json.dumps([{"image": str(path), **answer.model_dump(mode="json")} for path, answer in answers]))
        return
    rows = [
        [path.name, one.label, "" if one.confidence is None else f"{one.confidence:.2f}", one.geometry.type]
        for path, answer in answers
        for one in answer.annotations
    ]
    session.out.cells(("image", "label", "confidence", "kind"), rows)
    if not rows:
        session.out.note("nothing found on any of them")


def metrics(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    minutes: Annotated[int, typer.Option("--minutes", min=1, help="How far back.")] = 60,
) -> None:
    """Requests, errors and latency by model and role.

    Example: `whorl endpoints metrics cells --minutes 60`
    """
    found = _find(session, project, endpoint).metrics(minutes=minutes)
    if session.out.as_json:
        session.out.facts(found)
        return
    session.out.rows(POINT_COLUMNS, found.totals, empty=f"nobody asked in the last {minutes} minutes")


def tokens(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    create: Annotated[str | None, typer.Option("--create", help="Make one with this name; shows its secret.")] = None,
    revoke: Annotated[str | None, typer.Option("--revoke", help="Make the one with this id useless.")] = None,
    expires_in_days: Annotated[int | None, typer.Option("--expires-in-days", min=1, help="For --create.")] = None,
) -> None:
    """List the tokens that may ask one endpoint and do nothing else, make one, or revoke one.

    Example: `whorl endpoints tokens cells --create line-3`
    """
    found = _find(session, project, endpoint)
    if create is not None:
        made = found.create_token(create, expires_in_days=expires_in_days)
        session.out.facts({"id": made.token.id, "name": made.token.name, "secret": made.secret})
        session.out.note("the secret is not shown again")
        return
    if revoke is not None:
        found.revoke_token(revoke)
    session.out.rows(TOKEN_COLUMNS, found.tokens(), empty="no token yet: --create NAME makes one")


def switch_on(session: Session, endpoint: EndpointArgument, project: ProjectOption = None) -> None:
    """Let an endpoint answer again.

    Example: `whorl endpoints on cells`
    """
    _show(session, _find(session, project, endpoint).update(is_on=True))


def switch_off(session: Session, endpoint: EndpointArgument, project: ProjectOption = None) -> None:
    """Let an endpoint answer nobody, and keep everything else.

    Example: `whorl endpoints off cells`
    """
    _show(session, _find(session, project, endpoint).update(is_on=False))


def delete(
    session: Session,
    endpoint: EndpointArgument,
    project: ProjectOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Close an endpoint for good, with its log, feedback, flags and tokens.

    Example: `whorl endpoints delete cells --yes`
    """
    found = _find(session, project, endpoint)
    if not yes and not typer.confirm(f"Close {found.name} and remove its log?", err=True):
        raise typer.Abort
    found.delete()
    if session.out.as_json:
        session.out.facts({"id": found.id, "name": found.name, "is_closed": True})
        return
    session.out.note(f"closed: {found.name}")


def _find(session: Session, project: str | None, endpoint: str) -> Endpoint:
    return session.project(project).endpoints.get(endpoint)


def _dataset_for(project: Project, name: str | None) -> str | None:
    if name is None:
        return None
    try:
        return project.datasets.get(name).id
    except NotFound:
        return project.datasets.create(name).id


def _settings(now: EndpointSettings, given: Mapping[str, JsonValue]) -> EndpointSettings:
    known = EndpointSettings.model_fields
    for name in given:
        if name not in known:
            raise InvalidInput(f"no setting {name!r}", hint=f"There are {', '.join(known)}.")
    try:
        return EndpointSettings.model_validate({**now.model_dump(), **given})
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _show(session: Session, endpoint: Endpoint) -> None:
    info = endpoint.info
    if session.out.as_json:
        session.out.facts(info)
        return
    settings = info.settings.model_dump()
    facts = {name: value for name, value in info.model_dump().items() if name not in ("settings", "examples")}
    session.out.facts({name: _text(value) for name, value in (facts | settings).items() if value is not None})
    session.out.note(info.examples.curl)


def _text(value: object) -> str:
    return str(value)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InvalidInput(f"not a piece of metadata: {text!r}", hint="Write it like camera=a.")
    return name, value
