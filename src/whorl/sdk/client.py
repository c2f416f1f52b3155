"""The client and its projects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from whorl.base.errors import InvalidInput, JsonValue, NotFound
from whorl.schemas import access
from whorl.schemas import ontology as labels_wire
from whorl.sdk.comparing import Comparisons
from whorl.sdk.datasets import Dataset, Datasets
from whorl.sdk.embeddings import Spaces
from whorl.sdk.endpoints import EndpointDoor, Endpoints
from whorl.sdk.evaluations import Evaluations
from whorl.sdk.jobs import Job
from whorl.sdk.models import Models
from whorl.sdk.people import Members, People, Tokens
from whorl.sdk.pipelines import Pipelines
from whorl.sdk.production import Traffic, find_traffic
from whorl.sdk.selections import ProjectSelections
from whorl.sdk.simulations import Simulations
from whorl.sdk.tasks import Tasks
from whorl.sdk.transport import Call, Transport


class Client:
    """A connection to Whorl. Made by ``whorl.connect``; close it, or use it in a ``with`` block.

    Args:
        stop: Called on closing, when the server runs inside this program.
    """

    def __init__(self, transport: Transport, *, stop: Callable[[], None] | None = None) -> None:
        self.transport = transport
        self.projects = Projects(transport)
        self.people = People(transport)
        self.tokens = Tokens(transport)
        self._stop = stop

    @property
    def url(self) -> str:
        """The server's address."""
        return self.transport.url

    def me(self) -> access.Me:
        """Who this client acts as."""
        return self.transport.get(access.Me, "/me")

    def job(self, job_id: str) -> Job:
        """A long piece of work, by id."""
        return Job.find(self.transport, job_id)

    def endpoint(self, name: str) -> EndpointDoor:
        """An endpoint to be asked, by name or id; a token of the endpoint is enough."""
        return EndpointDoor(self.transport, name)

    def close(self) -> None:
        """Close the connection, and stop the server when it runs inside this program."""
        self.transport.close()
        if self._stop is not None:
            self._stop()
            self._stop = None

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Projects:
    """The projects this client may see."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def create(self, project_name: str, *, settings: Mapping[str, JsonValue] | None = None) -> Project:
        """Make a project; the caller becomes its owner.

        Raises:
            Conflict: The name is taken.
        """
        body = access.ProjectCreate(name=project_name, settings=dict(settings or {}))
        return Project(self._transport, self._transport.call(access.Project, Call("POST", "/projects", body=body)))

    def get(self, project_name: str | None = None, project_id: str | None = None) -> Project:
        """The project with a name or an id.

        Raises:
            NotFound: There is none that this client may see.
        """
        if project_id is not None:
            return Project(self._transport, self._transport.get(access.Project, f"/projects/{project_id}"))
        if project_name is None:
            raise InvalidInput("which project?", hint="Give project_name or project_id.")
        for info in self._transport.pages(access.Project, "/projects", name=project_name):
            return Project(self._transport, info)
        names = []
        for project in self.list():
            if project_name == project.id:
                return project
            names.append(project.name)
        raise NotFound(f"no project {project_name!r}", hint=f"There is: {', '.join(sorted(names)) or 'none yet'}.")

    def list(self) -> Iterator[Project]:
        """Every project, fetched as it is read."""
        for info in self._transport.pages(access.Project, "/projects"):
            yield Project(self._transport, info)


class Project:
    """One project: its datasets, models, pipelines, tasks, members and ontology."""

    def __init__(self, transport: Transport, info: access.Project) -> None:
        self._transport = transport
        self.info = info
        self.datasets = Datasets(transport, info.id)
        self.models = Models(transport, info.id)
        self.evaluations = Evaluations(transport, info.id)
        self.selections = ProjectSelections(transport, info.id)
        self.simulations = Simulations(transport, info.id)
        self.spaces = Spaces(transport, info.id)
        self.comparisons = Comparisons(transport, info.id)
        self.pipelines = Pipelines(transport, info.id)
        self.endpoints = Endpoints(transport, info.id)
        self.tasks = Tasks(transport, info.id)
        self.members = Members(transport, info.id)
        self.tokens = Tokens(transport, info.id)

    @property
    def id(self) -> str:
        """Its public id."""
        return self.info.id

    @property
    def name(self) -> str:
        """Its name."""
        return self.info.name

    def dataset(self, dataset_name: str) -> Dataset:
        """Its dataset with a name or id, in short."""
        return self.datasets.get(dataset_name)

    def traffic(self, endpoint: str) -> Traffic:
        """What its endpoint with a name or id met: log, feedback, flags.

        Raises:
            NotFound: There is none.
        """
        return find_traffic(self._transport, self.id, endpoint)

    def ontology(self) -> labels_wire.Ontology:
        """The newest version of its labels and attributes."""
        return self._transport.get(labels_wire.Ontology, f"/projects/{self.id}/ontology")

    def set_ontology(self, draft: labels_wire.OntologyDraft) -> labels_wire.Ontology:
        """Save labels and attributes as the next version."""
        return self._transport.call(labels_wire.Ontology, Call("PUT", f"/projects/{self.id}/ontology", body=draft))

    def set_labels(self, labels: list[str], *, is_open: bool = False) -> labels_wire.Ontology:
        """Save a plain list of labels as the next version."""
        draft = labels_wire.OntologyDraft(labels=[labels_wire.Label(name=name) for name in labels], is_open=is_open)
        return self.set_ontology(draft)

    def __repr__(self) -> str:
        return f"Project({self.name!r}, id={self.id!r})"
