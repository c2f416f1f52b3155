"""Selections as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from whorl.cli.output import Output, bytes_text

if TYPE_CHECKING:
    from whorl.base.errors import JsonValue
    from whorl.schemas.selecting import Selection as SelectionInfo
    from whorl.schemas.selecting import SelectionItem, SelectionPlan, SelectionProof
    from whorl.sdk.selections import Selection

_SHOWN = 10
_CAUSES = {
    "labelled": "have ground truth already",
    "test": "are in the test subset",
    "in_task": "lie in an open task",
    "discarded": "were discarded by people",
    "not_image": "are no images",
    "bad": "are too dark, bright, flat or blurred",
    "duplicate": "are near copies of others",
    "unreadable": "cannot be decoded",
    "deleted": "were deleted meanwhile",
    "quota": "are above a quota",
}


def show_plan(out: Output, plan: SelectionPlan) -> None:
    """What would be done."""
    if out.as_json:
        out.facts(plan)
        return
    print(
        f"would choose {plan.budget:,} of {plan.n_pool:,} images by {plan.strategy}; {plan.n_labelled:,} are labelled"
    )
    for sentence in (*plan.why, *plan.warnings):
        print(sentence)
    _left_out(plan.left_out)
    if plan.n_missing_vectors:
        print(f"{plan.n_missing_vectors:,} images would be embedded first")
    if plan.machine_seconds is not None:
        print(f"roughly {_time(plan.machine_seconds)} of computing")


def show_selection(out: Output, made: Selection, *, done: Sequence[str] = ()) -> None:
    """What was chosen as a whole, its first items, and what was done with them."""
    info = made.info
    if out.as_json:
        out.facts(info.model_dump(mode="json") | {"items": [one.model_dump(mode="json") for one in made.items()]})
        return
    _whole(info)
    first = []
    for one in made.items():
        first.append(one)
        if len(first) == _SHOWN:
            break
    _table(out, first)
    if info.n_items > len(first):
        out.note(f"the first {len(first)}; all of them: whorl selections show {info.id} --limit {info.n_items}")
    for sentence in done:
        print(sentence)
    if not done:
        out.note(f'next: a task with them (--task NAME), or any command with --query "selection:{info.id}"')


def show_items(out: Output, info: SelectionInfo, items: Sequence[SelectionItem]) -> None:
    """A selection and its items."""
    if out.as_json:
        out.facts(info.model_dump(mode="json") | {"items": [one.model_dump(mode="json") for one in items]})
        return
    _whole(info)
    _table(out, items)
    if info.n_items > len(items):
        out.note(f"the first {len(items)} of {info.n_items:,}; raise --limit")


def show_proof(out: Output, proof: SelectionProof) -> None:
    """What a selection saved."""
    if out.as_json:
        out.facts(proof)
        return
    print(proof.message)
    if proof.saving is not None and proof.low is not None and proof.high is not None:
        print(f"labels saved: {proof.saving:.0%} ({proof.low:.0%} to {proof.high:.0%})")
    if proof.chosen and proof.random:
        drawn = dict(proof.random)
        cells = [
            [str(labels), f"{metric:.3f}", f"{drawn[labels]:.3f}" if labels in drawn else "-"]
            for labels, metric in proof.chosen
        ]
        out.cells(("labels", f"{proof.metric_name} of the choice", "drawn at random"), cells)
    if proof.advice:
        print(proof.advice)


def _whole(info: SelectionInfo) -> None:
    summary = info.summary
    print(
        f"{info.name} ({info.id}): {info.n_items:,} of {info.n_pool:,} images by {info.strategy}, "
        f"{info.n_random:,} of them drawn at random; {info.n_labelled:,} labelled by now"
    )
    why = summary.get("why")
    for sentence in why if isinstance(why, list) else []:
        print(sentence)
    parts = []
    if isinstance(size := summary.get("bytes"), int | float):
        parts.append(bytes_text(float(size)))
    if isinstance(seconds := summary.get("seconds"), int | float):
        parts.append(f"about {_time(float(seconds))} of labelling")
    coverage = summary.get("coverage")
    if isinstance(coverage, dict):
        parts.append(f"covers {_share(coverage.get('after'))} of the pool, {_share(coverage.get('before'))} before")
    if parts:
        print("; ".join(parts))
    left_out = summary.get("left_out")
    _left_out({k: v for k, v in left_out.items() if isinstance(v, int)} if isinstance(left_out, dict) else {})


def _left_out(counts: dict[str, int]) -> None:
    parts = [
        f"{count:,} {_CAUSES.get(cause, cause)}" for cause, count in sorted(counts.items(), key=lambda one: -one[1])
    ]
    if parts:
        print(f"left out: {', '.join(parts)}")


def _table(out: Output, items: Sequence[SelectionItem]) -> None:
    cells = [[str(one.rank), one.name, "random" if one.is_random else "", one.reason] for one in items]
    out.cells(("rank", "image", "drawn", "why"), cells)


def _share(value: JsonValue) -> str:
    return f"{value:.0%}" if isinstance(value, int | float) else "-"


def _time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
