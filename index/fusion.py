"""Put together what the legs say about each candidate, and turn it into the probability that it answers.

Which evidence to trust depends on the question: among near-identical paragraphs of reports the exact words,
places and years decide; for everyday words the vectors do. So the legs are not added up with fixed weights:
a small network, trained on questions that the encoder has not seen (`training/fusion.py`), reads each
candidate's evidence, both as it is and standardized among the candidates of the same question.
A second, linear step turns the best result into a probability, using how far it leads and how good the evidence is
at all.
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
    fact: Floats  # 1: holds the kind of fact asked for (`index/facts.py`); -1: does not; 0: no such kind
    region: Floats  # 1: of a region that the question names; -1: of another one; 0: no region named, or none known
    length: Floats  # tokens of the passage


def features(evidence: Evidence) -> Floats:
    """The network's input, shape (candidates, FEATURES): raw values, then values standardized among the candidates."""
    found = evidence.interaction
    shared = [
        found.sentence,
        found.late,
        found.late_sentence,
        found.covered,
        found.missing,
        evidence.lexical,
        evidence.expanded,
        evidence.fact,
    ]
    raw = np.stack([found.clause, *shared], axis=1)
    mixed = np.stack([evidence.dense, *shared], axis=1)
    spread = mixed.std(axis=0)
    standard = (mixed - mixed.mean(axis=0)) / np.where(spread > 1e-6, spread, 1)
    rest = np.stack([evidence.region, np.log1p(evidence.length)], axis=1)
    return np.concatenate([raw, standard, rest], axis=1).astype(np.float32)


RAW = 9
FEATURES = 2 * RAW + 2


def support(values: Floats, results: Floats) -> Floats:
    """What speaks for the best candidate and for its standing out, shape (SUPPORT,).

    A constant; its result; its lead over the second; the logarithm of its share among all; its raw features; the
    best of each raw feature among all candidates.
    """
    best = int(results.argmax())
    others = np.delete(results, best)
    lead = results[best] - others.max() if len(others) else 0.0
    share = -np.log(np.exp(results - results[best]).sum())
    top = values[:, :RAW].max(axis=0)
    standing = np.asarray([1.0, results[best], lead, share])
    return np.concatenate([standing, values[best, :RAW], top]).astype(np.float32)


SUPPORT = 4 + 2 * RAW


@dataclass(frozen=True, slots=True)
class Ranker:
    """The trained network: one hidden layer of rectified units, and the calibration of its best result."""

    hidden: Floats  # (FEATURES, units)
    hidden_bias: Floats  # (units,)
    output: Floats  # (units,)
    center: Floats  # (FEATURES,), of the raw features
    scale: Floats  # (FEATURES,)
    calibration: Floats  # (SUPPORT,)

    @classmethod
    def load(cls, folder: Path = SHIPPED) -> Ranker:
        """Read ranker.safetensors of a model folder."""
        return cls(**load_file(folder / "ranker.safetensors"))

    def results(self, values: Floats) -> Floats:
        """The network's result for each candidate; higher is better, shape (candidates,)."""
        inner = np.maximum((values - self.center) / self.scale @ self.hidden + self.hidden_bias, 0)
        return np.asarray(inner @ self.output, dtype=np.float32)

    def probabilities(self, values: Floats) -> Floats:
        """The estimated probability that each candidate answers, in the order of `values`.

        That of the best one is calibrated; the network was trained so that the exponentials of its results stand
        to each other as the probabilities do, which gives those of the others.
        """
        results = self.results(values)
        logit = np.clip(support(values, results) @ self.calibration, -30, 30)
        return np.asarray(np.exp(results - results.max()) / (1 + np.exp(-logit)), dtype=np.float32)


def reciprocal_ranks(*legs: Floats, k: int = 60) -> Floats:
    """Reciprocal rank fusion (Cormack, Clarke and Büttcher 2009), scaled so that first everywhere is 1."""
    total = np.zeros(len(legs[0]), dtype=np.float32)
    for leg in legs:
        ranks = np.empty(len(leg), dtype=np.float32)
        ranks[np.argsort(-leg, kind="stable")] = np.arange(1, len(leg) + 1)
        total += (k + 1) / (k + ranks)
    return np.asarray(total / len(legs), dtype=np.float32)
