"""Find the passages that could answer a question: one open generation of an index, read-only and shared by threads.

A search goes: encode → nearest vectors and best words → the union as candidates → evidence for each → rank.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from index.encoders import SHIPPED, Encoder, StaticEncoder, open_encoder
from index.errors import IndexDamaged, IndexMissing
from index.facts import asked_fact
from index.faiss_store import FaissStore
from index.fusion import Evidence, Ranker, features, reciprocal_ranks
from index.late import LateInteraction, TokenStore
from index.lexical import LexicalIndex
from index.lexicon import expand
from index.passages import Filter, Hit
from index.repair import repair
from index.tokens import normalize

Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]
Mode = Literal["lexical", "dense", "hybrid", "full"]

FORMAT = 2
MANIFEST = "manifest.json"
PASSAGES = "passages.json"

# How many candidates each leg names. A library smaller than ALL is ranked whole.
ALL = 300
_EVERYWHERE = (None, "全国")  # a document that holds in every region is never of another one
_DENSE, _LEXICAL, _EXPANDED = 120, 80, 40


@dataclass(frozen=True, slots=True)
class Legs:
    """A question as each leg sees it."""

    tokens: npt.NDArray[np.uint16]
    vector: Floats  # (dim,)
    lexical: Floats  # (passages,), BM25 as a share of what full coverage would be worth
    expanded: Floats  # the same with the official words of the lexicon
    fact: int  # the kind asked for, 0 for none


class ClauseIndex:
    """One generation of an index, opened from its folder."""

    def __init__(self, folder: Path, model: Path) -> None:
        """Use `ClauseIndex.open`."""
        manifest = _manifest(folder)
        columns = json.loads((folder / PASSAGES).read_text(encoding="utf-8"))
        self.generation: str = manifest["generation"]
        self.encoder_name: str = manifest["encoder"]
        self.backend = "faiss"
        self.size: int = manifest["passages"]
        self._ids: list[str] = columns["ids"]
        self._documents = np.asarray(columns["documents"], dtype=object)
        self._regions = np.asarray(columns["regions"], dtype=object)
        self._departments: list[list[str]] = columns["departments"]
        self._facts = np.asarray(columns["facts"], dtype=np.uint8)
        self._known_regions = {region for region in columns["regions"] if region}
        self._static = StaticEncoder(model)
        shipped = manifest["encoder"] == self._static.name
        self._encoder: Encoder = self._static if shipped else open_encoder(manifest["encoder"])
        self._late = LateInteraction(self._static, model)
        self._model = model
        self._store = FaissStore.load(folder)
        self._lexical = LexicalIndex.load(folder, self.size)
        self._tokens = TokenStore.load(folder)

    @cached_property
    def _ranker(self) -> Ranker:
        """Read when first needed: training asks an index for evidence before there is a ranker."""
        return Ranker.load(self._model)

    @classmethod
    def open(cls, folder: Path, model: Path = SHIPPED) -> ClauseIndex:
        """Open a generation built with the shipped model or the one in `model`.

        Raises `IndexMissing` or `IndexDamaged` with what to do.
        """
        try:
            return cls(folder, model)
        except (OSError, ValueError, KeyError) as error:
            raise IndexDamaged(
                f"The index in {folder} is incomplete or damaged ({error}); run `tiaowen index` to build it anew."
            ) from error

    def search(
        self,
        text: str,
        k: int = 10,
        *,
        where: Filter | None = None,
        regions: Sequence[str] = (),
        mode: str = "full",
    ) -> list[Hit]:
        """The `k` passages that most probably answer `text`, best first.

        `where` filters exactly; `regions` are those that the question names: their documents are preferred,
        others stay. `mode` picks the legs for measuring: words only, vectors only, both by ranks, or all evidence.
        """
        if mode not in get_args(Mode):
            raise ValueError(f"mode {mode!r}: expected one of {', '.join(get_args(Mode))}")
        question = self._without_regions(self.repaired(text), regions)
        allowed = self._allowed(where)
        if not question or not self.size or (allowed is not None and not len(allowed)):
            return []
        rows, scores = self._ranked(question, k, allowed, regions, mode)
        best = np.lexsort((rows, -scores))[:k]
        return [
            Hit(self._ids[int(rows[place])], round(float(scores[place]), 6), rank)
            for rank, place in enumerate(best, 1)
        ]

    def passage_id(self, row: int) -> str:
        """The id of the passage of a row."""
        return self._ids[row]

    def repaired(self, text: str) -> str:
        """`text` normalized, with mistyped characters as they were meant (see `index/repair.py`)."""
        return repair(normalize(text), self._static.is_word, self._lexical.occurs, self._late.stands_alone)

    def expand(self, text: str) -> list[str]:
        """The official words added to the everyday ones of `text`, most telling first."""
        added = expand(self.repaired(text))
        return sorted(added, key=lambda term: -added[term])

    def sentence_scores(self, text: str, sentences: Sequence[str]) -> list[float]:
        """How well each sentence fits a question, -1 to 1, in the order given."""
        if not sentences:
            return []
        tokens = self._static.token_ids([text])[0]
        store = TokenStore.build(self._static, (("", sentence) for sentence in sentences))
        found = self._late.score(tokens, store, np.arange(len(sentences)))
        return [float(value) for value in (found.late + found.clause) / 2]

    def legs(self, text: str) -> Legs:
        """What is asked, in the form of each leg."""
        terms = self._lexical.question_terms(text)
        wider = self._expanded_terms(terms, text)
        return Legs(
            tokens=self._static.token_ids([text])[0],
            vector=self._encoder.encode_questions([text])[0],
            lexical=self._lexical.scores(terms) / np.float32(max(self._lexical.best_possible(terms), 1e-6)),
            expanded=self._lexical.scores(wider) / np.float32(max(self._lexical.best_possible(wider), 1e-6)),
            fact=asked_fact(text),
        )

    def candidates(self, legs: Legs, k: int, allowed: Rows | None) -> Rows:
        """The rows worth looking at, in index order: all of a small library, else what the legs name."""
        if self.size <= ALL:
            return np.arange(self.size) if allowed is None else allowed
        named = (
            self._store.nearest(legs.vector, max(k, _DENSE), allowed),
            _top(legs.lexical, max(k, _LEXICAL), allowed),
            _top(legs.expanded, _EXPANDED, allowed),
        )
        return np.unique(np.concatenate(named))

    def evidence(self, legs: Legs, rows: Rows, regions: Sequence[str] = ()) -> Evidence:
        """What each leg says of the passages `rows`."""
        first = self._tokens.sentence_starts[self._tokens.passage_starts[rows]]
        last = self._tokens.sentence_starts[self._tokens.passage_starts[rows + 1]]
        return Evidence(
            interaction=self._late.score(legs.tokens, self._tokens, rows),
            dense=self._store.vectors(rows) @ legs.vector,
            lexical=legs.lexical[rows],
            expanded=legs.expanded[rows],
            fact=self._fact_fit(rows, legs.fact),
            region=self._region_fit(rows, regions),
            length=(last - first).astype(np.float32),
        )

    def _ranked(
        self, question: str, k: int, allowed: Rows | None, regions: Sequence[str], mode: str
    ) -> tuple[Rows, Floats]:
        """Candidate rows and their scores, 0 to 1."""
        legs = self.legs(question)
        if mode == "lexical":
            rows = _top(legs.lexical, k, allowed)
            return rows, np.clip(legs.lexical[rows], 0, 1)
        if mode == "dense":
            rows = self._store.nearest(legs.vector, k, allowed)
            return rows, np.clip(self._store.vectors(rows) @ legs.vector, 0, 1)
        rows = self.candidates(legs, k, allowed)
        evidence = self.evidence(legs, rows, regions)
        if mode == "hybrid":
            return rows, reciprocal_ranks(evidence.dense, evidence.lexical)
        return rows, self._ranker.probabilities(features(evidence))

    def _expanded_terms(self, terms: dict[int, float], text: str) -> dict[int, float]:
        """The question's own terms and, at the weight of their words, those of the official words added."""
        wider = dict(terms)
        for word, weight in expand(text).items():
            for key, own in self._lexical.question_terms(word).items():
                wider[key] = max(wider.get(key, 0.0), weight * own)
        return wider

    def _fact_fit(self, rows: Rows, asked: int) -> Floats:
        if not asked:
            return np.zeros(len(rows), dtype=np.float32)
        return np.where(self._facts[rows] & asked, 1, -1).astype(np.float32)

    def _region_fit(self, rows: Rows, regions: Sequence[str]) -> Floats:
        known = [region for region in regions if region in self._known_regions]
        if not known:
            return np.zeros(len(rows), dtype=np.float32)
        here = self._regions[rows]
        return np.asarray(
            [0.0 if region in _EVERYWHERE else 1.0 if region in known else -1.0 for region in here], np.float32
        )

    def _without_regions(self, question: str, regions: Sequence[str]) -> str:
        """The question without names of regions that the library has: documents say 我省, not their name."""
        for region in regions:
            if region in self._known_regions:
                shorter = question.replace(f"{region}省", "").replace(region, "")
                question = shorter if len(shorter) >= 2 else question
        return question.strip()

    def _allowed(self, where: Filter | None) -> Rows | None:
        if where is None or where == Filter():
            return None
        keep = np.ones(self.size, dtype=bool)
        if where.document is not None:
            keep &= self._documents == where.document
        if where.region is not None:
            keep &= self._regions == where.region
        if where.department is not None:
            keep &= np.fromiter((where.department in each for each in self._departments), bool, self.size)
        return np.flatnonzero(keep)


def _top(scores: Floats, count: int, allowed: Rows | None) -> Rows:
    """The rows of the `count` highest positive scores, best first, ties by row."""
    rows = np.flatnonzero(scores > 0) if allowed is None else allowed[scores[allowed] > 0]
    if len(rows) > count:
        rows = rows[np.argpartition(-scores[rows], count)[:count]]
    return rows[np.lexsort((rows, -scores[rows]))]


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.exists():
        raise IndexMissing(f"There is no index in {folder}; run `tiaowen index` to build one.")
    manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise IndexDamaged(
            f"The index in {folder} has format {manifest.get('format')}, this version reads {FORMAT}; "
            "run `tiaowen index` to build it anew."
        )
    return manifest
