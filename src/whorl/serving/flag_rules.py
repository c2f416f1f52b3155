"""Which answers deserve a look: pure rules over what is known of each answer."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, assert_never

from whorl.base.errors import InvalidInput
from whorl.schemas.serving import FlagRule, FlagRuleWrite, RuleKind, Verdict

BELOW: Final = frozenset({RuleKind.CONFIDENCE, RuleKind.MARGIN, RuleKind.METRIC})
"""Kinds that flag what is under a value."""
ABOVE: Final = frozenset({RuleKind.DISAGREEMENT, RuleKind.NOVELTY})
"""Kinds that flag what is over a value."""
ON_FEEDBACK: Final = frozenset({RuleKind.REPORT, RuleKind.METRIC})
"""Kinds that look when somebody has said something of an answer; all others look at each answer once."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules know of one answer. None stands for what is not known, and flags nothing.

    Args:
        verdict: What was said of it last.
        ok_shares: Share of good feedback, by the window it was taken over; None for a window that is not full.
    """

    prediction_id: str
    confidence: float | None = None
    margin: float | None = None
    disagreement: float | None = None
    novelty: float | None = None
    verdict: Verdict | None = None
    ok_shares: Mapping[int, float | None] | None = None


@dataclass(frozen=True, slots=True)
class Raised:
    """A rule that an answer meets.

    Args:
        score: The value that the rule looked at, if it looked at one.
        severity: How far the answer is beyond the rule, in [0, 1]: when the quota is short, the worst go first.
        reason: In words, for people.
    """

    prediction_id: str
    rule_id: str
    kind: RuleKind
    score: float | None
    severity: float
    reason: str


def check_rule(rule: FlagRuleWrite) -> None:
    """Let a rule pass that can decide something.

    Raises:
        InvalidInput: The threshold that its kind needs is missing, impossible, or of the other side.
    """
    if rule.kind in BELOW:
        _check_threshold(rule, "below", rule.below, other="above", unwanted=rule.above)
    elif rule.kind in ABOVE:
        _check_threshold(rule, "above", rule.above, other="below", unwanted=rule.below)
    elif rule.below is not None or rule.above is not None:
        name = "below" if rule.below is not None else "above"
        raise InvalidInput(f"a rule of kind {rule.kind} looks at no value, so it takes no {name}")
    if rule.kind is RuleKind.RANDOM and rule.share is None:
        raise InvalidInput("a rule of kind random needs share", hint="Give the share to flag, such as 0.01.")
    if rule.kind is not RuleKind.RANDOM and rule.share is not None:
        raise InvalidInput(f"a rule of kind {rule.kind} takes no share", hint="Only a random rule does.")


def judge(rule: FlagRule, facts: Facts) -> Raised | None:
    """Say whether the answer meets the rule, and why; quotas are not looked at."""
    match rule.kind:
        case RuleKind.CONFIDENCE:
            return _under(rule, facts, facts.confidence, "the least sure part has confidence")
        case RuleKind.MARGIN:
            return _under(rule, facts, facts.margin, "the two likeliest classes differ by")
        case RuleKind.DISAGREEMENT:
            return _over(rule, facts, facts.disagreement, "it differs from the shadow's answer by")
        case RuleKind.NOVELTY:
            return _over(rule, facts, facts.novelty, "it is stranger than the training images, quantile")
        case RuleKind.METRIC:
            if facts.verdict in (None, Verdict.OK):
                return None
            share = (facts.ok_shares or {}).get(rule.window)
            return _under(rule, facts, share, f"of the last {rule.window} answers judged, the share of good ones is")
        case RuleKind.REPORT:
            if facts.verdict in (None, Verdict.OK):
                return None
            said = "wrong" if facts.verdict is Verdict.WRONG else "wrong, with a correction"
            return Raised(facts.prediction_id, rule.id, rule.kind, None, 1.0, f"somebody reported it as {said}")
        case RuleKind.RANDOM:
            drawn = draw(f"{rule.id}:{facts.prediction_id}")
            if rule.share is None or drawn >= rule.share:
                return None
            # Whoever is drawn lowest goes first, so that a short quota still takes a uniform sample.
            severity = 1 - drawn / rule.share
            return Raised(facts.prediction_id, rule.id, rule.kind, None, severity, f"one of {rule.share:.2%} at random")
        case _:
            assert_never(rule.kind)


def judge_all(rules: Iterable[FlagRule], facts: Sequence[Facts]) -> dict[str, list[Raised]]:
    """The answers that meet each rule that is on, the worst first and then in the order given, by rule id."""
    found: dict[str, list[Raised]] = {}
    for rule in rules:
        if rule.is_on:
            raised = [one for one in (judge(rule, fact) for fact in facts) if one is not None]
            found[rule.id] = sorted(raised, key=lambda one: -one.severity)
    return found


def ok_share(verdicts: Sequence[Verdict], window: int) -> float | None:
    """The share of good verdicts among the newest ``window``, newest first; None while there are fewer."""
    newest = verdicts[:window]
    return sum(one is Verdict.OK for one in newest) / window if len(newest) == window else None


def draw(key: str) -> float:
    """A number in [0, 1) that only depends on ``key``: the same decides alike everywhere and again."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:7], "big") / 2**56


def _under(rule: FlagRule, facts: Facts, value: float | None, words: str) -> Raised | None:
    if value is None or rule.below is None or not value < rule.below:
        return None
    reason = f"{words} {value:.3g}, under {rule.below:.3g}"
    return Raised(facts.prediction_id, rule.id, rule.kind, value, 1 - value / rule.below, reason)


def _over(rule: FlagRule, facts: Facts, value: float | None, words: str) -> Raised | None:
    if value is None or rule.above is None or not value > rule.above:
        return None
    reason = f"{words} {value:.3g}, over {rule.above:.3g}"
    return Raised(facts.prediction_id, rule.id, rule.kind, value, (value - rule.above) / (1 - rule.above), reason)


def _check_threshold(
    rule: FlagRuleWrite, name: str, value: float | None, *, other: str, unwanted: float | None
) -> None:
    if value is None:
        given = f"{other} is {unwanted:g}" if unwanted is not None else "neither below nor above is given"
        raise InvalidInput(
            f"a rule of kind {rule.kind} needs {name}; {given}",
            hint=f"Give {name}, a number from 0 to 1: all values of this kind lie there.",
        )
    if unwanted is not None:
        raise InvalidInput(f"a rule of kind {rule.kind} takes {name} alone; {other} is {unwanted:g}")
    is_possible = math.isfinite(value) and (0 < value <= 1 if name == "below" else 0 <= value < 1)
    if not is_possible:
        allowed = "over 0 and at most 1" if name == "below" else "at least 0 and under 1"
        raise InvalidInput(f"{name} is {value:g}; allowed: {allowed}, or the rule decides nothing")
