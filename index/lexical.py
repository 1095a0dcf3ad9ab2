"""The lexical leg: BM25 over characters, character pairs, numbers and Latin words.

Chinese is written without blanks, so the terms are overlapping pairs of characters, which find every phrase
of two characters or more without a dictionary, and single characters at a lower weight, which catch the rest.
A term is a 64-bit key made from its code points; the postings are three arrays that can be memory-mapped:
sorted keys, row ranges, and for each posting its row and its finished BM25 weight. Weights of query terms
multiply at question time, so that expansions from the lexicon can count less than what was typed.

BM25 as in Lucene: idf = ln(1 + (N - df + 0.5) / (df + 0.5)), k1 = 1.2, b = 0.75.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.arrays import open_array
from index.tokens import normalize

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]

K1 = 1.2
B = 0.75
SINGLE = 0.5  # weight in a question of a single character against a pair

_SHIFT = np.uint64(21)  # code points need 21 bits
_WORD = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
_WORD_BIT = 1 << 63


def _word_key(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little") | _WORD_BIT


def term_keys(text: str) -> tuple[Keys, Keys]:
    """Keys of the (pairs and words, single characters) of `text`, in order and with repetitions."""
    text = normalize(text)
    points = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    han = (points >= 0x3400) & (points <= 0x9FFF)
    together = han[:-1] & han[1:]
    pairs = (points[:-1][together] << _SHIFT) | points[1:][together]
    words = np.array([_word_key(word) for word in _WORD.findall(text)], dtype=np.uint64)
    return np.concatenate([pairs, words]), points[han]


@dataclass(frozen=True, slots=True)
class LexicalIndex:
    """Postings of `rows` passages. Arrays may be memory-mapped; nothing here is changed after building."""

    keys: Keys  # sorted, one for each term
    starts: npt.NDArray[np.int64]  # postings of term i: starts[i]:starts[i + 1]
    posting_rows: npt.NDArray[np.int32]
    posting_weights: Floats
    rows: int

    @classmethod
    def build(cls, texts: Iterable[str]) -> LexicalIndex:
        """Index `texts`; their order is the row number."""
        keys: list[Keys] = []
        counts: list[Floats] = []
        lengths: list[int] = []
        for text in texts:
            pairs, singles = term_keys(text)
            terms, count = np.unique(np.concatenate([pairs, singles]), return_counts=True)
            keys.append(terms)
            counts.append(count.astype(np.float32))
            lengths.append(len(pairs) + len(singles))
        if not keys:
            return cls(*_empty(), rows=0)
        all_keys = np.concatenate(keys)
        order = np.argsort(all_keys, kind="stable")
        vocabulary, starts, frequency = np.unique(all_keys[order], return_index=True, return_counts=True)
        rows = np.repeat(np.arange(len(keys), dtype=np.int32), [len(terms) for terms in keys])[order]
        occurrences = np.concatenate(counts)[order]
        length = np.asarray(lengths, dtype=np.float32)
        idf = np.log1p((len(lengths) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        relative = length / max(float(length.mean()), 1e-9)
        saturated = occurrences * (K1 + 1) / (occurrences + K1 * (1 - B + B * relative[rows]))
        return cls(
            keys=vocabulary,
            starts=np.append(starts, len(rows)).astype(np.int64),
            posting_rows=rows,
            posting_weights=np.repeat(idf, frequency) * saturated.astype(np.float32),
            rows=len(lengths),
        )

    def save(self, folder: Path) -> None:
        """Write the arrays as `lexical-*.npy` into `folder`."""
        for name in ("keys", "starts", "posting_rows", "posting_weights"):
            np.save(folder / f"lexical-{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, rows: int) -> LexicalIndex:
        """Open what `save` wrote, memory-mapped."""

        def array(name: str) -> Any:
            return open_array(folder / f"lexical-{name}.npy")

        return cls(array("keys"), array("starts"), array("posting_rows"), array("posting_weights"), rows)

    def question_terms(self, text: str) -> dict[int, float]:
        """The terms of a question and what each weighs; repeated words count once."""
        pairs, singles = term_keys(text)
        weights = {int(key): SINGLE for key in singles}
        weights.update((int(key), 1.0) for key in pairs)
        return weights

    def scores(self, terms: Mapping[int, float]) -> Floats:
        """The BM25 score of every row, shape (rows,), for weighted terms."""
        total = np.zeros(self.rows, dtype=np.float32)
        for term, weight in zip(*self._locate(terms), strict=True):
            if term >= 0:
                span = slice(int(self.starts[term]), int(self.starts[term + 1]))
                total[self.posting_rows[span]] += np.float32(weight) * self.posting_weights[span]
        return total

    def best_possible(self, terms: Mapping[int, float]) -> float:
        """The sum of idf over the question's terms, absent ones as the rarest: what full coverage is worth."""
        total = 0.0
        for term, weight in zip(*self._locate(terms), strict=True):
            frequency = int(self.starts[term + 1] - self.starts[term]) if term >= 0 else 0
            total += weight * float(np.log1p((self.rows - frequency + 0.5) / (frequency + 0.5)))
        return total

    def occurs(self, text: str) -> bool:
        """True where some passage has each pair of characters, and each word of letters, of `text`."""
        pairs, _ = term_keys(text)
        places, _ = self._locate({int(key): 1.0 for key in pairs})
        return bool(places) and min(places) >= 0

    def _locate(self, terms: Mapping[int, float]) -> tuple[list[int], Sequence[float]]:
        """The position of each term in `keys`, or -1, and the weights in the same order."""
        wanted = np.fromiter(terms, dtype=np.uint64, count=len(terms))
        if not len(self.keys):
            return [-1] * len(terms), list(terms.values())
        places = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        found = np.asarray(self.keys[places]) == wanted
        return np.where(found, places, -1).tolist(), list(terms.values())


def _empty() -> tuple[Keys, npt.NDArray[np.int64], npt.NDArray[np.int32], Floats]:
    return (
        np.zeros(0, np.uint64),
        np.zeros(1, np.int64),
        np.zeros(0, np.int32),
        np.zeros(0, np.float32),
    )
