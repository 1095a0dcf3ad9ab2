"""Measures as pure functions: of a ranking and its judgements, of confidences, of two texts.

Ranking measures follow trec_eval where it has them (nDCG, recall, reciprocal rank), so that other tools
re-score a saved run to the same numbers. What trec_eval lacks is a question that wants all of several
clauses; see `completing_rank`. A measure that is undefined for its input (no unanswerable question, say) is
None, which JSON can say and NaN cannot.
"""

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from eval.folding import fold

_EDGE = "。，、；：,.;:!?！？“”\"'《》()（）"


def completing_rank(ranking: Sequence[str], gold: Collection[str], need: str = "any") -> int | None:
    """The rank, from 1, at which a reader has what was asked; None where the ranking never gives it.

    With `need` "any" it is the rank of the first gold clause. With "all" it is one more than the number of
    clauses that are not gold and stand before the last gold one: of two wanted clauses at ranks 1 and 2
    nothing useless was read, so the rank is 1; at ranks 1 and 4 it is 3.
    """
    missing = set(gold)
    useless = 0
    for clause in ranking:
        if clause not in missing:
            useless += 1
            continue
        missing.discard(clause)
        if need == "any" or not missing:
            return useless + 1
    return None


def hit(rank: int | None, k: int) -> float:
    """1 where the completing rank is at most k, else 0. For `need` "any" this is trec_eval's success@k."""
    return float(rank is not None and rank <= k)


def reciprocal(rank: int | None, k: int | None = None) -> float:
    """1 / rank, and 0 where there is none or it is beyond k. The mean over questions is MRR (MRR@k)."""
    return 0.0 if rank is None or (k is not None and rank > k) else 1.0 / rank


def recall(ranking: Sequence[str], gold: Collection[str], k: int) -> float:
    """The share of the gold clauses among the first k; 0 where nothing is gold (trec_eval recall_k)."""
    return len(set(gold) & set(ranking[:k])) / len(set(gold)) if gold else 0.0


def ndcg(ranking: Sequence[str], gains: Mapping[str, int], k: int) -> float:
    """Discounted cumulative gain of the first k over that of the best order; 0 where nothing has a gain.

    The gain of a clause is its judgement (not 2^judgement - 1), the discount log2(rank + 1), as in trec_eval
    ndcg_cut_k and after Järvelin and Kekäläinen, 2002. Judgements below zero gain nothing.
    """
    best = _dcg(sorted((gain for gain in gains.values() if gain > 0), reverse=True)[:k])
    return _dcg([max(gains.get(clause, 0), 0) for clause in ranking[:k]]) / best if best else 0.0


def _dcg(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float | None:
    """The chance that an answerable question has more confidence than an unanswerable one, a tie counting
    half.
    """
    if not answerable or not unanswerable:
        return None
    below, ties, wins = 0, 0.0, 0.0
    lows, highs = Counter(unanswerable), Counter(answerable)
    for score in sorted(lows.keys() | highs.keys()):
        ties += highs[score] * lows[score]
        wins += highs[score] * below
        below += lows[score]
    return (wins + ties / 2) / (len(answerable) * len(unanswerable))


def threshold_answering(answerable: Sequence[float], share: float = 0.95) -> float | None:
    """The highest confidence at which at least `share` of the answerable questions are still answered."""
    if not answerable:
        return None
    # Rounded first: 0.95 * 20 is a hair above 19 in binary, and 19 answered are exactly 95 %.
    wanted = max(math.ceil(round(share * len(answerable), 9)), 1)
    return sorted(answerable, reverse=True)[wanted - 1]


def refused_at(answerable: Sequence[float], unanswerable: Sequence[float], share: float = 0.95) -> float | None:
    """The share of unanswerable questions that fall below `threshold_answering(answerable, share)`."""
    threshold = threshold_answering(answerable, share)
    if threshold is None or not unanswerable:
        return None
    return sum(score < threshold for score in unanswerable) / len(unanswerable)


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering every question of at least `threshold`: that share of all is `coverage`, and `risk` of them
    are wrong.
    """

    coverage: float
    risk: float
    threshold: float


def risk_coverage(confidence: Sequence[float], right: Sequence[bool]) -> tuple[RiskPoint, ...]:
    """The risk-coverage curve, one point a distinct confidence, least coverage first.

    Questions of one confidence are answered together: no threshold can part them. An answered unanswerable
    question counts as wrong. After El-Yaniv and Wiener, 2010.
    """
    ordered = sorted(zip(confidence, right, strict=True), key=lambda pair: -pair[0])
    points, wrong = [], 0
    for row, (score, good) in enumerate(ordered):
        wrong += not good
        if row + 1 == len(ordered) or ordered[row + 1][0] != score:
            points.append(RiskPoint((row + 1) / len(ordered), wrong / (row + 1), score))
    return tuple(points)


def area_under_risk(points: Sequence[RiskPoint]) -> float | None:
    """The mean risk over coverage from 0 to 1 (AURC), each point holding back to the coverage before it."""
    if not points:
        return None
    starts = [0.0, *(point.coverage for point in points)]
    return sum(point.risk * (point.coverage - start) for point, start in zip(points, starts, strict=False))


def answer_exact(given: str, expected: str) -> float:
    """1 where both say the same after folding and without punctuation at the ends, else 0."""
    return float(_bare(given) == _bare(expected))


def answer_contains(given: str, expected: str) -> float:
    """1 where the given text contains the expected answer after folding, else 0. Read it with the answers'
    length.
    """
    return float(_bare(expected) in fold(given).casefold())


def answer_f1(given: str, expected: str) -> float:
    """The harmonic mean of precision and recall over characters as bags: the usual F1 of Chinese reading
    comprehension.
    """
    mine, theirs = Counter(_bare(given)), Counter(_bare(expected))
    shared = (mine & theirs).total()
    return 2 * shared / (mine.total() + theirs.total()) if shared else 0.0


def _bare(text: str) -> str:
    return fold(text).casefold().strip(_EDGE)


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean, None of nothing. Summed exactly, so that the order of questions cannot matter."""
    return math.fsum(values) / len(values) if values else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` of the values lie, interpolated between neighbours (numpy's default)."""
    if not values:
        return None
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
