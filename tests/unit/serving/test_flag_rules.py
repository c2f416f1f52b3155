"""Which answers deserve a look: every kind of rule, and rules that decide nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from whorl.base.errors import InvalidInput
from whorl.schemas.serving import EndpointSettings, FlagRule, FlagRuleWrite, RuleKind, Verdict
from whorl.serving.flag_rules import Facts, check_rule, draw, judge, judge_all, ok_share
from whorl.serving.quotas import Counters, Window, is_in_share, quotas_of

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def rule(kind: str, **fields: object) -> FlagRule:
    return FlagRule.model_validate(
        {"id": f"frl_{kind}", "endpoint_id": "end_1", "kind": kind, "created_at": NOW, **fields}
    )


@pytest.mark.parametrize(
    ("given", "facts", "score"),
    [
        (rule("confidence", below=0.5), Facts("prd_1", confidence=0.4), 0.4),
        (rule("confidence", below=0.5), Facts("prd_1", confidence=0.5), None),
        (rule("confidence", below=0.5), Facts("prd_1"), None),
        (rule("margin", below=0.2), Facts("prd_1", margin=0.1), 0.1),
        (rule("margin", below=0.2), Facts("prd_1", margin=None), None),
        (rule("disagreement", above=0.5), Facts("prd_1", disagreement=0.6), 0.6),
        (rule("disagreement", above=0.5), Facts("prd_1", disagreement=0.5), None),
        (rule("novelty", above=0.99), Facts("prd_1", novelty=0.995), 0.995),
        (rule("novelty", above=0.99), Facts("prd_1", novelty=0.99), None),
        (rule("metric", below=0.8, window=5), Facts("prd_1", verdict=Verdict.WRONG, ok_shares={5: 0.6}), 0.6),
        (rule("metric", below=0.8, window=5), Facts("prd_1", verdict=Verdict.OK, ok_shares={5: 0.6}), None),
        (rule("metric", below=0.8, window=5), Facts("prd_1", verdict=Verdict.WRONG, ok_shares={5: None}), None),
    ],
)
def test_judge__values(given: FlagRule, facts: Facts, score: float | None) -> None:
    raised = judge(given, facts)
    assert (None if raised is None else raised.score) == score


@pytest.mark.parametrize(
    ("verdict", "is_raised"), [(None, False), (Verdict.OK, False), (Verdict.WRONG, True), (Verdict.CORRECTION, True)]
)
def test_judge__report(verdict: Verdict | None, is_raised: bool) -> None:
    assert (judge(rule("report"), Facts("prd_1", verdict=verdict)) is not None) is is_raised


def test_judge__random_takes_its_share_and_always_the_same() -> None:
    one = rule("random", share=0.1)
    taken = [n for n in range(5000) if judge(one, Facts(f"prd_{n}")) is not None]
    assert 430 < len(taken) < 570
    assert taken == [n for n in range(5000) if judge(one, Facts(f"prd_{n}")) is not None]
    assert judge(rule("random", share=0.0), Facts("prd_1")) is None
    assert judge(rule("random", share=1.0), Facts("prd_1")) is not None


def test_judge_all__worst_first_and_rules_that_are_off_are_silent() -> None:
    facts = [
        Facts("prd_a", margin=0.3),
        Facts("prd_b", margin=0.1),
        Facts("prd_c", margin=0.9),
        Facts("prd_d", margin=0.1),
    ]
    found = judge_all([rule("margin", below=0.5), rule("confidence", below=0.9, is_on=False)], facts)
    assert {key: [one.prediction_id for one in some] for key, some in found.items()} == {
        "frl_margin": ["prd_b", "prd_d", "prd_a"]
    }


def test_judge__says_why_in_words() -> None:
    raised = judge(rule("confidence", below=0.5), Facts("prd_1", confidence=0.4))
    assert raised is not None
    assert raised.reason == "the least sure part has confidence 0.4, under 0.5"


@pytest.mark.parametrize(
    ("fields", "needle"),
    [
        ({"kind": "confidence"}, "needs below; neither below nor above is given"),
        ({"kind": "novelty"}, "needs above; neither below nor above is given"),
        ({"kind": "novelty", "below": 0.1}, "needs above; below is 0.1"),
        ({"kind": "margin", "below": 0.1, "above": 0.2}, "takes below alone"),
        ({"kind": "margin", "below": 0}, "allowed: over 0"),
        ({"kind": "margin", "below": 1.5}, "allowed: over 0"),
        ({"kind": "margin", "below": float("nan")}, "allowed: over 0"),
        ({"kind": "disagreement", "above": 1}, "allowed: at least 0 and under 1"),
        ({"kind": "report", "below": 0.5}, "takes no below"),
        ({"kind": "random"}, "needs share"),
        ({"kind": "margin", "below": 0.5, "share": 0.5}, "takes no share"),
    ],
)
def test_check_rule__refuses_what_decides_nothing(fields: dict[str, object], needle: str) -> None:
    with pytest.raises(InvalidInput, match=needle):
        check_rule(FlagRuleWrite.model_validate(fields))


def test_check_rule__takes_each_kind() -> None:
    for kind in RuleKind:
        fields = {"random": {"share": 0.1}, "report": {}, "novelty": {"above": 0.99}, "disagreement": {"above": 0.5}}
        check_rule(FlagRuleWrite.model_validate({"kind": kind, **fields.get(kind, {"below": 0.5})}))


def test_ok_share__only_of_a_full_window() -> None:
    said = [Verdict.WRONG, Verdict.OK, Verdict.CORRECTION, Verdict.OK, Verdict.OK, Verdict.WRONG]
    assert ok_share(said, 5) == 0.6
    assert ok_share(said[:4], 5) is None


def test_counters__each_window_holds_and_begins_anew() -> None:
    quotas = quotas_of(EndpointSettings(log_per_minute=2, log_per_hour=3, log_per_day=4))
    counters, begin = Counters(), 1_700_006_400.0  # the first second of a day
    taken = [counters.take(quotas, begin + at) for at in (0, 1, 2, 60, 61, 3600, 3601, 7200)]
    assert taken == [None, None, Window.MINUTE, None, Window.HOUR, None, Window.DAY, Window.DAY]
    assert counters.take(quotas, begin + 86_400) is None


def test_counters__rows_of_earlier_count() -> None:
    counters = Counters()
    counters.raise_to(Window.DAY, 3, 1000.0)
    assert counters.take({Window.DAY: 4}, 1000.0) is None
    assert counters.take({Window.DAY: 4}, 1000.0) is Window.DAY
    assert counters.take({Window.DAY: 0}, 90_000.0) is Window.DAY


def test_is_in_share__by_content() -> None:
    kept = [n for n in range(4000) if is_in_share("end_1", f"{n:064x}", 0.25)]
    assert 900 < len(kept) < 1100
    assert kept == [n for n in range(4000) if is_in_share("end_1", f"{n:064x}", 0.25)]
    assert kept != [n for n in range(4000) if is_in_share("end_2", f"{n:064x}", 0.25)]
    assert not is_in_share("end_1", "a" * 64, 0.0)
    assert 0 <= draw("x") < 1
