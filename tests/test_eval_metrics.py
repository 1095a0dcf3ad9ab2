"""The measures equal values worked out by hand, and those of ir_measures on the same rankings."""

import math

import ir_measures
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import (
    RiskPoint,
    answer_contains,
    answer_exact,
    answer_f1,
    area_under_risk,
    auroc,
    completing_rank,
    hit,
    mean,
    ndcg,
    quantile,
    recall,
    reciprocal,
    refused_at,
    risk_coverage,
    threshold_answering,
)

RANKS = [
    # ranking, gold, need, the rank at which the reader has what was asked
    ("abcd", "a", "any", 1),
    ("abcd", "dc", "any", 3),  # the first of the two stands third
    ("abcd", "x", "any", None),
    ("", "a", "any", None),
    ("abcd", "", "any", None),
    ("abcd", "ab", "all", 1),  # nothing useless before the last wanted one
    ("abcd", "ad", "all", 3),  # b and c are useless: 1 + 2
    ("abcd", "cd", "all", 3),
    ("abcd", "ax", "all", None),  # one of the wanted never comes
    ("abcd", "c", "all", 3),  # with one gold clause "all" and "any" agree
]


@pytest.mark.parametrize(("ranking", "gold", "need", "rank"), RANKS)
def test_completing_rank(ranking: str, gold: str, need: str, rank: int | None) -> None:
    """Worked out by hand; see the comments of the table."""
    assert completing_rank(list(ranking), set(gold), need) == rank


def test_hit_and_reciprocal_rank() -> None:
    """At rank 3: no hit at 1, a hit at 3, a third of a reciprocal rank unless the cut is before it."""
    assert [hit(3, k) for k in (1, 3, 5)] == [0, 1, 1]
    assert (reciprocal(3), reciprocal(3, 2), reciprocal(None)) == (1 / 3, 0, 0)


def test_ndcg_and_recall_by_hand() -> None:
    """Gains 2 at rank 1 and 1 at rank 3, ideal 2, 1, 1: (2 + 1/2) / (2 + 1/log2(3) + 1/2)."""
    gains = {"a": 2, "c": 1, "x": 1}
    assert ndcg(list("abc"), gains, 10) == pytest.approx(2.5 / (2.5 + 1 / math.log2(3)))
    assert ndcg(list("abc"), gains, 1) == 1
    assert recall(list("abc"), set("acx"), 2) == 1 / 3
    assert (ndcg(["a"], {"a": 0}, 10), recall(["a"], set(), 10)) == (0, 0)


GAINS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(-1, 3), min_size=1)


@given(st.lists(st.tuples(st.permutations("abcdefgh"), st.integers(0, 8), GAINS), min_size=1, max_size=6))
def test_ranking_measures_equal_ir_measures(cases: list[tuple[list[str], int, dict[str, int]]]) -> None:
    """For random rankings and judgements the means are those of ir_measures, unanswered questions
    included.
    """
    rankings = {f"q{row}": order[:length] for row, (order, length, _) in enumerate(cases)}
    qrels = {f"q{row}": gains for row, (_, _, gains) in enumerate(cases)}
    run = {name: {doc: 100.0 - at for at, doc in enumerate(ranking)} for name, ranking in rankings.items()}
    measures = [ir_measures.parse_measure(name) for name in ("nDCG@3", "R@5", "RR", "Success@1")]
    theirs = ir_measures.calc_aggregate(measures, qrels, run)
    ours: dict[str, list[float]] = {"nDCG@3": [], "R@5": [], "RR": [], "Success@1": []}
    for name, ranking in rankings.items():
        gold = {doc for doc, gain in qrels[name].items() if gain > 0}
        rank = completing_rank(ranking, gold)
        ours["nDCG@3"].append(ndcg(ranking, qrels[name], 3))
        ours["R@5"].append(recall(ranking, gold, 5))
        ours["RR"].append(reciprocal(rank))
        ours["Success@1"].append(hit(rank, 1))
    for measure in measures:
        assert mean(ours[str(measure)]) == pytest.approx(theirs[measure], abs=1e-6)


def test_auroc_by_hand() -> None:
    """Of the 6 pairs, 0.9 wins twice, 0.5 wins once and ties once, 0.2 wins none but one: 0.1 < 0.2."""
    assert auroc([0.9, 0.5, 0.2], [0.5, 0.1]) == (2 + 1.5 + 1) / 6
    assert auroc([1.0], []) is None
    assert auroc([0.5, 0.5], [0.5]) == 0.5


@given(
    st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=1),
    st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1),
)
def test_auroc_is_the_share_of_pairs_won(answerable: list[float], unanswerable: list[float]) -> None:
    """The fast sum equals counting every pair."""
    pairs = [(a > u) + (a == u) / 2 for a in answerable for u in unanswerable]
    assert auroc(answerable, unanswerable) == pytest.approx(sum(pairs) / len(pairs))


def test_refused_at_95() -> None:
    """Of 20 answerable 19 must be answered, so the threshold is the 19th score, 2; below it fall 0 and 1.5 of
    four.
    """
    answerable = [float(score) for score in range(1, 21)]
    assert threshold_answering(answerable) == 2.0
    assert refused_at(answerable, [0.0, 1.5, 2.0, 30.0]) == 0.5
    assert refused_at([], [1.0]) is None
    assert refused_at([1.0], []) is None


def test_risk_coverage_by_hand() -> None:
    """The two questions at 0.8 enter together; AURC is 0 up to a quarter, 1/3 up to three quarters, then
    1/2.
    """
    points = risk_coverage([0.8, 0.9, 0.8, 0.1], [False, True, True, False])
    assert points == (RiskPoint(0.25, 0, 0.9), RiskPoint(0.75, 1 / 3, 0.8), RiskPoint(1.0, 0.5, 0.1))
    assert area_under_risk(points) == pytest.approx(0.5 / 3 + 0.25 / 2)
    assert area_under_risk(()) is None


ANSWERS = [
    # given, expected, exact, contains, F1
    ("430亿元", "４３０ 亿元。", 1, 1, 1.0),  # width, spaces and the last mark make no difference
    ("实现收入430亿元", "430亿元", 0, 1, 2 * 5 / (9 + 5)),
    ("43亿元", "430亿元", 0, 0, 2 * 4 / (4 + 5)),
    ("省科技厅", "市", 0, 0, 0.0),
    ("", "430亿元", 0, 0, 0.0),
]


@pytest.mark.parametrize(("given_text", "expected", "exact", "contains", "f1"), ANSWERS)
def test_answers_by_hand(given_text: str, expected: str, exact: int, contains: int, f1: float) -> None:
    """Worked out by hand; F1 counts characters as bags."""
    assert answer_exact(given_text, expected) == exact
    assert answer_contains(given_text, expected) == contains
    assert answer_f1(given_text, expected) == pytest.approx(f1)


def test_mean_and_quantile() -> None:
    """Quantiles interpolate between neighbours; of nothing both are None."""
    assert mean([1.0, 2.0]) == 1.5
    assert quantile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5
    assert quantile([1.0, 2.0], 1.0) == 2.0
    assert mean([]) is None
    assert quantile([], 0.5) is None
