"""Is a difference more than chance? Paired tests over questions.

Two systems that answered the same questions are compared question by question. The randomization test asks
how often a mean difference as large comes about when each pair is swapped by a coin: it assumes nothing about
how the measures are distributed, and is what Smucker, Allan and Carterette (2007) recommend for retrieval.
The bootstrap interval says how large the difference may be. Both are seeded, so the same two runs give the
same figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ROUNDS = 20_000
_SEED = 20_160_826
_EXACT = 14
_BLOCK = 500
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Difference:
    """The paired difference b - a: its mean, a 95 % interval, the two-sided p, and how many questions
    went which way.
    """

    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    p: float
    wins: int
    ties: int
    losses: int


def paired_difference(a: Sequence[float], b: Sequence[float]) -> Difference:
    """Compare two systems on the same questions, `a[i]` and `b[i]` being their measures of question i.

    Raises ValueError where there is no question or the lengths differ.
    """
    if not a or len(a) != len(b):
        raise ValueError(f"expected two equally long lists of measures, got {len(a)} and {len(b)}")
    differences = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    low, high = bootstrap_interval(differences)
    return Difference(
        mean_a=float(np.mean(a)),
        mean_b=float(np.mean(b)),
        difference=float(differences.mean()),
        low=low,
        high=high,
        p=randomization_p(differences),
        wins=int((differences > 0).sum()),
        ties=int((differences == 0).sum()),
        losses=int((differences < 0).sum()),
    )


def randomization_p(differences: npt.NDArray[np.float64]) -> float:
    """The two-sided p of a mean difference this large when the sign of each is a coin's.

    Up to 14 differences that are not zero every assignment of signs is counted, so p is exact; beyond, 20,000
    are drawn and the one observed counts as one of them, so p is never 0. Of no difference at all p is 1.
    """
    moved = differences[differences != 0]
    observed = abs(float(moved.sum()))
    # Sums of the same numbers in another order differ by rounding; without the slack a tie could pass for
    # less extreme.
    bar = observed - _ROUNDING
    if len(moved) <= _EXACT:
        codes = np.arange(1 << len(moved))[:, None] >> np.arange(len(moved)) & 1
        return float((np.abs((1 - 2 * codes) @ moved) >= bar).mean())
    extreme = 1
    generator = np.random.default_rng(_SEED)
    for start in range(0, ROUNDS, _BLOCK):
        signs = generator.integers(0, 2, size=(min(_BLOCK, ROUNDS - start), len(moved)), dtype=np.int8)
        extreme += int((np.abs((1.0 - 2.0 * signs) @ moved) >= bar).sum())
    return extreme / (ROUNDS + 1)


def bootstrap_interval(values: npt.NDArray[np.float64], level: float = 0.95) -> tuple[float, float]:
    """The percentile interval of the mean over 20,000 resamples of the questions (Efron)."""
    generator = np.random.default_rng(_SEED)
    means = np.empty(ROUNDS)
    for start in range(0, ROUNDS, _BLOCK):
        rows = generator.integers(0, len(values), size=(min(_BLOCK, ROUNDS - start), len(values)))
        means[start : start + len(rows)] = values[rows].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def holm(ps: Sequence[float]) -> list[float]:
    """Each p corrected for all of them being looked at (Holm, 1979): the chance of any false alarm stays
    below p.
    """
    corrected = [0.0] * len(ps)
    highest = 0.0
    for place, row in enumerate(sorted(range(len(ps)), key=lambda row: ps[row])):
        highest = max(highest, min(ps[row] * (len(ps) - place), 1.0))
        corrected[row] = highest
    return corrected
