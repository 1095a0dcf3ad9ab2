"""The tests of significance find no difference where there is none, and find one where there is."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.significance import bootstrap_interval, holm, paired_difference, randomization_p


def test_a_run_against_itself_is_no_difference() -> None:
    """p is 1, the interval is a point at 0, and every question is a tie."""
    measures = [random.Random(1).random() for _ in range(200)]
    same = paired_difference(measures, measures)
    assert (same.p, same.difference, same.low, same.high) == (1, 0, 0, 0)
    assert (same.wins, same.ties, same.losses) == (0, 200, 0)


def test_a_shuffled_run_is_significantly_worse() -> None:
    """Reciprocal ranks of a good run against those of random orders of ten: worse beyond doubt."""
    draw = random.Random(2)
    good = [1 / draw.choice([1, 1, 1, 2, 3]) for _ in range(150)]
    shuffled = [1 / draw.randint(1, 10) for _ in range(150)]
    worse = paired_difference(good, shuffled)
    assert worse.p < 0.001
    assert worse.low < worse.difference < worse.high < 0


def test_exact_p_by_hand() -> None:
    """Three differences of one sign: of eight assignments two are as extreme. With a fourth of zero the
    same.
    """
    assert randomization_p(np.array([1.0, 2.0, 3.0])) == 2 / 8
    assert randomization_p(np.array([1.0, 2.0, 3.0, 0.0])) == 2 / 8
    # +1 +1 -1: |sum| is at least 1 for every assignment.
    assert randomization_p(np.array([1.0, 1.0, -1.0])) == 1


def test_drawn_p_agrees_with_the_binomial() -> None:
    """Of 20 equal differences 15 are wins: the two-sided sign test gives 0.0414."""
    assert randomization_p(np.array([1.0] * 15 + [-1.0] * 5)) == pytest.approx(0.0414, abs=0.005)


def test_false_alarms_are_as_rare_as_promised() -> None:
    """Of 200 comparisons of pure noise about 5 % have p below 0.05, and 12 % would be far too many."""
    generator = np.random.default_rng(3)
    alarms = [randomization_p(generator.choice([-1.0, 0.0, 1.0], size=18)) < 0.05 for _ in range(200)]
    assert sum(alarms) <= 24


def test_bootstrap_interval_is_that_of_the_normal() -> None:
    """For a mean of 400 draws of unit variance the interval is about 0.098 to each side."""
    values = np.random.default_rng(4).normal(size=400)
    low, high = bootstrap_interval(values)
    assert values.mean() - low == pytest.approx(1.96 / 20, abs=0.012)
    assert high - values.mean() == pytest.approx(1.96 / 20, abs=0.012)


def test_holm_by_hand() -> None:
    """0.01 * 3, then 0.03 * 2, then 0.04 * 1 raised to the one before it."""
    assert holm([0.04, 0.01, 0.03]) == pytest.approx([0.06, 0.03, 0.06])
    assert holm([0.7, 0.9]) == [1, 1]
    assert holm([]) == []


@given(st.lists(st.floats(0, 1)))
def test_holm_keeps_the_order_and_never_lowers(ps: list[float]) -> None:
    """A corrected p is at least the p and at most 1, and of two p the smaller stays not larger."""
    corrected = holm(ps)
    assert all(p <= new <= 1 for p, new in zip(ps, corrected, strict=True))
    pairs = sorted(zip(ps, corrected, strict=True))
    assert [new for _, new in pairs] == sorted(corrected)


def test_unpaired_measures_are_a_mistake() -> None:
    """Nothing to compare, or lists of two lengths, is an error of the caller."""
    with pytest.raises(ValueError, match="got 1 and 2"):
        paired_difference([1.0], [1.0, 2.0])
    with pytest.raises(ValueError, match="got 0 and 0"):
        paired_difference([], [])
