"""People, tokens, projects and membership, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from whorl.access import actions, queries
from whorl.access.rules import Actor, ActorKind, Role, TokenKind
from whorl.access.secrets import hash_password, token_digest
from whorl.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from whorl.schemas.access import Person, Project
from whorl.store.db import Database
from whorl.store.db.tables import audit, token

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _person(conn: Connection, name: str, **more: object) -> Person:
    return actions.create_person(conn, f"{name}@x.org", name=name, actor_id="system", now=NOW, **more)


def _project(conn: Connection, name: str, owner: Person) -> Project:
    return actions.create_project(conn, name, actor_id=owner.id, owner_id=owner.id, now=NOW)


def _actor(person: Person, project: Project, role: Role) -> Actor:
    return Actor(id=person.id, kind=ActorKind.PERSON, roles={project.id: role})


def test_create_person__email_is_taken_in_any_case(database: Database) -> None:
    database.write(lambda c: _person(c, "Ann"))
    with pytest.raises(Conflict, match="somebody has this email already: ann@x.org"):
        database.write(lambda c: _person(c, "ANN"))


def test_ensure_local_owner__twice_gives_the_same_admin(database: Database) -> None:
    first = database.write(lambda c: actions.ensure_local_owner(c, now=NOW))
    assert database.write(lambda c: actions.ensure_local_owner(c, now=NOW)) == first
    assert first.is_admin


def test_token__speaks_for_its_person_until_it_ends(database: Database) -> None:
    def setup(conn: Connection) -> tuple[Person, Project, str, str]:
        ann = _person(conn, "ann")
        home = _project(conn, "home", ann)
        made = actions.create_token(
            conn, TokenKind.PERSONAL, "ci", actor_id=ann.id, now=NOW, person_id=ann.id, lives_for=timedelta(days=1)
        )
        return ann, home, made.secret, made.token.id

    ann, home, secret, token_id = database.write(setup)
    with database.read() as conn:
        assert queries.find_actor(conn, secret, now=NOW) == Actor(
            id=ann.id, kind=ActorKind.PERSON, name="ann", roles={home.id: Role.OWNER}, token_id=token_id
        )
        assert queries.find_actor(conn, secret + "x", now=NOW) is None
        assert queries.find_actor(conn, secret, now=NOW + timedelta(days=1)) is None
    database.write(lambda c: actions.revoke_token(c, token_id, actor_id=ann.id, now=NOW, person_id=ann.id))
    with database.read() as conn:
        assert queries.find_actor(conn, secret, now=NOW) is None


def test_token__only_its_digest_is_stored(database: Database) -> None:
    made = database.write(
        lambda c: actions.create_token(
            c, TokenKind.PERSONAL, "ci", actor_id="x", now=NOW, person_id=_person(c, "ann").id
        )
    )
    with database.read() as conn:
        row = conn.execute(select(token)).mappings().one()
    assert row["digest"] == token_digest(made.secret)
    assert made.secret not in str(dict(row))


def test_token__disabled_person_is_nobody(database: Database) -> None:
    def setup(conn: Connection) -> str:
        ann = _person(conn, "ann")
        made = actions.create_token(conn, TokenKind.PERSONAL, "ci", actor_id=ann.id, now=NOW, person_id=ann.id)
        actions.set_disabled(conn, ann.id, is_disabled=True, actor_id="system", now=NOW)
        return made.secret

    secret = database.write(setup)
    with database.read() as conn:
        assert queries.find_actor(conn, secret, now=NOW) is None


def test_service_token__has_its_role_in_its_project_only(database: Database) -> None:
    def setup(conn: Connection) -> tuple[Project, str]:
        ann = _person(conn, "ann")
        home = _project(conn, "home", ann)
        _project(conn, "other", ann)
        made = actions.create_token(
            conn,
            TokenKind.SERVICE,
            "camera",
            actor_id=ann.id,
            now=NOW,
            project_id=home.id,
            role=Role.MANAGER,
        )
        return home, made.secret

    home, secret = database.write(setup)
    with database.read() as conn:
        actor = queries.find_actor(conn, secret, now=NOW)
        assert actor is not None
        assert (actor.kind, dict(actor.roles)) == (ActorKind.SERVICE, {home.id: Role.MANAGER})
        assert [project.name for project in queries.list_projects(conn, actor).items] == ["home"]


def test_revoke_token__of_somebody_else_is_not_found(database: Database) -> None:
    def setup(conn: Connection) -> tuple[str, str]:
        ann, bob = _person(conn, "ann"), _person(conn, "bob")
        made = actions.create_token(conn, TokenKind.PERSONAL, "ci", actor_id=ann.id, now=NOW, person_id=ann.id)
        return made.token.id, bob.id

    token_id, bob_id = database.write(setup)
    with pytest.raises(NotFound, match="no such token"):
        database.write(lambda c: actions.revoke_token(c, token_id, actor_id=bob_id, now=NOW, person_id=bob_id))


def test_password__signs_in_and_a_new_one_ends_sessions(database: Database) -> None:
    def setup(conn: Connection) -> tuple[Person, str]:
        ann = _person(conn, "ann", password_hash=hash_password("correct horse"), is_admin=True)
        made = actions.create_token(conn, TokenKind.SESSION, "web", actor_id=ann.id, now=NOW, person_id=ann.id)
        return ann, made.secret

    ann, secret = database.write(setup)
    with database.read() as conn:
        assert queries.find_person_by_password(conn, " ANN@x.org", "correct horse") == ann
        assert queries.find_person_by_password(conn, "ann@x.org", "wrong horse!") is None
        assert queries.find_person_by_password(conn, "nobody@x.org", "correct horse") is None
        assert queries.has_password(conn)
    other = hash_password("another horse")
    database.write(lambda c: actions.set_password(c, ann.id, password_hash=other, actor_id=ann.id, now=NOW))
    with database.read() as conn:
        assert queries.find_actor(conn, secret, now=NOW) is None
        assert queries.find_person_by_password(conn, "ann@x.org", "another horse") == ann


def test_create_project__name_is_taken(database: Database) -> None:
    database.write(lambda c: _project(c, "home", _person(c, "ann")))
    with pytest.raises(Conflict, match="a project has this name already: home"):
        database.write(lambda c: _project(c, "home", _person(c, "bob")))
    with pytest.raises(InvalidInput, match="a project needs a name"):
        database.write(lambda c: _project(c, "  ", _person(c, "bob")))


def test_members__set_change_and_remove(database: Database) -> None:
    def setup(conn: Connection) -> tuple[Person, Person, Project]:
        ann, bob = _person(conn, "ann"), _person(conn, "bob")
        return ann, bob, _project(conn, "home", ann)

    ann, bob, home = database.write(setup)
    owner, manager = _actor(ann, home, Role.OWNER), _actor(bob, home, Role.MANAGER)
    database.write(lambda c: actions.set_member(c, home.id, "BOB@x.org", Role.VIEWER, actor=owner, now=NOW))
    database.write(lambda c: actions.set_member(c, home.id, bob.id, Role.MANAGER, actor=owner, now=NOW))
    with database.read() as conn:
        members = [(member.email, member.role) for member in queries.list_members(conn, home.id)]
    assert members == [("ann@x.org", "owner"), ("bob@x.org", "manager")]
    with pytest.raises(Forbidden, match="a manager may not give or take the role owner"):
        database.write(lambda c: actions.set_member(c, home.id, bob.id, Role.OWNER, actor=manager, now=NOW))
    with pytest.raises(Forbidden, match="a manager may not give or take the role owner"):
        database.write(lambda c: actions.remove_member(c, home.id, ann.id, actor=manager, now=NOW))
    with pytest.raises(Conflict, match="this is the last one"):
        database.write(lambda c: actions.set_member(c, home.id, ann.id, Role.VIEWER, actor=owner, now=NOW))
    database.write(lambda c: actions.remove_member(c, home.id, bob.id, actor=owner, now=NOW))
    with pytest.raises(NotFound, match="no such member"):
        database.write(lambda c: actions.remove_member(c, home.id, bob.id, actor=owner, now=NOW))


def test_audit__every_write_leaves_a_row(database: Database) -> None:
    def setup(conn: Connection) -> Project:
        ann = _person(conn, "ann")
        home = _project(conn, "home", ann)
        actions.update_project(conn, home.id, actor_id=ann.id, now=NOW, name="hut")
        made = actions.create_token(
            conn, TokenKind.SERVICE, "s", actor_id=ann.id, now=NOW, project_id=home.id, role=Role.VIEWER
        )
        actions.revoke_token(conn, made.token.id, actor_id=ann.id, now=NOW, project_id=home.id)
        return home

    home = database.write(setup)
    with database.read() as conn:
        done = list(conn.execute(select(audit.c.action).order_by(audit.c.id)).scalars())
        page = queries.list_audit(conn, home.id, limit=2)
        rest = queries.list_audit(conn, home.id, limit=2, cursor=page.next_cursor)
    assert done == ["person.create", "project.create", "project.update", "token.create", "token.revoke"]
    assert [entry.action for entry in page.items + rest.items] == [
        "token.revoke",
        "token.create",
        "project.update",
        "project.create",
    ]
    assert rest.next_cursor is None
