"""Who answers a request, who came before, and what the numbers of an endpoint say. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate

from whorl.base.errors import Conflict, InvalidInput, ModelError
from whorl.schemas.models import Model
from whorl.schemas.serving import EndpointChange, EndpointExamples, ServingRole

ROLLBACK = "rollback"
"""The cause of a change that goes back: it is not itself something to go back to."""
# fmt: off
BUCKETS_MS: tuple[float, ...] = (
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750,
    1000, 1500, 2000, 3000, 5000, 10_000, 30_000,
)
# fmt: on
"""Upper edges of the latency histogram; the last bucket, beyond them, has none."""
_HASHED_DIGITS = 12


def is_for_canary(sha256: str, share: float) -> bool:
    """Whether the canary answers an image: always the same for the same bytes, in ``share`` of all images."""
    return int(sha256[:_HASHED_DIGITS], 16) < share * float(16**_HASHED_DIGITS)


def check_trained(model: Model, project_id: str) -> None:
    """Let a model that can answer pass.

    Raises:
        InvalidInput: It is of another project.
        ModelError: It is not trained.
    """
    if model.project_id != project_id:
        raise InvalidInput(f"no such model in this project: {model.id}", hint="`whorl models list` shows them.")
    if model.status != "trained":
        raise ModelError(f"model {model.name!r} is not trained: {model.status}", hint="Train it first.")


def check_role(model_id: str, role: ServingRole, champion_id: str | None) -> None:
    """Refuse to set a champion beside itself.

    Raises:
        Conflict: The model is the endpoint's champion already.
    """
    if role is not ServingRole.CHAMPION and model_id == champion_id:
        raise Conflict(f"this model is the endpoint's champion: as {role} it adds nothing", hint="Name another model.")


def find_predecessors(changes: Sequence[EndpointChange]) -> list[str]:
    """The champions that going back leads through, the next last, after these changes of one endpoint, oldest first."""
    before: list[str] = []
    for change in changes:
        if change.role is not ServingRole.CHAMPION:
            continue
        if change.cause == ROLLBACK:
            before = before[:-1]
        elif change.previous_id is not None and change.previous_id != change.model_id:
            before.append(change.previous_id)
    return before


def add_histograms(found: Iterable[Sequence[int]]) -> list[int]:
    """One histogram out of several, with a count per bucket of ``BUCKETS_MS`` and one beyond."""
    total = [0] * (len(BUCKETS_MS) + 1)
    for counts in found:
        for index, count in enumerate(counts[: len(total)]):
            total[index] += count
    return total


def quantile_ms(histogram: Sequence[int], share: float) -> float | None:
    """Upper edge of the bucket that holds the quantile; the last edge for what lies beyond it; None when empty.

    Args:
        share: In (0, 1], such as 0.99.
    """
    so_far = list(accumulate(histogram))
    if not so_far or so_far[-1] == 0:
        return None
    wanted = share * so_far[-1]
    index = next(number for number, count in enumerate(so_far) if count >= wanted)
    return BUCKETS_MS[min(index, len(BUCKETS_MS) - 1)]


def predict_path(name: str) -> str:
    """The path that takes an endpoint's images."""
    return f"/api/v1/endpoints/{name}/predict"


def make_examples(name: str, url: str) -> EndpointExamples:
    """How to ask an endpoint of the server at ``url``."""
    url = url.rstrip("/")
    curl = (
        f"curl {url}{predict_path(name)} \\\n"
        '  -H "Authorization: Bearer $WHORL_TOKEN" \\\n'
        '  -F file=@image.jpg -F metadata=\'{"camera": "a"}\''
    )
    python = (
        "import os\n"
        "import whorl\n"
        "\n"
        f'with whorl.connect("{url}", token=os.environ["WHORL_TOKEN"]) as client:\n'
        f'    answer = client.endpoint("{name}").predict("image.jpg", metadata={{"camera": "a"}})\n'
        "    print(answer.annotations)"
    )
    return EndpointExamples(curl=curl, python=python)
