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
