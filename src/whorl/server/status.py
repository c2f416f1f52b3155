"""The page while the app is not built: where each project stands, and how to build it. Plain HTML, no script."""

from __future__ import annotations

from html import escape

from whorl.access.rules import Actor, ActorKind
from whorl.server.queries import ProjectLine, TaskLine, read_status
from whorl.server.services import Services

_NOT_BUILT = (
    "<section class='card'><h2>The web app is not built</h2><p>Everything else works. To build it: <code>pip install "
    "-e .</code> in a checkout (Node comes from a wheel when it is missing), or <code>npm ci &amp;&amp; npm run build"
    "</code> in <code>web/</code>; then reload this page.</p></section>"
)


def render_status(services: Services, actor: Actor) -> str:
    """Give the page for whoever asks."""
    if actor.kind is ActorKind.ANONYMOUS:
        return _page(
            "<section class='card'><h2>Sign in</h2><p>Open the link that <code>whorl up</code> printed: it carries "
            "the token of this start.</p><p>Programs send <code>Authorization: Bearer &lt;token&gt;</code> to "
            "<code>/api/v1</code>.</p></section>"
        )
    with services.db.read() as conn:
        lines = read_status(conn, None if actor.is_admin else list(actor.roles))
    body = "".join(_project(line) for line in lines) or (
        "<section class='card'><h2>No project yet</h2><p>Make one with <code>whorl.connect().projects.create(\"name\")"
        "</code>, or see a whole loop run: <code>whorl demo</code>.</p></section>"
    )
    return _page(body, who=actor.name)


def _project(line: ProjectLine) -> str:
    stages = [
        ("items", line.items),
        ("predicted", line.predicted),
        ("labelled", line.labelled),
        *((name, line.subsets.get(name, 0)) for name in ("train", "validation", "test")),
        ("models", line.models),
    ]
    cells = "".join(f"<li><b>{count:,}</b><span>{escape(name)}</span></li>" for name, count in stages)
    champions = "".join(
        f"<p>Champion of <i>{escape(pipeline)}</i>: <b>{escape(model)}</b></p>" for pipeline, model in line.champions
    )
    tasks = "".join(_task(task) for task in line.tasks)
    jobs = "".join(
        f"<tr><td>{escape(kind)}</td><td><progress max='1' value='{progress:.3f}'></progress></td>"
        f"<td>{escape(message)}</td></tr>"
        for kind, progress, message in line.jobs
    )
    return (
        f"<section class='card'><h2>{escape(line.name)}</h2><p class='id'>{escape(line.id)}</p>"
        f"<ol class='stages'>{cells}</ol>{champions or '<p>No champion yet.</p>'}"
        + _table("Open tasks", "<th>task</th><th>kind</th><th>to do</th><th>in hand</th><th>done</th>", tasks)
        + _table("Jobs", "<th>job</th><th>progress</th><th>now</th>", jobs)
        + "</section>"
    )


def _task(task: TaskLine) -> str:
    return (
        f"<tr><td>{escape(task.name)}</td><td>{escape(task.kind)}</td><td>{task.todo:,}</td>"
        f"<td>{task.in_hand:,}</td><td>{task.done:,}</td></tr>"
    )


def _table(title: str, head: str, rows: str) -> str:
    return f"<h3>{title}</h3><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else ""


def _page(body: str, *, who: str = "") -> str:
    signed_in = f"<span>{escape(who)}</span>" if who else ""
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Whorl</title>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<link rel='stylesheet' href='/status.css'></head><body>"
        f"<header><h1>Whorl</h1>{signed_in}</header><main>{_NOT_BUILT}{body}</main>"
        "<footer><a href='/api/v1/openapi.json'>API description (OpenAPI 3.1)</a></footer></body></html>"
    )
