"""The ranking network and its probabilities, and the token table that training composes."""

import math

import numpy as np
import pytest
import torch

from index.fusion import FEATURES, RAW, SUPPORT, Ranker, support
from index.training.composition import TokenTable

RNG = np.random.default_rng(3)


def some_ranker() -> Ranker:
    """A network of the shipped shape with drawn weights."""
    return Ranker(
        hidden=RNG.normal(size=(FEATURES, 5)).astype(np.float32),
        hidden_bias=RNG.normal(size=5).astype(np.float32),
        output=RNG.normal(size=5).astype(np.float32),
        center=np.zeros(FEATURES, np.float32),
        scale=np.ones(FEATURES, np.float32),
        calibration=RNG.normal(size=SUPPORT).astype(np.float32) / 10,
    )


def test_the_shipped_ranker_has_the_shapes_that_the_features_have() -> None:
    """A model of another version would otherwise fail at the first question."""
    ranker = Ranker.load()
    assert ranker.hidden.shape[0] == len(ranker.center) == len(ranker.scale) == FEATURES
    assert ranker.calibration.shape == (SUPPORT,)


@pytest.mark.parametrize("candidates", [1, 2, 40])
def test_probabilities_keep_the_order_of_the_results(candidates: int) -> None:
    """The best has the calibrated probability, each other one less by the exponential of what it lacks."""
    ranker, values = some_ranker(), RNG.normal(size=(candidates, FEATURES)).astype(np.float32)
    results, found = ranker.results(values), ranker.probabilities(values)
    best = int(results.argmax())
    calibrated = 1 / (1 + math.exp(-float(support(values, results) @ ranker.calibration)))
    assert found[best] == pytest.approx(calibrated, rel=1e-4)
    assert found == pytest.approx(calibrated * np.exp(results - results[best]), rel=1e-4)


def test_support_by_hand() -> None:
    """Result, lead, share; then the raw features of the best and the best of each."""
    values = np.zeros((2, FEATURES), np.float32)
    values[0, 0], values[1, 1] = 0.5, 0.25
    found = support(values, np.asarray([2.0, 1.0], np.float32))
    assert found[:4] == pytest.approx([1, 2, 1, -math.log(1 + math.exp(-1))])
    assert found[4:6] == pytest.approx([0.5, 0])
    assert found[4 + RAW : 6 + RAW] == pytest.approx([0.5, 0.25])


def test_a_token_is_its_own_vector_and_those_of_its_characters() -> None:
    """The composed table and its gradients are those of the sum written out."""
    torch.manual_seed(0)
    pieces = ["药价", "药", "房价", "价"]
    tokens = TokenTable(pieces, 3)
    price, house, drug = (tokens.characters[sorted("价房药").index(each)] for each in "价房药")
    root = 2**-0.5
    by_hand = tokens.own + torch.stack([(drug + price) * root, drug, (house + price) * root, price])
    assert torch.allclose(tokens(), by_hand)
    wanted = torch.randn(4, 3)
    found = torch.autograd.grad((tokens() * wanted).sum(), [tokens.own, tokens.characters])
    expected = torch.autograd.grad((by_hand * wanted).sum(), [tokens.own, tokens.characters])
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, other)
