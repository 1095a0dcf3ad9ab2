"""Put together what the legs say about each candidate, and turn it into the probability that it answers.

Which evidence to trust depends on the question: among near-identical paragraphs of reports the exact words,
places and years decide; for everyday words the vectors do. So the legs are not added up with fixed weights:
a small network, trained on questions that the encoder has not seen (`training/fusion.py`), reads each
candidate's evidence, both as it is and standardized among the candidates of the same question.
A second, linear step turns its result into a probability, using how good the best evidence is at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from index.encoders import SHIPPED
from index.late import Interaction

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence for the candidates of one question; arrays of shape (candidates,)."""

    interaction: Interaction
    dense: Floats  # cosine of the encoder's vectors
    lexical: Floats  # BM25 as a share of what full coverage of the question would be worth
    expanded: Floats  # the same for the official words added from the lexicon
    region: Floats  # 1: of a region that the question names; -1: of another one; 0: no region named, or none known
    length: Floats  # tokens of the passage


def features(evidence: Evidence) -> Floats:
    """The network's input, shape (candidates, 14): raw values, then values standardized among the candidates."""
    found = evidence.interaction
    raw = np.stack(
        [found.clause, found.sentence, found.late, found.covered, evidence.lexical, evidence.expanded], axis=1
    )
    mixed = np.stack(
        [evidence.dense, found.sentence, found.late, found.covered, evidence.lexical, evidence.expanded], axis=1
    )
    spread = mixed.std(axis=0)
    standard = (mixed - mixed.mean(axis=0)) / np.where(spread > 1e-6, spread, 1)
    rest = np.stack([evidence.region, np.log1p(evidence.length)], axis=1)
    return np.concatenate([raw, standard, rest], axis=1).astype(np.float32)


def support(values: Floats) -> Floats:
    """What `features` say of the question as a whole, shape (6,): how good each kind of evidence is at best."""
    return np.asarray(values[:, :6].max(axis=0), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Ranker:
    """The trained network: one hidden layer of rectified units, and the calibration of its result."""

    hidden: Floats  # (14, units)
    hidden_bias: Floats  # (units,)
    output: Floats  # (units,)
    center: Floats  # (14,), of the raw features
    scale: Floats  # (14,)
    calibration: Floats  # (8,): constant, weight of the result, weights of `support`

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Ranker:
        """Read ranker.safetensors of a model folder."""
        return cls(**load_file(folder / "ranker.safetensors"))

    def results(self, values: Floats) -> Floats:
        """The network's result for each candidate; higher is better, shape (candidates,)."""
        inner = np.maximum((values - self.center) / self.scale @ self.hidden + self.hidden_bias, 0)
        return np.asarray(inner @ self.output, dtype=np.float32)

    def probabilities(self, results: Floats, support: Floats) -> Floats:
        """The estimated probability that each candidate answers, in the order of `results`."""
        constant, weight, *others = self.calibration
        logit = constant + weight * results + np.float32(np.dot(others, support))
        return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))), dtype=np.float32)


def reciprocal_ranks(*legs: Floats, k: int = 60) -> Floats:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009), scaled so that first everywhere is 1."""
    total = np.zeros(len(legs[0]), dtype=np.float32)
    for leg in legs:
        ranks = np.empty(len(leg), dtype=np.float32)
        ranks[np.argsort(-leg, kind="stable")] = np.arange(1, len(leg) + 1)
        total += (k + 1) / (k + ranks)
    return np.asarray(total / len(legs), dtype=np.float32)
