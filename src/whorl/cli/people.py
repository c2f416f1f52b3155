"""``whorl user`` and ``whorl token``."""

from __future__ import annotations

import sys
from typing import Annotated, cast, get_args

import typer

from whorl.base.errors import InvalidInput
from whorl.cli.connected import ProjectOption, Session, connected
from whorl.schemas.access import RoleName

PANEL = "People"
ROLES = get_args(RoleName)
PERSON_COLUMNS = ("id", "email", "name", "is_admin", "is_disabled")
TOKEN_COLUMNS = ("id", "kind", "name", "role", "created_at", "expires_at", "revoked_at")
RoleOption = Annotated[str | None, typer.Option("--role", help=f"{', '.join(ROLES)}.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    users = typer.Typer(help="Add, list and lock out people, and give them roles.", no_args_is_help=True)
    users.command("add")(connected(add_user))
    users.command("list")(connected(list_users))
    users.command("role")(connected(set_role))
    users.command("disable")(connected(disable_user))
    app.add_typer(users, name="user", rich_help_panel=PANEL)
    tokens = typer.Typer(help="Make, list and revoke tokens for programs.", no_args_is_help=True)
    tokens.command("create")(connected(create_token))
    tokens.command("list")(connected(list_tokens))
    tokens.command("revoke")(connected(revoke_token))
    app.add_typer(tokens, name="token", rich_help_panel=PANEL)


def add_user(
    session: Session,
    email: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str | None, typer.Option("--name", help="[default: the email's first part]")] = None,
    admin: Annotated[bool, typer.Option("--admin", help="May do everything everywhere.")] = False,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from stdin instead of asking.")
    ] = False,
) -> None:
    """Add a person. Asks for a password on a terminal; without one they can only use tokens.

    Example: `whorl user add ann@example.org --name Ann`
    """
    person = session.client.people.create(
        email, name or email.partition("@")[0], password=_password(is_piped=password_stdin), is_admin=admin
    )
    session.out.facts(person)


def list_users(session: Session) -> None:
    """List everybody who can sign in.

    Example: `whorl user list`
    """
    session.out.rows(PERSON_COLUMNS, list(session.client.people.list()), empty="nobody yet")


def set_role(
    session: Session,
    person: Annotated[str, typer.Argument(help="Email or id.")],
    role: Annotated[str, typer.Argument(help=f"{', '.join(ROLES)}.")],
    skill: Annotated[
        list[str] | None,
        typer.Option("--skill", help="What they may be asked beyond common work; several times for several."),
    ] = None,
    no_skills: Annotated[bool, typer.Option("--no-skills", help="Take all skills away.")] = False,
    project: ProjectOption = None,
) -> None:
    """Give a person a role in a project, and skills that tasks may ask for.

    Example: `whorl user role ann@example.org annotator --skill cars --project street`
    """
    if skill and no_skills:
        raise InvalidInput("--skill and --no-skills contradict each other", hint="Give one of them.")
    skills = [] if no_skills else skill or None
    member = session.project(project).members.set(person, _role(role), skills=skills)
    session.out.facts(member)


def disable_user(session: Session, person: Annotated[str, typer.Argument(help="Email or id.")]) -> None:
    """Lock a person out; what they did stays.

    Example: `whorl user disable ann@example.org`
    """
    session.out.facts(session.client.people.disable(person))


def create_token(
    session: Session,
    name: Annotated[str, typer.Argument(help="What it is for.")],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="A service token for this project; else your own.")
    ] = None,
    role: RoleOption = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="Valid so long; for ever when left out.")] = None,
) -> None:
    """Make a token; its secret is printed this once.

    Example: `whorl token create camera-3 --project street --role annotator --days 90`
    """
    if (project is None) != (role is None):
        raise InvalidInput(
            "a service token needs a project and a role", hint="Give both, or neither for a token of your own."
        )
    tokens = session.client.tokens if project is None else session.project(project).tokens
    made = tokens.create(name, role=_role(role) if role else None, expires_in_days=days)
    if session.out.as_json:
        session.out.facts(made)
        return
    print(made.secret)
    session.out.note(f"token {made.token.id} ({made.token.name}); the secret above is not shown again")


def list_tokens(
    session: Session,
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="The service tokens of this project; else your own.")
    ] = None,
) -> None:
    """List tokens, without their secrets.

    Example: `whorl token list --project street`
    """
    tokens = session.client.tokens if project is None else session.project(project).tokens
    session.out.rows(TOKEN_COLUMNS, tokens.list(), empty="no token yet")


def revoke_token(
    session: Session,
    token_id: Annotated[str, typer.Argument(help="As `whorl token list` shows it.")],
    project: Annotated[
        str | None, typer.Option("--project", "-p", help="When it is a service token of this project.")
    ] = None,
) -> None:
    """Make a token useless at once.

    Example: `whorl token revoke tok_01jd4q`
    """
    tokens = session.client.tokens if project is None else session.project(project).tokens
    tokens.revoke(token_id)
    session.out.facts({"revoked": token_id}) if session.out.as_json else session.out.note(f"revoked {token_id}")


def _role(role: str) -> RoleName:
    if role not in ROLES:
        raise InvalidInput(f"no role {role!r}", hint=f"Use one of: {', '.join(ROLES)}.")
    # Checked on the line above; mypy does not narrow by get_args.
    return cast(RoleName, role)


def _password(*, is_piped: bool) -> str | None:
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    if sys.stdin.isatty():
        # Any -> str: a prompt gives what was typed.
        typed: str = typer.prompt(
            "Password (empty for none)", hide_input=True, default="", show_default=False, err=True
        )
        return typed or None
    return None
