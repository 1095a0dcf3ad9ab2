"""Late interaction: how well the tokens of a passage cover the tokens of a question.

An index keeps each passage's token numbers (two bytes each) and nothing else; vectors come from two tables of
the shipped model, one row a token. For each token of the question the most similar token of the passage
counts, weighted by how much that token matters in a question (Khattab and Zaharia 2020, ColBERT, with static
vectors). Beside it, the best sentence: the cosine of the question's vector with that of each sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load_file

from index.arrays import open_array
from index.encoders import SHIPPED, StaticEncoder

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]

_SENTENCE = re.compile(r"[^。！？；;!?\n]+[。！？；;!?\n]*")
_SCALE = np.float32(1 / 127)


_ARRAYS = ("tokens", "sentence_starts", "passage_starts", "sentence_norms", "passage_norms")


def sentences(text: str) -> list[str]:
    """`text` cut after 。；！？ and line ends; joining the pieces gives it back but for leading stops."""
    return _SENTENCE.findall(text) or [text]


@dataclass(frozen=True, slots=True)
class TokenStore:
    """The tokens of all passages, sentence by sentence; arrays may be memory-mapped.

    The context (title and headings) of a passage is its first sentence.
    """

    tokens: npt.NDArray[np.uint16]
    sentence_starts: npt.NDArray[np.int64]  # tokens of sentence i: sentence_starts[i]:sentence_starts[i + 1]
    passage_starts: npt.NDArray[np.int64]  # sentences of passage i, likewise
    sentence_norms: Floats  # length of the sum of the sentence's token vectors
    passage_norms: Floats  # the same for the whole passage

    @classmethod
    def build(cls, encoder: StaticEncoder, texts: Iterable[tuple[str, str]]) -> TokenStore:
        """Tokens of (context, text) of each passage, in row order."""
        tokens: list[npt.NDArray[np.uint16]] = []
        passage_starts = [0]
        sentence_norms: list[Floats] = []
        passage_norms: list[float] = []
        for context, text in texts:
            pieces = encoder.token_ids([context, *sentences(text)])
            if not any(map(len, pieces)):
                pieces[0] = np.zeros(1, dtype=np.uint16)  # every passage has a token: the padding, a zero vector
            sums = np.stack([encoder.rows(ids).sum(axis=0) for ids in pieces])
            sentence_norms.append(np.linalg.norm(sums, axis=1))
            passage_norms.append(float(np.linalg.norm(sums.sum(axis=0))))
            tokens += pieces
            passage_starts.append(len(tokens))
        return cls(
            tokens=np.concatenate(tokens) if tokens else np.zeros(0, np.uint16),
            sentence_starts=np.cumsum([0, *(len(ids) for ids in tokens)], dtype=np.int64),
            passage_starts=np.asarray(passage_starts, dtype=np.int64),
            sentence_norms=np.concatenate(sentence_norms) if sentence_norms else np.zeros(0, np.float32),
            passage_norms=np.asarray(passage_norms, dtype=np.float32),
        )

    def save(self, folder: Path) -> None:
        """Write the arrays as `tokens-*.npy` into `folder`."""
        for name in _ARRAYS:
            np.save(folder / f"tokens-{name}.npy", getattr(self, name), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path) -> TokenStore:
        """Open what `save` wrote, memory-mapped."""

        def array(name: str) -> Any:
            return open_array(folder / f"tokens-{name}.npy")

        return cls(*(array(name) for name in _ARRAYS))


@dataclass(frozen=True, slots=True)
class Interaction:
    """What the tokens of one question say about some passages; arrays of shape (passages,), -1 to 1."""

    late: Floats  # weighted mean over question tokens of the best cosine in the passage
    late_sentence: Floats  # the same within the title, the headings and the one sentence where it is highest
    sentence: Floats  # best cosine of a sentence
    covered: Floats  # weight of question tokens with a close counterpart in the passage, 0 to 1
    missing: Floats  # the weightiest question token without a counterpart: its weight times its distance
    clause: Floats  # cosine of the whole passage


SLIGHT = 0.42  # below this share of the mean weight, a character is mostly a word of grammar
CLOSE = np.float32(0.6)


class LateInteraction:
    """The shipped tables, and the scoring of passages of a `TokenStore` against a question."""

    def __init__(self, encoder: StaticEncoder, folder: Path = SHIPPED) -> None:
        """`folder` holds late.safetensors: `vectors` int8 (tokens, dim), `weights` float16 (tokens,)."""
        tables = load_file(folder / "late.safetensors")
        self._encoder = encoder
        self._vectors = tables["vectors"]
        self._weights = tables["weights"]

    def stands_alone(self, character: str) -> bool:
        """True for a character that says little by itself: 要, 到, 也."""
        token = self._encoder.tokenizer.token_to_id(character)
        return token is not None and float(self._weights[token]) < SLIGHT

    def score(self, question: npt.NDArray[np.uint16], store: TokenStore, rows: Rows) -> Interaction:
        """Score the passages `rows` of `store` against the tokens of a question."""
        if not len(rows) or not len(question):
            nothing = np.zeros(len(rows), dtype=np.float32)
            return Interaction(nothing, nothing, nothing, nothing, nothing, nothing)
        sentence_rows, passage_at = _ranges(store.passage_starts, rows)
        token_rows, sentence_at = _ranges(store.sentence_starts, sentence_rows)
        unique, inverse = np.unique(store.tokens[token_rows], return_inverse=True)
        lengths = np.diff(np.append(sentence_at, len(token_rows)))

        vectors = self._vectors[unique].astype(np.float32) * _SCALE
        asked = self._vectors[question].astype(np.float32) * _SCALE
        weights = self._weights[question].astype(np.float32)
        weights /= weights.sum()
        similar = (vectors @ asked.T)[inverse]
        held = lengths > 0  # reduceat has no way to say that a range is empty; the last one may begin at the end
        within = np.full((len(lengths), len(question)), np.float32(-1))
        within[held] = np.maximum.reduceat(similar, sentence_at[held], axis=0)
        best = np.maximum.reduceat(within, passage_at, axis=0)
        per_passage = np.diff(np.append(passage_at, len(lengths)))
        in_context = np.maximum(within, np.repeat(within[passage_at], per_passage, axis=0))

        vector = self._encoder.pool([question])[0]
        dots = (self._encoder.rows(unique) @ vector)[inverse]
        sums = np.add.reduceat(np.append(dots, np.float32(0)), sentence_at)
        sums[lengths == 0] = 0  # reduceat gives an empty range the value at its start
        cosines = sums / np.maximum(store.sentence_norms[sentence_rows], 1e-6)
        return Interaction(
            late=best @ weights,
            late_sentence=np.maximum.reduceat(in_context @ weights, passage_at),
            sentence=np.maximum.reduceat(cosines, passage_at),
            covered=(best > CLOSE) @ weights,
            missing=((1 - best) * weights).max(axis=1),
            clause=(np.add.reduceat(sums, passage_at) / np.maximum(store.passage_norms[rows], 1e-6)).astype(np.float32),
        )


def _ranges(starts: npt.NDArray[np.int64], rows: Rows) -> tuple[Rows, Rows]:
    """The members of the ranges `rows`, joined, and where each range begins in the joined array."""
    first = np.asarray(starts[rows])
    lengths = np.asarray(starts[rows + 1]) - first
    begins = np.cumsum(lengths) - lengths
    members = np.arange(int(lengths.sum())) + np.repeat(first - begins, lengths)
    return members, begins
