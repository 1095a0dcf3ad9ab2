"""Train the ranker (`index/fusion.py`) on questions that the encoder did not see.

`training/collections.py` asks them in collections like those that people ask in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save_file

from index.clause_index import ClauseIndex
from index.fusion import SUPPORT, Ranker, features, support
from index.tokens import normalize

Floats = npt.NDArray[np.float32]

UNITS = 24
EPOCHS = 60
_BLOCK = 40  # neighbouring examples are questions to one passage: they are kept in one half
_DROPPED = 0.25  # share of candidates left out at a time, so that the network does not rely on the pool


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one question: features (candidates, FEATURES) and which of them answer."""

    values: Floats
    answers: npt.NDArray[np.bool_]


def make_example(
    index: ClauseIndex, question: str, gold: set[str], regions: Sequence[str] = ()
) -> Example | None:
    """What the index finds for a question; None where the answer is not among the candidates."""
    legs = index.legs(normalize(question))
    rows = index.candidates(legs, 10, None)
    answers = np.asarray([index.passage_id(int(row)) in gold for row in rows])
    if gold and not answers.any():
        return None
    return Example(features(index.evidence(legs, rows, regions)), answers)


def train_ranker(examples: Sequence[Example], *, seed: int) -> Ranker:
    """The network fitted on all answerable examples, its calibration on all examples.

    The calibration sees each example with a network that was fitted on the other half: on its own training
    questions a network leads further than it will on a new one.
    """
    halves = [[each for at, each in enumerate(examples) if at // _BLOCK % 2 == half] for half in (0, 1)]
    supports, truths = [], []
    for fitted, held in (halves, halves[::-1]):
        ranker = _fit(fitted, seed=seed)
        for example in held:
            results = ranker.results(example.values)
            supports.append(support(example.values, results))
            truths.append(bool(example.answers[int(results.argmax())]))
    return replace(_fit(examples, seed=seed), calibration=_calibration(np.asarray(supports), np.asarray(truths)))


def _fit(examples: Sequence[Example], *, seed: int) -> Ranker:
    """The network alone: the right candidate's share of the exponentials is to be high."""
    generator = torch.Generator().manual_seed(seed)
    torch.manual_seed(seed)
    everything = np.concatenate([example.values for example in examples])
    center, scale = everything.mean(axis=0), everything.std(axis=0) + 1e-3
    first = torch.nn.Linear(center.shape[0], UNITS)
    last = torch.nn.Linear(UNITS, 1, bias=False)
    network = torch.nn.Sequential(first, torch.nn.ReLU(), last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3, weight_decay=1e-2)
    answerable = [example for example in examples if example.answers.any()]
    inputs = [torch.from_numpy((example.values - center) / scale) for example in answerable]
    targets = [torch.from_numpy(example.answers) for example in answerable]
    batch = 32
    steps = EPOCHS * len(answerable) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, total_steps=max(steps, 1))
    for _ in range(steps):
        chosen = torch.randint(len(answerable), (batch,), generator=generator).tolist()
        loss = torch.zeros(())
        for number in chosen:
            keep = (torch.rand(len(targets[number]), generator=generator) > _DROPPED) | targets[number]
            logits = network(inputs[number][keep]).squeeze(-1)
            positive = torch.logsumexp(logits[targets[number][keep]], 0)
            loss = loss + torch.logsumexp(logits, 0) - positive
        optimizer.zero_grad()
        (loss / batch).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    return Ranker(
        hidden=first.weight.detach().numpy().T.copy(),
        hidden_bias=first.bias.detach().numpy().copy(),
        output=last.weight.detach().numpy()[0].copy(),
        center=center.astype(np.float32),
        scale=scale.astype(np.float32),
        calibration=np.zeros(SUPPORT, dtype=np.float32),
    )


def _calibration(supports: Floats, truths: npt.NDArray[np.bool_]) -> Floats:
    """Logistic regression of whether the best candidate answers; supports (examples, SUPPORT)."""
    inputs, truth = torch.from_numpy(supports).double(), torch.from_numpy(truths).double()
    spread = inputs.std(dim=0)
    spread[0] = 1  # the constant
    coefficients = torch.zeros(SUPPORT, dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([coefficients], max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        logits = inputs / spread @ coefficients
        fit = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth)
        loss = fit + 1e-3 * coefficients[1:].square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    return (coefficients.detach() / spread).numpy().astype(np.float32)


def save_ranker(ranker: Ranker, folder: Path) -> None:
    """Write ranker.safetensors into a model folder."""
    names = ("hidden", "hidden_bias", "output", "center", "scale", "calibration")
    save_file({name: getattr(ranker, name) for name in names}, folder / "ranker.safetensors")
