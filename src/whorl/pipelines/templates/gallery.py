"""What the gallery says about each template, beside its definition."""

from __future__ import annotations

from dataclasses import dataclass

from whorl.pipelines.templates import list_templates, load_template
from whorl.schemas.pipelines import TemplateInfo


@dataclass(frozen=True)
class Card:
    """A template as people choose it.

    Args:
        needs: What must be there before it can be applied.
        missing: What it waits for; empty when every node of it can run.
    """

    title: str
    summary: str
    needs: tuple[str, ...]
    missing: tuple[str, ...] = ()


_CARDS = {
    "active_learning": Card(
        title="Active learning",
        summary="Label the images that teach the model most, and promote only what is provably better.",
        needs=(
            "A dataset of unlabelled images.",
            "A ground-truth dataset with a labelled, frozen test subset.",
            "One person who labels and another who reviews.",
        ),
    ),
    "consensus": Card(
        title="Consensus",
        summary="Let several people answer each image on their own, and decide only where they disagree.",
        needs=(
            "A dataset of unlabelled images.",
            "A dataset for the ground truth.",
            "As many people as answers, and one more who decides.",
        ),
    ),
    "data_flywheel": Card(
        title="Data flywheel",
        summary="A model at work feeds its own training: what its endpoint flags is labelled, and a winner is served.",
        needs=(
            "A dataset that takes what an endpoint flags.",
            "A ground-truth dataset with what the model learned from and a labelled, frozen test subset.",
            "An endpoint that follows the pipeline's variable champion, names that dataset, and has flag rules.",
            "One person who labels and another who reviews.",
        ),
    ),
    "micro_tasks": Card(
        title="Micro-tasks",
        summary="Cuts large images into tiles for the model and objects for people: one hard question, many easy ones.",
        needs=(
            "A dataset of images with many objects.",
            "Two empty datasets, for tiles and for objects, and one for the ground truth.",
            "A detector, if there is one already.",
            "People who draw boxes, and people who name objects.",
        ),
    ),
    "monitoring": Card(
        title="Monitoring",
        summary="Look at what arrives once a day, and let people label what is strangest when it has changed.",
        needs=(
            "A dataset that takes images from production.",
            "A ground-truth dataset, and the model trained on it.",
            "One person who looks.",
        ),
        missing=("Drift detection: the node detect_drift.",),
    ),
    "qa_sampling": Card(
        title="Sampled quality checks",
        summary="Label everything once, and have a share of it checked by somebody else.",
        needs=(
            "A dataset of unlabelled images.",
            "A dataset for the ground truth.",
            "One person who labels and another who checks.",
        ),
    ),
    "weak_and_full": Card(
        title="Weak and full labels",
        summary="Have yes or no in seconds for every image, and full labels where the model was wrong.",
        needs=(
            "A dataset that takes the images.",
            "A dataset for the ground truth.",
            "A trained model.",
            "People who answer by key, and people who label.",
        ),
    ),
}


def describe_templates() -> list[TemplateInfo]:
    """Every template as the gallery shows it: those that can run first."""
    found = [_describe(name) for name in list_templates()]
    return sorted(found, key=lambda one: (not one.is_complete, one.name))


def _describe(name: str) -> TemplateInfo:
    definition, card = load_template(name), _CARDS[name]
    return TemplateInfo(
        name=name,
        title=card.title,
        summary=card.summary,
        description=definition.description,
        needs=list(card.needs),
        is_complete=not card.missing,
        missing=list(card.missing),
        node_types=list(dict.fromkeys(node.type for node in definition.nodes)),
        variables=definition.variables,
    )
