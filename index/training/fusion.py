"""Train the ranker (`index/fusion.py`) on questions that the encoder did not see.

`training/collections.py` asks them in collections like those that people ask in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import save_file

from index.clause_index import ClauseIndex
from index.fusion import Ranker, features, support
from index.tokens import normalize

Floats = npt.NDArray[np.float32]

UNITS = 24
EPOCHS = 60
_DROPPED = 0.25  # share of candidates left out at a time, so that the network does not rely on the pool


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one question: features (candidates, 14) and which of them answer."""

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
    """Fit the network on the answerable examples, then the calibration on all of them."""
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
    ranker = Ranker(
        hidden=first.weight.detach().numpy().T.copy(),
        hidden_bias=first.bias.detach().numpy().copy(),
        output=last.weight.detach().numpy()[0].copy(),
        center=center.astype(np.float32),
        scale=scale.astype(np.float32),
        calibration=np.zeros(8, dtype=np.float32),
    )
    return calibrate(ranker, examples)


def calibrate(ranker: Ranker, examples: Sequence[Example]) -> Ranker:
    """Fit the probability of the best candidate, by logistic regression on its result and the support."""
    rows, truths = [], []
    for example in examples:
        results = ranker.results(example.values)
        best = int(results.argmax())
        rows.append(np.concatenate([[1.0, results[best]], support(example.values)]))
        truths.append(float(example.answers[best]))
    inputs = torch.tensor(np.asarray(rows), dtype=torch.float64)
    truth = torch.tensor(truths, dtype=torch.float64)
    spread = inputs.std(dim=0)
    spread[0] = 1
    coefficients = torch.zeros(inputs.shape[1], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([coefficients], max_iter=300, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        logits = inputs / spread @ coefficients
        fit = torch.nn.functional.binary_cross_entropy_with_logits(logits, truth)
        loss = fit + 1e-3 * coefficients[1:].square().sum()
        loss.backward()  # type: ignore[no-untyped-call]
        return loss

    optimizer.step(closure)  # type: ignore[no-untyped-call]
    calibration = (coefficients.detach() / spread).numpy().astype(np.float32)
    return Ranker(
        ranker.hidden, ranker.hidden_bias, ranker.output, ranker.center, ranker.scale, calibration
    )


def save_ranker(ranker: Ranker, folder: Path) -> None:
    """Write ranker.safetensors into a model folder."""
    names = ("hidden", "hidden_bias", "output", "center", "scale", "calibration")
    save_file({name: getattr(ranker, name) for name in names}, folder / "ranker.safetensors")
