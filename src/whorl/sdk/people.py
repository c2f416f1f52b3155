"""People, the members of a project, and tokens."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whorl.base.errors import NotFound
from whorl.schemas import access as wire
from whorl.sdk.transport import Call, Transport


class People:
    """Everybody who can sign in; for administrators."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, email: str, name: str, *, password: str | None = None, is_admin: bool = False) -> wire.Person:
        """Add a person. Without a password they can only use tokens.

        Raises:
            Conflict: The email is taken.
        """
        body = wire.PersonCreate(email=email, name=name, password=password, is_admin=is_admin)
        return self._transport.call(wire.Person, Call("POST", "/people", body=body))

    def list(self) -> Iterator[wire.Person]:
        """Everybody, fetched as it is read."""
        return self._transport.pages(wire.Person, "/people")

    def get(self, person: str) -> wire.Person:
        """The person with an email or id.

        Raises:
            NotFound: There is none.
        """
        for found in self.list():
            if person in (found.email, found.id):
                return found
        raise NotFound(f"nobody is called {person!r}", hint="Give the email, or an id; `whorl user list` shows both.")

    def disable(self, person: str) -> wire.Person:
        """Lock a person out; what they did stays."""
        path = f"/people/{self.get(person).id}"
        return self._transport.call(wire.Person, Call("PATCH", path, body={"is_disabled": True}))


class Members:
    """Who belongs to a project, and their roles."""

    def __init__(self, transport: Transport, project_id: str) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/members"

    def list(self) -> list[wire.Member]:
        """All members."""
        return self._transport.get(list[wire.Member], self._path)

    def set(self, person: str, role: wire.RoleName, *, skills: Iterable[str] | None = None) -> wire.Member:
        """Give a person, by email or id, a role.

        Args:
            skills: What they may be asked beyond common work, such as the names of makes and models; None: as it was.
        """
        chosen = None if skills is None else [*skills]
        body = wire.MemberSet(person=person, role=role, skills=chosen)
        return self._transport.call(wire.Member, Call("PUT", self._path, body=body))


class Tokens:
    """Tokens: one's own, or the service tokens of a project."""

    def __init__(self, transport: Transport, project_id: str | None = None) -> None:
        self._transport = transport
        self._path = f"/projects/{project_id}/tokens" if project_id else "/tokens"

    def create(
        self, name: str, *, role: wire.RoleName | None = None, expires_in_days: int | None = None
    ) -> wire.TokenCreated:
        """Make a token. Its secret is in the answer and is not shown again.

        Args:
            role: What a service token acts as; only and always for the tokens of a project.
        """
        body = (
            wire.TokenCreate(name=name, expires_in_days=expires_in_days)
            if role is None
            else wire.ServiceTokenCreate(name=name, expires_in_days=expires_in_days, role=role)
        )
        return self._transport.call(wire.TokenCreated, Call("POST", self._path, body=body))

    def list(self) -> list[wire.Token]:
        """All tokens, without their secrets."""
        return self._transport.get(list[wire.Token], self._path)

    def revoke(self, token_id: str) -> None:
        """Make a token useless at once."""
        self._transport.send(Call("DELETE", f"{self._path}/{token_id}"))
