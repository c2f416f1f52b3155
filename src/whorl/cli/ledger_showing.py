"""A ledger on a terminal: a line for each step, each kind of work and each person."""

from __future__ import annotations

from whorl.schemas.ledger import Ledger

STEP_COLUMNS = ("step", "kind", "needs", "items", "objects", "people", "machine", "people/object")
GROUP_COLUMNS = ("work that needs", "persons", "items", "objects", "people", "people/object")
PERSON_COLUMNS = ("person", "skills", "items", "people")


def step_cells(ledger: Ledger) -> list[list[str]]:
    """A row a step, in the order in which the pipeline is written."""
    return [
        [
            row.node,
            row.type or "gone",
            ", ".join(row.skills),
            str(row.n_items),
            str(row.n_objects or ""),
            seconds_text(row.human_seconds),
            seconds_text(row.machine_seconds),
            each_text(row.human_seconds_per_object),
        ]
        for row in ledger.rows
    ]


def group_cells(ledger: Ledger) -> list[list[str]]:
    """A row for the work that needs each set of skills."""
    return [
        [
            ", ".join(one.skills) or "no skill",
            str(one.n_people),
            str(one.n_items),
            str(one.n_objects),
            seconds_text(one.human_seconds),
            each_text(one.human_seconds_per_object),
        ]
        for one in ledger.groups
    ]


def person_cells(ledger: Ledger) -> list[list[str]]:
    """A row a person, who worked most first."""
    return [
        [one.name, ", ".join(one.skills), str(one.n_items), seconds_text(one.human_seconds)] for one in ledger.people
    ]


def sum_note(ledger: Ledger) -> str:
    """What it all cost, and what came out."""
    missed = f", {ledger.n_missed} of them missed by a model" if ledger.n_missed else ""
    each = ledger.human_seconds_per_object
    per = "" if each is None else f"; {each:.1f} s of people for each object"
    return (
        f"{ledger.n_items} items with {ledger.n_objects} objects{missed}: "
        f"{seconds_text(ledger.human_seconds)} of people, {seconds_text(ledger.machine_seconds)} of machines{per}"
    )


def seconds_text(value: float) -> str:
    """Seconds as a person reads them."""
    if value < 60:
        return f"{value:.1f} s" if value else "0"
    return f"{value / 60:.1f} min" if value < 3600 else f"{value / 3600:.1f} h"


def each_text(value: float | None) -> str:
    """Seconds for one object; nothing where there was none."""
    return "" if value is None else f"{value:.1f} s"
